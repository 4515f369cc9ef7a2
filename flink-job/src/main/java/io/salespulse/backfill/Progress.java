package io.salespulse.backfill;

import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;

/**
 * Shows how much has been read: a bar that is drawn again twice a second on a terminal, else a line
 * every few seconds.
 */
final class Progress {

    private static final Duration BETWEEN_LINES = Duration.ofSeconds(5);
    private static final int BAR_WIDTH = 20;

    private final PrintStream out;
    private final boolean terminal;
    private final BackfillPlan plan;
    private Instant lastLine = Instant.MIN;

    /** Null before the first look. */
    private Instant readingSince;

    private boolean drawn;

    Progress(PrintStream out, boolean terminal, BackfillPlan plan) {
        this.out = out;
        this.terminal = terminal;
        this.plan = plan;
    }

    /**
     * @param partitions what has been read; none before the first record
     */
    void show(Collection<ReadProgress> partitions, String state, Instant now) {
        if (partitions.isEmpty() || readingSince == null) {
            readingSince = now;
        }
        if (!terminal && now.isBefore(lastLine.plus(BETWEEN_LINES))) {
            return;
        }
        lastLine = now;
        String line = line(partitions, state, now);
        if (terminal) {
            out.print("\r" + line + "\033[K");
            out.flush();
            drawn = true;
        } else {
            out.println(line);
        }
    }

    private String line(Collection<ReadProgress> partitions, String state, Instant now) {
        if (partitions.isEmpty()) {
            return "  waiting for the first record (job %s)".formatted(state);
        }
        long records = partitions.stream().mapToLong(partition -> partition.recordCount).sum();
        long total = plan.offsetCount();
        double share = total == 0 ? 1 : Math.min(1, (double) offsetsRead(partitions) / total);
        int filled = (int) (share * BAR_WIDTH);
        return "  [%s%s] %3d %%  %,d of %,d records, %,d/s"
                .formatted(
                        "#".repeat(filled),
                        ".".repeat(BAR_WIDTH - filled),
                        (int) (share * 100),
                        records,
                        total,
                        rate(records, Duration.between(readingSince, now)));
    }

    private long offsetsRead(Collection<ReadProgress> partitions) {
        Map<TopicPartition, Long> starts = plan.offsets();
        String topic = plan.ends().keySet().iterator().next().topic();
        return partitions.stream()
                .mapToLong(
                        partition ->
                                partition.nextOffset
                                        - starts.getOrDefault(
                                                new TopicPartition(topic, partition.partition),
                                                partition.nextOffset))
                .sum();
    }

    static long rate(long records, Duration elapsed) {
        return elapsed.isZero() ? records : records * 1_000 / Math.max(1, elapsed.toMillis());
    }

    /** Prints a line that stays. */
    void note(String text) {
        clear();
        out.println("note       " + text);
    }

    /** Ends the bar, so that something else can be printed. */
    void clear() {
        if (drawn) {
            out.print("\r\033[K");
            out.flush();
            drawn = false;
        }
    }
}
