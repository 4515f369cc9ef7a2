package io.salespulse.replay;

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
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** Asks Kafka about topics. */
final class KafkaTopics implements AutoCloseable {
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

    /** Creates a topic of one partition, unless somebody else has just done so. */
    void create(String topic, Map<String, String> config) {
        NewTopic description =
                new NewTopic(topic, Optional.of(1), Optional.empty()).configs(config);
        try {
            get(admin.createTopics(List.of(description)).all());
        } catch (TopicExistsException created) {
            // It is there, which is all that is asked for.
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
            throw new org.apache.kafka.common.errors.InterruptException(e);
        }
    }

    @Override
    public void close() {
        admin.close();
    }
}
