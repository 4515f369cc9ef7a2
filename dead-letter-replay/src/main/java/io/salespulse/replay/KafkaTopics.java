package io.salespulse.replay;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** Asks Kafka about topics. */
final class KafkaTopics implements AutoCloseable {

    private static final Duration KNOWN_WITHIN = Duration.ofSeconds(30);
    private static final Duration PAUSE = Duration.ofMillis(50);

    private final Admin admin;

    KafkaTopics(Map<String, Object> kafkaProperties) {
        admin = Admin.create(kafkaProperties);
    }

    Optional<TopicDescription> find(String topic) {
        try {
            return Optional.of(
                    get(admin.describeTopics(List.of(topic)).topicNameValues().get(topic)));
        } catch (UnknownTopicOrPartitionException missing) {
            return Optional.empty();
        }
    }

    TopicDescription describe(String topic) throws CannotRunException {
        return find(topic)
                .orElseThrow(() -> new CannotRunException("topic " + topic + " does not exist"));
    }

    String cleanupPolicy(String topic) {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        return get(admin.describeConfigs(List.of(resource)).values().get(resource))
                .get(TopicConfig.CLEANUP_POLICY_CONFIG)
                .value();
    }

    /**
     * Creates a topic of one partition, unless somebody else has just done so. Returns when the
     * brokers know it, which is a moment after their controller has acknowledged it.
     *
     * @throws CannotRunException if they do not within half a minute
     */
    void create(String topic, Map<String, String> config) throws CannotRunException {
        NewTopic description =
                new NewTopic(topic, Optional.of(1), Optional.empty()).configs(config);
        try {
            get(admin.createTopics(List.of(description)).all());
        } catch (TopicExistsException created) {
            // It is there, which is all that is asked for.
        }
        long deadline = System.nanoTime() + KNOWN_WITHIN.toNanos();
        while (find(topic).isEmpty()) {
            if (System.nanoTime() > deadline) {
                throw new CannotRunException(
                        "topic %s was created, but Kafka does not know it: run again"
                                .formatted(topic));
            }
            pause();
        }
    }

    private static void pause() {
        try {
            Thread.sleep(PAUSE.toMillis());
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }

    private static <T> T get(KafkaFuture<T> future) {
        try {
            return future.get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof KafkaException kafka
                    ? kafka
                    : new KafkaException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptException(e);
        }
    }

    @Override
    public void close() {
        admin.close();
    }
}
