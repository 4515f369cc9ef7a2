package io.salespulse.datagen;

import java.io.PrintStream;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeClusterOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.InvalidReplicationFactorException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** The topics as they are at the start: waits for the broker and creates what is missing. */
final class Topics implements AutoCloseable {

    private static final Duration ATTEMPT = Duration.ofSeconds(2);
    private static final Duration PROGRESS_INTERVAL = Duration.ofSeconds(10);
    private static final Duration PAUSE = Duration.ofMillis(200);
    private static final int DEAD_LETTER_PARTITIONS = 1;
    private static final Duration RETENTION = Duration.ofDays(7);

    private final KafkaSettings settings;
    private final PrintStream out;
    private final long startNanos = System.nanoTime();
    private Duration nextProgress = Duration.ZERO;
    private final Admin admin;

    /**
     * @throws UserException if the settings cannot be used or no broker's name is known within
     *     {@link KafkaSettings#maxWait}
     * @throws InterruptedException if the thread is interrupted while it waits
     */
    Topics(KafkaSettings settings, PrintStream out) throws InterruptedException {
        this.settings = settings;
        this.out = out;
        this.admin = createAdmin();
    }

    /**
     * Creates the topics that are missing.
     *
     * @return the number of partitions of the topic
     * @throws UserException if no broker answers within {@link KafkaSettings#maxWait}, or Kafka
     *     refuses
     */
    int prepare() throws InterruptedException {
        while (true) {
            try {
                int timeout =
                        (int) Math.max(1, Math.min(ATTEMPT.toMillis(), remaining().toMillis()));
                get(admin.describeCluster(new DescribeClusterOptions().timeoutMs(timeout)).nodes());
                int partitions = ensureSource();
                ensureDeadLetter();
                return partitions;
            } catch (RetriableException | InvalidReplicationFactorException e) {
                // The second means that the brokers are not registered yet.
                pauseOrGiveUp(e);
            } catch (KafkaException e) {
                throw refused(e);
            }
        }
    }

    /** How many records the topic holds, with those that retention has removed left out. */
    long countRecords(int partitions) throws InterruptedException {
        return offsets(partitions, OffsetSpec.latest())
                - offsets(partitions, OffsetSpec.earliest());
    }

    @Override
    public void close() {
        admin.close(Duration.ofSeconds(1));
    }

    private Admin createAdmin() throws InterruptedException {
        while (true) {
            try {
                return Admin.create(settings.adminConfig());
            } catch (KafkaException e) {
                // A container's name is not known before the container is there.
                if (!Failures.rootMessage(e).contains("No resolvable bootstrap urls")) {
                    throw refused(e);
                }
                pauseOrGiveUp(e);
            }
        }
    }

    private int ensureSource() throws InterruptedException {
        Optional<TopicDescription> existing = describe(settings.topic());
        if (existing.isPresent()) {
            return existing.get().partitions().size();
        }
        create(settings.topic(), settings.partitions(), Map.of());
        return settings.partitions();
    }

    private void ensureDeadLetter() throws InterruptedException {
        if (describe(settings.deadLetterTopic()).isEmpty()) {
            // A rejected record comes with headers that say why, so it is larger than it was.
            int limit = (int) Math.min(2L * sourceMessageLimit(), Integer.MAX_VALUE);
            create(
                    settings.deadLetterTopic(),
                    DEAD_LETTER_PARTITIONS,
                    Map.of(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, Integer.toString(limit)));
        }
    }

    private Optional<TopicDescription> describe(String topic) throws InterruptedException {
        try {
            return Optional.of(
                    get(admin.describeTopics(List.of(topic)).topicNameValues().get(topic)));
        } catch (UnknownTopicOrPartitionException e) {
            return Optional.empty();
        }
    }

    private void create(String topic, int partitions, Map<String, String> config)
            throws InterruptedException {
        Map<String, String> all =
                new HashMap<>(
                        Map.of(
                                TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG,
                                "LogAppendTime",
                                TopicConfig.RETENTION_MS_CONFIG,
                                Long.toString(RETENTION.toMillis())));
        all.putAll(config);
        NewTopic created =
                new NewTopic(topic, Optional.of(partitions), Optional.empty()).configs(all);
        try {
            get(admin.createTopics(List.of(created)).all());
            out.printf(
                    "created topic %s with %d partition%s%n",
                    topic, partitions, partitions == 1 ? "" : "s");
        } catch (TopicExistsException e) {
            // Somebody else was faster; the caller asks again.
            throw new UnknownTopicOrPartitionException(
                    "topic " + topic + " has just been created", e);
        }
    }

    private int sourceMessageLimit() throws InterruptedException {
        ConfigResource source = new ConfigResource(ConfigResource.Type.TOPIC, settings.topic());
        return Integer.parseInt(
                get(admin.describeConfigs(List.of(source)).values().get(source))
                        .get(TopicConfig.MAX_MESSAGE_BYTES_CONFIG)
                        .value());
    }

    private long offsets(int partitions, OffsetSpec which) throws InterruptedException {
        Map<TopicPartition, OffsetSpec> wanted =
                IntStream.range(0, partitions)
                        .mapToObj(partition -> new TopicPartition(settings.topic(), partition))
                        .collect(Collectors.toMap(partition -> partition, partition -> which));
        try {
            return get(admin.listOffsets(wanted).all()).values().stream()
                    .mapToLong(ListOffsetsResult.ListOffsetsResultInfo::offset)
                    .sum();
        } catch (KafkaException e) {
            throw refused(e);
        }
    }

    private static <T> T get(KafkaFuture<T> future) throws InterruptedException {
        try {
            return future.get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof KafkaException kafka
                    ? kafka
                    : new KafkaException(e.getCause());
        }
    }

    private void pauseOrGiveUp(KafkaException e) throws InterruptedException {
        if (remaining().isNegative()) {
            throw new UserException(
                    "no answer from Kafka at %s within %d s: start it, or name another with --bootstrap-servers (%s)"
                            .formatted(
                                    settings.bootstrapServers(),
                                    settings.maxWait().toSeconds(),
                                    Failures.rootMessage(e)),
                    e);
        }
        Duration waited = waited();
        if (waited.compareTo(nextProgress) >= 0) {
            out.printf(
                    "waiting for Kafka at %s (%d s) ...%n",
                    settings.bootstrapServers(), waited.toSeconds());
            nextProgress = waited.plus(PROGRESS_INTERVAL);
        }
        Thread.sleep(PAUSE.toMillis());
    }

    private UserException refused(KafkaException e) {
        String advice =
                e instanceof AuthenticationException
                        ? " (check --kafka-property and --kafka-properties-file)"
                        : "";
        return new UserException(
                "Kafka at %s: %s%s"
                        .formatted(settings.bootstrapServers(), Failures.rootMessage(e), advice),
                e);
    }

    private Duration waited() {
        return Duration.ofNanos(System.nanoTime() - startNanos);
    }

    private Duration remaining() {
        return settings.maxWait().minus(waited());
    }
}
