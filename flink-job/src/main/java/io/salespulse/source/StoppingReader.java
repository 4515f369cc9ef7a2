package io.salespulse.source;

import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.SourceEvent;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.flink.core.io.InputStatus;
import org.apache.flink.runtime.execution.SuppressRestartsException;

/**
 * Tells lost offsets from failures that a restart can heal, and lets no partition begin later than
 * with its first record. Else it delegates.
 */
final class StoppingReader implements SourceReader<TransactionBatch, KafkaPartitionSplit> {

    private final SourceReader<TransactionBatch, KafkaPartitionSplit> delegate;

    StoppingReader(SourceReader<TransactionBatch, KafkaPartitionSplit> delegate) {
        this.delegate = delegate;
    }

    @Override
    public InputStatus pollNext(ReaderOutput<TransactionBatch> output) throws Exception {
        try {
            return delegate.pollNext(output);
        } catch (Exception failure) {
            throw LostRecordsException.from(failure)
                    .<Exception>map(SuppressRestartsException::new)
                    .orElse(failure);
        }
    }

    @Override
    public void start() {
        delegate.start();
    }

    @Override
    public List<KafkaPartitionSplit> snapshotState(long checkpointId) {
        return delegate.snapshotState(checkpointId);
    }

    @Override
    public CompletableFuture<Void> isAvailable() {
        return delegate.isAvailable();
    }

    @Override
    public void addSplits(List<KafkaPartitionSplit> splits) {
        delegate.addSplits(splits.stream().map(StoppingReader::fromFirstRecord).toList());
    }

    /**
     * The connector lets partitions that it finds later begin wherever their log begins by then,
     * and so passes over what retention has removed.
     */
    private static KafkaPartitionSplit fromFirstRecord(KafkaPartitionSplit split) {
        return split.getStartingOffset() == KafkaPartitionSplit.EARLIEST_OFFSET
                ? new KafkaPartitionSplit(
                        split.getTopicPartition(),
                        0,
                        split.getStoppingOffset().orElse(KafkaPartitionSplit.NO_STOPPING_OFFSET))
                : split;
    }

    @Override
    public void notifyNoMoreSplits() {
        delegate.notifyNoMoreSplits();
    }

    @Override
    public void handleSourceEvents(SourceEvent event) {
        delegate.handleSourceEvents(event);
    }

    @Override
    public void pauseOrResumeSplits(Collection<String> pause, Collection<String> resume) {
        delegate.pauseOrResumeSplits(pause, resume);
    }

    @Override
    public void notifyCheckpointComplete(long checkpointId) throws Exception {
        delegate.notifyCheckpointComplete(checkpointId);
    }

    @Override
    public void notifyCheckpointAborted(long checkpointId) throws Exception {
        delegate.notifyCheckpointAborted(checkpointId);
    }

    @Override
    public void close() throws Exception {
        delegate.close();
    }
}
