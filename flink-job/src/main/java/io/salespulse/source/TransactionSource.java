package io.salespulse.source;

import io.salespulse.config.JobConfig;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.SourceEvent;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.api.java.typeutils.ResultTypeQueryable;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.KafkaSourceBuilder;
import org.apache.flink.connector.kafka.source.KafkaSourceOptions;
import org.apache.flink.connector.kafka.source.enumerator.KafkaSourceEnumState;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.flink.core.io.InputStatus;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.flink.util.ExceptionUtils;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.NoOffsetForPartitionException;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.TopicPartition;

/**
 * The Kafka source, except that it stops the job for good when records that it still had to read
 * are no longer in the topic (a restart cannot bring them back, and reading on without them would
 * leave windows silently short), and that it emits several records at a time.
 */
public final class TransactionSource
        implements Source<TransactionRecord, KafkaPartitionSplit, KafkaSourceEnumState>,
                ResultTypeQueryable<TransactionRecord> {

    /**
     * How many records the task takes between two looks at its mailbox. It looks about 20,000 times
     * a second then, which is often enough for barriers and timers, and a record no longer pays for
     * it.
     */
    private static final int RECORDS_PER_POLL = 64;

    private final KafkaSource<TransactionRecord> kafka;

    private TransactionSource(KafkaSource<TransactionRecord> kafka) {
        this.kafka = kafka;
    }

    /**
     * @param offsets where a start without state begins, per partition; ignored when state is
     *     restored
     */
    public static TransactionSource create(JobConfig config, Map<TopicPartition, Long> offsets) {
        return new TransactionSource(builder(config, offsets).build());
    }

    /**
     * A source that ends by itself.
     *
     * @param offsets the first offset to read, per partition
     * @param ends the first offset not to read, of the same partitions
     */
    public static TransactionSource createBounded(
            JobConfig config, Map<TopicPartition, Long> offsets, Map<TopicPartition, Long> ends) {
        return new TransactionSource(
                builder(config, offsets)
                        .setBounded(new FixedOffsets(ends))
                        // The live job's committed offsets show its lag.
                        .setGroupId(config.kafka().groupId() + ".backfill")
                        .setProperty(KafkaSourceOptions.COMMIT_OFFSETS_ON_CHECKPOINT.key(), "false")
                        .setProperty(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false")
                        .build());
    }

    private static KafkaSourceBuilder<TransactionRecord> builder(
            JobConfig config, Map<TopicPartition, Long> offsets) {
        return KafkaSource.<TransactionRecord>builder()
                .setProperties(consumerProperties(config))
                .setBootstrapServers(config.kafka().bootstrapServers())
                .setGroupId(config.kafka().groupId())
                .setTopics(config.kafka().topic())
                .setStartingOffsets(new FixedOffsets(offsets))
                .setDeserializer(new TransactionDeserializer(config.rules().maxFutureSkew()));
    }

    private static Properties consumerProperties(JobConfig config) {
        Properties properties = new Properties();
        properties.putAll(ConsumerDefaults.PROPERTIES);
        properties.putAll(config.kafka().properties());
        properties.setProperty(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        properties.setProperty(KafkaSourceOptions.PARTITION_DISCOVERY_INTERVAL_MS.key(), "10000");
        properties.setProperty(KafkaSourceOptions.CLIENT_ID_PREFIX.key(), config.kafka().groupId());
        return properties;
    }

    @Override
    public SourceReader<TransactionRecord, KafkaPartitionSplit> createReader(
            SourceReaderContext context) throws Exception {
        return new StoppingReader(kafka.createReader(context), RECORDS_PER_POLL);
    }

    @Override
    public Boundedness getBoundedness() {
        return kafka.getBoundedness();
    }

    @Override
    public SplitEnumerator<KafkaPartitionSplit, KafkaSourceEnumState> createEnumerator(
            SplitEnumeratorContext<KafkaPartitionSplit> context) {
        return kafka.createEnumerator(context);
    }

    @Override
    public SplitEnumerator<KafkaPartitionSplit, KafkaSourceEnumState> restoreEnumerator(
            SplitEnumeratorContext<KafkaPartitionSplit> context, KafkaSourceEnumState checkpoint)
            throws Exception {
        return kafka.restoreEnumerator(context, checkpoint);
    }

    @Override
    public SimpleVersionedSerializer<KafkaPartitionSplit> getSplitSerializer() {
        return kafka.getSplitSerializer();
    }

    @Override
    public SimpleVersionedSerializer<KafkaSourceEnumState> getEnumeratorCheckpointSerializer() {
        return kafka.getEnumeratorCheckpointSerializer();
    }

    @Override
    public TypeInformation<TransactionRecord> getProducedType() {
        return kafka.getProducedType();
    }

    /**
     * Delegates everything; only tells lost offsets from failures that a restart can heal, and
     * polls again at once while there are records.
     */
    static final class StoppingReader
            implements SourceReader<TransactionRecord, KafkaPartitionSplit> {

        private final SourceReader<TransactionRecord, KafkaPartitionSplit> delegate;
        private final int recordsPerPoll;

        StoppingReader(
                SourceReader<TransactionRecord, KafkaPartitionSplit> delegate, int recordsPerPoll) {
            this.delegate = delegate;
            this.recordsPerPoll = recordsPerPoll;
        }

        @Override
        public InputStatus pollNext(ReaderOutput<TransactionRecord> output) throws Exception {
            try {
                InputStatus status = delegate.pollNext(output);
                for (int polls = 1;
                        polls < recordsPerPoll && status == InputStatus.MORE_AVAILABLE;
                        polls++) {
                    status = delegate.pollNext(output);
                }
                return status;
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
            delegate.addSplits(splits);
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

    /** Says which records are gone and how to go on. */
    static final class LostRecordsException extends Exception {

        private LostRecordsException(String where, Throwable cause) {
            super(
                    "Records that the job had not read yet are no longer in the topic ("
                            + where
                            + "): retention removed them, or the topic was created anew. The job"
                            + " does not restart, because it would count without them. To go on"
                            + " with what is left, submit the job again without a savepoint or"
                            + " checkpoint: it then counts from the first window that is whole.",
                    cause);
        }

        static Optional<LostRecordsException> from(Throwable failure) {
            return ExceptionUtils.findThrowable(failure, OffsetOutOfRangeException.class)
                    .map(cause -> cause.offsetOutOfRangePartitions().toString())
                    .or(
                            () ->
                                    ExceptionUtils.findThrowable(
                                                    failure, NoOffsetForPartitionException.class)
                                            .map(LostRecordsException::partitions))
                    .map(where -> new LostRecordsException(where, failure));
        }

        private static String partitions(NoOffsetForPartitionException cause) {
            Collection<TopicPartition> partitions = cause.partitions();
            return partitions.toString();
        }
    }
}
