package io.salespulse.start;

import io.salespulse.config.KafkaConfig;
import io.salespulse.config.StartRefusedException;
import io.salespulse.source.TopicIdentity;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks at the topics before the job starts, and refuses those that cannot give exact results. */
public final class KafkaInspector implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(KafkaInspector.class);
    private static final String TIMEOUT_MILLIS = "15000";

    private final KafkaConfig config;
    private final Admin admin;
    private final Clock clock;

    public KafkaInspector(KafkaConfig config, Clock clock) {
        this.config = config;
        this.clock = clock;
        Properties properties = config.properties();
        properties.setProperty(
                AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, config.bootstrapServers());
        properties.setProperty(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, TIMEOUT_MILLIS);
        properties.setProperty(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, TIMEOUT_MILLIS);
        try {
            this.admin = Admin.create(properties);
        } catch (KafkaException unusable) {
            Throwable cause = unusable.getCause() == null ? unusable : unusable.getCause();
            throw new StartRefusedException(
                    "Kafka settings cannot be used (--bootstrap-servers %s, --kafka-property): %s"
                            .formatted(config.bootstrapServers(), cause.getMessage()));
        }
    }

    /**
     * @throws StartRefusedException if Kafka is not reachable, a topic is missing, or the topic
     *     loses records by compaction
     */
    public SourceTopic inspect() {
        TopicDescription description = describe(config.topic());
        describe(config.deadLetterTopic());
        Config sourceConfig = configOf(config.topic());
        Config deadLetterConfig = configOf(config.deadLetterTopic());
        checkSource(sourceConfig);
        checkDeadLetters(sourceConfig, deadLetterConfig);
        List<TopicPartition> partitions =
                description.partitions().stream()
                        .map(info -> new TopicPartition(config.topic(), info.partition()))
                        .toList();
        Map<TopicPartition, Long> firstOffsets = new HashMap<>();
        offsets(partitions, OffsetSpec.earliest())
                .forEach((partition, info) -> firstOffsets.put(partition, info.offset()));
        return new SourceTopic(
                new TopicIdentity(config.topic(), description.topicId().toString()),
                firstOffsets,
                firstTimestamps(firstOffsets),
                maxMessageBytes(deadLetterConfig));
    }

    /**
     * @param time epoch milliseconds of the record timestamp
     * @return per partition the first offset with that timestamp or a later one; the end of a
     *     partition without such a record
     */
    public Map<TopicPartition, Long> offsetsFor(long time, List<TopicPartition> partitions) {
        Map<TopicPartition, Long> ends = new HashMap<>();
        offsets(partitions, OffsetSpec.latest())
                .forEach((partition, info) -> ends.put(partition, info.offset()));
        Map<TopicPartition, Long> found = new HashMap<>();
        offsets(partitions, OffsetSpec.forTimestamp(time))
                .forEach(
                        (partition, info) ->
                                found.put(
                                        partition,
                                        info.offset() < 0 ? ends.get(partition) : info.offset()));
        return found;
    }

    /**
     * @return per partition the first offset that no reader may read yet: nothing before it will
     *     change, and nothing before it is part of an open transaction
     */
    public Map<TopicPartition, Long> stableEnds(List<TopicPartition> partitions) {
        Map<TopicPartition, Long> ends = new HashMap<>();
        listOffsets(partitions, OffsetSpec.latest(), IsolationLevel.READ_COMMITTED)
                .forEach((partition, info) -> ends.put(partition, info.offset()));
        return ends;
    }

    private TopicDescription describe(String topic) {
        try {
            return await(admin.describeTopics(List.of(topic)).topicNameValues().get(topic));
        } catch (UnknownTopicOrPartitionException missing) {
            throw new StartRefusedException(
                    ("Topic '%s' does not exist at %s. Create it first, with"
                                    + " message.timestamp.type=LogAppendTime: './run', 'docker"
                                    + " compose up' and './run datagen' do.")
                            .formatted(topic, config.bootstrapServers()));
        }
    }

    private void checkSource(Config topicConfig) {
        if (isCompacted(topicConfig)) {
            throw new StartRefusedException(
                    ("Topic '%s' is compacted: Kafka removes all but the newest record of a key, so"
                                    + " sums over it cannot be right. Use a topic with"
                                    + " cleanup.policy=delete.")
                            .formatted(config.topic()));
        }
        if (valueOf(topicConfig, TopicConfig.UNCLEAN_LEADER_ELECTION_ENABLE_CONFIG)
                .equals("true")) {
            LOG.warn(
                    "Topic '{}' allows unclean leader election: acknowledged records can be lost"
                            + " after they were counted.",
                    config.topic());
        }
        if (!valueOf(topicConfig, TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG)
                .equals("LogAppendTime")) {
            LOG.warn(
                    "Topic '{}' has message.timestamp.type=CreateTime: the check for future events"
                            + " and retention trust the producers' clocks.",
                    config.topic());
        }
    }

    private void checkDeadLetters(Config sourceConfig, Config deadLetterConfig) {
        if (isCompacted(deadLetterConfig)) {
            throw new StartRefusedException(
                    ("Topic '%s' is compacted, so it would refuse dead letters without a key and"
                                    + " remove others. Use a topic with cleanup.policy=delete.")
                            .formatted(config.deadLetterTopic()));
        }
        if (maxMessageBytes(deadLetterConfig) <= maxMessageBytes(sourceConfig)) {
            LOG.warn(
                    "Topic '{}' takes no larger messages than '{}' (max.message.bytes), so the"
                            + " largest dead letters will be cut.",
                    config.deadLetterTopic(),
                    config.topic());
        }
    }

    private static boolean isCompacted(Config topicConfig) {
        return valueOf(topicConfig, TopicConfig.CLEANUP_POLICY_CONFIG).contains("compact");
    }

    private static int maxMessageBytes(Config topicConfig) {
        return Integer.parseInt(valueOf(topicConfig, TopicConfig.MAX_MESSAGE_BYTES_CONFIG));
    }

    private static String valueOf(Config topicConfig, String key) {
        return topicConfig.get(key).value();
    }

    private Config configOf(String topic) {
        var resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        return await(admin.describeConfigs(List.of(resource)).values().get(resource));
    }

    /** A time before which all removed records lie, per trimmed partition. */
    private Map<TopicPartition, Long> firstTimestamps(Map<TopicPartition, Long> firstOffsets) {
        List<TopicPartition> trimmed =
                firstOffsets.entrySet().stream()
                        .filter(first -> first.getValue() > 0)
                        .map(Map.Entry::getKey)
                        .toList();
        Map<TopicPartition, Long> timestamps = new HashMap<>();
        offsets(trimmed, OffsetSpec.forTimestamp(0))
                .forEach(
                        (partition, info) ->
                                timestamps.put(
                                        partition,
                                        info.timestamp() < 0 ? clock.millis() : info.timestamp()));
        return timestamps;
    }

    private Map<TopicPartition, ListOffsetsResultInfo> offsets(
            List<TopicPartition> partitions, OffsetSpec spec) {
        return listOffsets(partitions, spec, IsolationLevel.READ_UNCOMMITTED);
    }

    private Map<TopicPartition, ListOffsetsResultInfo> listOffsets(
            List<TopicPartition> partitions, OffsetSpec spec, IsolationLevel isolation) {
        return await(
                admin.listOffsets(
                                partitions.stream()
                                        .collect(
                                                Collectors.toMap(
                                                        Function.identity(), partition -> spec)),
                                new ListOffsetsOptions(isolation))
                        .all());
    }

    private <T> T await(KafkaFuture<T> future) {
        try {
            return future.get();
        } catch (ExecutionException failure) {
            if (failure.getCause() instanceof UnknownTopicOrPartitionException missing) {
                throw missing;
            }
            throw refusal(failure.getCause());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new StartRefusedException("Interrupted while asking Kafka about its topics.");
        }
    }

    private StartRefusedException refusal(Throwable cause) {
        if (cause instanceof AuthenticationException) {
            return new StartRefusedException(
                    "Kafka at %s (--bootstrap-servers) cannot be used with these TLS and SASL settings (--kafka-property, --kafka-properties-file): %s"
                            .formatted(config.bootstrapServers(), innermost(cause).getMessage()));
        }
        if (!(cause instanceof TimeoutException)) {
            return new StartRefusedException(
                    "Kafka at %s (--bootstrap-servers) does not tell about its topics: %s"
                            .formatted(config.bootstrapServers(), cause.getMessage()));
        }
        return new StartRefusedException(
                "Kafka is not reachable at %s (--bootstrap-servers): no answer within %s ms. Is it running, and is the address right?"
                        .formatted(config.bootstrapServers(), TIMEOUT_MILLIS));
    }

    private static Throwable innermost(Throwable failure) {
        return failure.getCause() == null ? failure : innermost(failure.getCause());
    }

    @Override
    public void close() {
        admin.close();
    }
}
