package io.salespulse;

import io.salespulse.source.TransactionBatch;
import io.salespulse.source.TransactionRecord;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.SourceSplit;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.api.java.typeutils.ResultTypeQueryable;
import org.apache.flink.core.io.InputStatus;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/**
 * Reads an {@link InMemoryLog} as the Kafka source reads a topic: a split a partition, for ever or
 * to what is its end then.
 */
public final class InMemoryLogSource
        implements Source<TransactionBatch, InMemoryLogSource.Split, Boolean>,
                ResultTypeQueryable<TransactionBatch> {

    private final String logName;
    private final boolean bounded;

    public InMemoryLogSource(String logName) {
        this(logName, false);
    }

    private InMemoryLogSource(String logName, boolean bounded) {
        this.logName = logName;
        this.bounded = bounded;
    }

    public static InMemoryLogSource bounded(String logName) {
        return new InMemoryLogSource(logName, true);
    }

    record Split(int partition, int offset) implements SourceSplit {
        @Override
        public String splitId() {
            return String.valueOf(partition);
        }

        Split next() {
            return new Split(partition, offset + 1);
        }
    }

    @Override
    public Boundedness getBoundedness() {
        return bounded ? Boundedness.BOUNDED : Boundedness.CONTINUOUS_UNBOUNDED;
    }

    @Override
    public SourceReader<TransactionBatch, Split> createReader(SourceReaderContext context) {
        return new Reader(InMemoryLog.named(logName), bounded);
    }

    @Override
    public SplitEnumerator<Split, Boolean> createEnumerator(SplitEnumeratorContext<Split> context) {
        List<Split> splits = new ArrayList<>();
        for (int p = 0; p < InMemoryLog.named(logName).partitionCount(); p++) {
            splits.add(new Split(p, 0));
        }
        return new Enumerator(context, splits, bounded);
    }

    @Override
    public SplitEnumerator<Split, Boolean> restoreEnumerator(
            SplitEnumeratorContext<Split> context, Boolean assigned) {
        return assigned ? new Enumerator(context, List.of(), bounded) : createEnumerator(context);
    }

    @Override
    public SimpleVersionedSerializer<Split> getSplitSerializer() {
        return new SplitSerializer();
    }

    @Override
    public SimpleVersionedSerializer<Boolean> getEnumeratorCheckpointSerializer() {
        return new FlagSerializer();
    }

    @Override
    public TypeInformation<TransactionBatch> getProducedType() {
        return TypeInformation.of(TransactionBatch.class);
    }

    private static final class Reader implements SourceReader<TransactionBatch, Split> {

        private final InMemoryLog log;
        private final List<Split> splits = new ArrayList<>();
        private final boolean bounded;
        private boolean noMoreSplits;
        private CompletableFuture<Void> available = CompletableFuture.completedFuture(null);

        Reader(InMemoryLog log, boolean bounded) {
            this.log = log;
            this.bounded = bounded;
        }

        @Override
        public void start() {}

        @Override
        public InputStatus pollNext(ReaderOutput<TransactionBatch> output) {
            if (!splits.isEmpty() && log.failsNow()) {
                throw new IllegalStateException("failure that the test asked for");
            }
            available = log.nextChange();
            for (int i = 0; i < splits.size(); i++) {
                Split split = splits.get(i);
                TransactionRecord record = log.read(split.partition(), split.offset());
                if (record != null) {
                    output.createOutputForSplit(split.splitId())
                            .collect(record.toBatch(), record.recordTimestamp);
                    splits.set(i, split.next());
                    return InputStatus.MORE_AVAILABLE;
                }
            }
            return bounded && noMoreSplits
                    ? InputStatus.END_OF_INPUT
                    : InputStatus.NOTHING_AVAILABLE;
        }

        @Override
        public List<Split> snapshotState(long checkpointId) {
            return List.copyOf(splits);
        }

        @Override
        public CompletableFuture<Void> isAvailable() {
            return available;
        }

        @Override
        public void addSplits(List<Split> added) {
            splits.addAll(added);
            wake();
        }

        private void wake() {
            CompletableFuture<Void> waiting = available;
            available = CompletableFuture.completedFuture(null);
            waiting.complete(null);
        }

        @Override
        public void notifyNoMoreSplits() {
            noMoreSplits = true;
            wake();
        }

        @Override
        public void notifyCheckpointComplete(long checkpointId) {
            if (!splits.isEmpty()) {
                log.checkpointCompleted();
            }
        }

        @Override
        public void close() {}
    }

    private static final class Enumerator implements SplitEnumerator<Split, Boolean> {

        private final SplitEnumeratorContext<Split> context;
        private final List<Split> unassigned;
        private final boolean bounded;

        Enumerator(SplitEnumeratorContext<Split> context, List<Split> unassigned, boolean bounded) {
            this.context = context;
            this.bounded = bounded;
            this.unassigned = new ArrayList<>(unassigned);
        }

        @Override
        public void start() {}

        @Override
        public void handleSplitRequest(int subtask, String host) {}

        @Override
        public void addSplitsBack(List<Split> splits, int subtask) {
            unassigned.addAll(splits);
            assignWhenAllAreThere();
        }

        @Override
        public void addReader(int subtask) {
            assignWhenAllAreThere();
        }

        private void assignWhenAllAreThere() {
            if (context.registeredReaders().size() < context.currentParallelism()) {
                return;
            }
            for (Split split : unassigned) {
                context.assignSplit(split, split.partition() % context.currentParallelism());
            }
            unassigned.clear();
            if (bounded) {
                context.registeredReaders().keySet().forEach(context::signalNoMoreSplits);
            }
        }

        @Override
        public Boolean snapshotState(long checkpointId) {
            return unassigned.isEmpty();
        }

        @Override
        public void close() {}
    }

    private static final class SplitSerializer implements SimpleVersionedSerializer<Split> {

        @Override
        public int getVersion() {
            return 1;
        }

        @Override
        public byte[] serialize(Split split) {
            return ByteBuffer.allocate(8).putInt(split.partition()).putInt(split.offset()).array();
        }

        @Override
        public Split deserialize(int version, byte[] bytes) {
            ByteBuffer buffer = ByteBuffer.wrap(bytes);
            return new Split(buffer.getInt(), buffer.getInt());
        }
    }

    private static final class FlagSerializer implements SimpleVersionedSerializer<Boolean> {

        @Override
        public int getVersion() {
            return 1;
        }

        @Override
        public byte[] serialize(Boolean flag) {
            return new byte[] {(byte) (flag ? 1 : 0)};
        }

        @Override
        public Boolean deserialize(int version, byte[] bytes) {
            return bytes[0] == 1;
        }
    }
}
