package io.salespulse.backfill;

import io.salespulse.source.TransactionBatch;
import java.util.Arrays;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.AbstractStreamOperatorFactory;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperatorFactory;
import org.apache.flink.streaming.api.operators.StreamOperator;
import org.apache.flink.streaming.api.operators.StreamOperatorParameters;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.util.OutputTag;

/**
 * Passes every record on and tells, twice a second and at the end, how much of each partition has
 * been read. Without state: a backfill that fails reads again from its start.
 */
final class CountReadRecords extends AbstractStreamOperator<TransactionBatch>
        implements OneInputStreamOperator<TransactionBatch, TransactionBatch> {

    static final OutputTag<ReadProgress> PROGRESS =
            new OutputTag<>("read-progress", TypeInformation.of(ReadProgress.class));

    private static final long INTERVAL_MILLIS = 500;

    /** By partition; null for those that this subtask does not read. */
    private ReadProgress[] partitions = {};

    private long[] emittedCounts = {};

    private CountReadRecords(StreamOperatorParameters<TransactionBatch> parameters) {
        super(parameters);
    }

    @Override
    public void open() throws Exception {
        super.open();
        getProcessingTimeService()
                .scheduleWithFixedDelay(
                        timestamp -> emitChanges(), INTERVAL_MILLIS, INTERVAL_MILLIS);
    }

    @Override
    public void processElement(StreamRecord<TransactionBatch> element) {
        TransactionBatch batch = element.getValue();
        ReadProgress progress = progress(batch.partition());
        progress.recordCount += batch.size();
        progress.nextOffset = batch.origin(batch.size() - 1).offset() + 1;
        progress.newestEventTime = Math.max(progress.newestEventTime, batch.newestEventTime());
        for (int i = 0; i < batch.size(); i++) {
            if (!batch.isRejected(i) && !batch.isReplayed(i)) {
                progress.newestValidRecord =
                        Math.max(progress.newestValidRecord, batch.origin(i).timestamp());
            }
        }
        output.collect(element);
    }

    private ReadProgress progress(int partition) {
        if (partition >= partitions.length) {
            partitions = Arrays.copyOf(partitions, partition + 1);
            emittedCounts = Arrays.copyOf(emittedCounts, partition + 1);
        }
        if (partitions[partition] == null) {
            partitions[partition] = new ReadProgress();
            partitions[partition].partition = partition;
        }
        return partitions[partition];
    }

    @Override
    public void finish() throws Exception {
        emitChanges();
        super.finish();
    }

    private void emitChanges() {
        for (ReadProgress progress : partitions) {
            if (progress != null && progress.recordCount > emittedCounts[progress.partition]) {
                emittedCounts[progress.partition] = progress.recordCount;
                output.collect(PROGRESS, new StreamRecord<>(progress.copy()));
            }
        }
    }

    /** Makes the operators on the task managers. */
    static final class Factory extends AbstractStreamOperatorFactory<TransactionBatch>
            implements OneInputStreamOperatorFactory<TransactionBatch, TransactionBatch> {

        @Override
        @SuppressWarnings("unchecked") // the operator's output type is this factory's
        public <T extends StreamOperator<TransactionBatch>> T createStreamOperator(
                StreamOperatorParameters<TransactionBatch> parameters) {
            return (T) new CountReadRecords(parameters);
        }

        @Override
        @SuppressWarnings("rawtypes") // as the interface has it
        public Class<? extends StreamOperator> getStreamOperatorClass(ClassLoader classLoader) {
            return CountReadRecords.class;
        }
    }
}
