package io.salespulse.audit;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** Asks Kafka what a topic is now, and puts Kafka's failures into one line. */
final class KafkaTopics implements AutoCloseable {
    private final Admin admin;

    KafkaTopics(Map<String, Object> kafkaProperties) {
        this.admin = Admin.create(kafkaProperties);
    }

    TopicDescription describe(String topic) throws CannotRunException, InterruptedException {
        try {
            return admin.describeTopics(List.of(topic)).allTopicNames().get().get(topic);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof UnknownTopicOrPartitionException) {
                throw new CannotRunException("topic " + topic + " does not exist", e);
            }
            throw new KafkaException(e.getCause());
        }
    }

    static String explain(KafkaException e, String bootstrapServers) {
        Throwable cause = e;
        while (cause.getCause() instanceof KafkaException deeper) {
            cause = deeper;
        }
        if (cause instanceof OffsetOutOfRangeException) {
            return "records were removed from the log while they were read ("
                    + Text.reason(cause)
                    + "): run again";
        }
        if (cause instanceof AuthenticationException) {
            return "cannot read Kafka at %s: %s (check --kafka-property and --kafka-properties-file)"
                    .formatted(bootstrapServers, Text.innermostReason(cause));
        }
        String advice =
                cause instanceof TimeoutException
                        ? " (is it up, and is --bootstrap-servers right?)"
                        : "";
        return "cannot read Kafka at " + bootstrapServers + ": " + Text.reason(cause) + advice;
    }

    @Override
    public void close() {
        admin.close();
    }
}
