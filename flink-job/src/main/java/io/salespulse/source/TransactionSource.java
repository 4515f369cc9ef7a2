package io.salespulse.source;

import io.salespulse.config.JobConfig;
import io.salespulse.event.WindowRules;
import java.util.Map;
import java.util.Properties;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.SourceOutput;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.api.java.typeutils.ResultTypeQueryable;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.connector.base.source.reader.RecordsWithSplitIds;
import org.apache.flink.connector.base.source.reader.synchronization.FutureCompletingBlockingQueue;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.KafkaSourceBuilder;
import org.apache.flink.connector.kafka.source.KafkaSourceOptions;
import org.apache.flink.connector.kafka.source.enumerator.KafkaSourceEnumState;
import org.apache.flink.connector.kafka.source.metrics.KafkaSourceReaderMetrics;
import org.apache.flink.connector.kafka.source.reader.KafkaRecordEmitter;
import org.apache.flink.connector.kafka.source.reader.KafkaSourceReader;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.connector.kafka.source.reader.fetcher.KafkaSourceFetcherManager;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplitState;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.flink.metrics.Counter;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * The Kafka source, except that it parses in the thread that reads from Kafka (see {@link
 * ParsingSplitReader}), and that it stops the job for good when records that it still had to read
 * are no longer in the topic, or the topic is another one by the same name: a restart cannot bring
 * them back, and reading on without them would leave windows silently short.
 */
