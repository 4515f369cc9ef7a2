package io.salespulse.window;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/**
 * The newest event time of each partition of the topic: what the late rule goes by.
 *
 * <p>After a restore every subtask knows all partitions, since nobody can tell yet who will read
 * which one. To keep checkpoints small, a subtask writes only the partitions that it has read and
 * an equal share of those that nobody may have read.
 */
final class PartitionProgress {

    /** One partition in a checkpoint. A Flink POJO; times are epoch milliseconds. */
    public static class Newest {
        public int partition;
        public long eventTime;

        public Newest() {}

        Newest(int partition, long eventTime) {
            this.partition = partition;
            this.eventTime = eventTime;
        }
    }

    private long[] newestEventTimes = {};
    private final BitSet readHere = new BitSet();

    /**
     * @return epoch milliseconds, {@link Long#MIN_VALUE} if the partition had no counted event
     */
    long newestEventTime(int partition) {
        return partition < newestEventTimes.length ? newestEventTimes[partition] : Long.MIN_VALUE;
    }

    /**
     * @return the newest event time of all partitions; {@link Long#MIN_VALUE} if there is none
     */
    long newestEventTime() {
        long newest = Long.MIN_VALUE;
        for (long eventTime : newestEventTimes) {
            newest = Math.max(newest, eventTime);
        }
        return newest;
    }

    void advance(int partition, long eventTime) {
        if (partition >= newestEventTimes.length || !readHere.get(partition)) {
            readHere.set(partition);
            raise(partition, eventTime);
        } else if (eventTime > newestEventTimes[partition]) {
            newestEventTimes[partition] = eventTime;
        }
    }

    void restore(Iterable<Newest> checkpointed) {
        checkpointed.forEach(newest -> raise(newest.partition, newest.eventTime));
    }

    List<Newest> snapshot(int subtask, int parallelism) {
        List<Newest> share = new ArrayList<>();
        for (int partition = 0; partition < newestEventTimes.length; partition++) {
            boolean mine = readHere.get(partition) || partition % parallelism == subtask;
            if (mine && newestEventTimes[partition] != Long.MIN_VALUE) {
                share.add(new Newest(partition, newestEventTimes[partition]));
            }
        }
        return share;
    }

    private void raise(int partition, long eventTime) {
        if (partition >= newestEventTimes.length) {
            int known = newestEventTimes.length;
            newestEventTimes = Arrays.copyOf(newestEventTimes, partition + 1);
            Arrays.fill(newestEventTimes, known, newestEventTimes.length, Long.MIN_VALUE);
        }
        newestEventTimes[partition] = Math.max(newestEventTimes[partition], eventTime);
    }
}