public final class TransactionSource
        implements Source<TransactionBatch, KafkaPartitionSplit, KafkaSourceEnumState>,
                ResultTypeQueryable<TransactionBatch> {

    private final KafkaSource<TransactionBatch> kafka;
    private final Properties properties;
    private final TopicIdentity topic;
    private final WindowRules rules;

    private TransactionSource(
            KafkaSourceBuilder<TransactionBatch> kafka,
            Properties properties,
            TopicIdentity topic,
            WindowRules rules) {
        this.kafka = kafka.setProperties(properties).build();
        this.properties = properties;
        this.topic = topic;
        this.rules = rules;
    }

    /**
     * @param topic that the offsets belong to, also those in the state that is restored
     * @param offsets where a start without state begins, per partition; ignored when state is
     *     restored
     */
    public static TransactionSource create(
            JobConfig config, TopicIdentity topic, Map<TopicPartition, Long> offsets) {
        return new TransactionSource(
                builder(config, offsets), properties(config), topic, config.rules());
    }

    /**
     * A source that ends by itself.
     *
     * @param topic that the offsets belong to
     * @param offsets the first offset to read, per partition
     * @param ends the first offset not to read, of the same partitions
     */
    public static TransactionSource createBounded(
            JobConfig config,
            TopicIdentity topic,
            Map<TopicPartition, Long> offsets,
            Map<TopicPartition, Long> ends) {
        Properties properties = properties(config);
        // The live job's committed offsets show its lag.
        properties.setProperty(
                ConsumerConfig.GROUP_ID_CONFIG, config.kafka().groupId() + ".backfill");
        properties.setProperty(KafkaSourceOptions.COMMIT_OFFSETS_ON_CHECKPOINT.key(), "false");
        return new TransactionSource(
                builder(config, offsets).setBounded(new FixedOffsets(ends)),
                properties,
                topic,
                config.rules());
    }

    private static KafkaSourceBuilder<TransactionBatch> builder(
            JobConfig config, Map<TopicPartition, Long> offsets) {
        return KafkaSource.<TransactionBatch>builder()
                .setTopics(config.kafka().topic())
                .setStartingOffsets(new FixedOffsets(offsets))
                .setDeserializer(new UnpackBatch());
    }

    /** All that the consumers need: the builder adds nothing to what the readers are given here. */
    private static Properties properties(JobConfig config) {
        String bytes = ByteArrayDeserializer.class.getName();
        Properties properties = new Properties();
        properties.putAll(ConsumerDefaults.PROPERTIES);
        properties.putAll(config.kafka().properties());
        properties.setProperty(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, config.kafka().bootstrapServers());
        properties.setProperty(ConsumerConfig.GROUP_ID_CONFIG, config.kafka().groupId());
        properties.setProperty(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, bytes);
        properties.setProperty(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, bytes);
        properties.setProperty(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
        properties.setProperty(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
        properties.setProperty(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        properties.setProperty(KafkaSourceOptions.PARTITION_DISCOVERY_INTERVAL_MS.key(), "10000");
        properties.setProperty(KafkaSourceOptions.CLIENT_ID_PREFIX.key(), config.kafka().groupId());
        return properties;
    }

    /** As the Kafka source makes its reader, but with a split reader that parses. */
    @Override
    public SourceReader<TransactionBatch, KafkaPartitionSplit> createReader(
            SourceReaderContext context) {
        var fetched =
                new FutureCompletingBlockingQueue<
                        RecordsWithSplitIds<ConsumerRecord<byte[], byte[]>>>();
        KafkaSourceReaderMetrics metrics = new KafkaSourceReaderMetrics(context.metricGroup());
        // One for all split readers, as there is only ever one at work.
        RecordParser parser =
                new RecordParser(rules, context.metricGroup().addGroup("deserializer"));
        return new StoppingReader(
                new KafkaSourceReader<>(
                        fetched,
                        new KafkaSourceFetcherManager(
                                fetched,
                                () -> new ParsingSplitReader(properties, context, metrics, parser),
                                finishedSplits -> {}),
                        new CountingEmitter(
                                context.metricGroup().getIOMetricGroup().getNumRecordsInCounter()),
                        configuration(),
                        context,
                        metrics));
    }

    private Configuration configuration() {
        Configuration configuration = new Configuration();
        properties
                .stringPropertyNames()
                .forEach(name -> configuration.setString(name, properties.getProperty(name)));
        return configuration;
    }

    @Override
    public Boundedness getBoundedness() {
        return kafka.getBoundedness();
    }

    @Override
    public SplitEnumerator<KafkaPartitionSplit, KafkaSourceEnumState> createEnumerator(
            SplitEnumeratorContext<KafkaPartitionSplit> context) {
        return guarded(kafka.createEnumerator(context), context);
    }

    @Override
    public SplitEnumerator<KafkaPartitionSplit, KafkaSourceEnumState> restoreEnumerator(
            SplitEnumeratorContext<KafkaPartitionSplit> context, KafkaSourceEnumState checkpoint)
            throws Exception {
        return guarded(kafka.restoreEnumerator(context, checkpoint), context);
    }

    private SplitEnumerator<KafkaPartitionSplit, KafkaSourceEnumState> guarded(
            SplitEnumerator<KafkaPartitionSplit, KafkaSourceEnumState> enumerator,
            SplitEnumeratorContext<KafkaPartitionSplit> context) {
        return new GuardedEnumerator(enumerator, context, topic, properties);
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
    public TypeInformation<TransactionBatch> getProducedType() {
        return kafka.getProducedType();
    }

    /** Takes a batch out of what the connector takes for a record. */
    private static final class UnpackBatch
            implements KafkaRecordDeserializationSchema<TransactionBatch> {

        @Override
        public void deserialize(
                ConsumerRecord<byte[], byte[]> record, Collector<TransactionBatch> out) {
            out.collect(((ParsingSplitReader.BatchRecord) record).batch());
        }

        @Override
        public TypeInformation<TransactionBatch> getProducedType() {
            return TypeInformation.of(TransactionBatch.class);
        }
    }

    /** Flink's counter of records shall count records, not batches. */
    private static final class CountingEmitter extends KafkaRecordEmitter<TransactionBatch> {

        private final Counter recordsIn;

        CountingEmitter(Counter recordsIn) {
            super(new UnpackBatch());
            this.recordsIn = recordsIn;
        }

        @Override
        public void emitRecord(
                ConsumerRecord<byte[], byte[]> record,
                SourceOutput<TransactionBatch> output,
                KafkaPartitionSplitState split)
                throws Exception {
            // The reader itself counts one.
            recordsIn.inc(((ParsingSplitReader.BatchRecord) record).batch().size() - 1L);
            super.emitRecord(record, output, split);
        }
    }
}
