package io.salespulse.source;

import java.io.Serializable;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import org.apache.flink.connector.kafka.source.KafkaSourceOptions;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;

/**
 * A topic that is not merely called so.
 *
 * @param id Kafka's own id: another one after the topic was deleted and created again
 */
public record TopicIdentity(String name, String id) implements Serializable {

    private static final long serialVersionUID = 1L;

    /** Asks Kafka who bears the name now. */
    Lookup lookup(Properties properties) {
        Properties client = new Properties();
        client.putAll(properties);
        client.setProperty(
                CommonClientConfigs.CLIENT_ID_CONFIG,
                properties.getProperty(KafkaSourceOptions.CLIENT_ID_PREFIX.key()) + "-same-topic");
        return new Lookup(name, Admin.create(client));
    }

    /** What is wrong, and the way on. */
    IllegalStateException replacedBy(String currentId) {
        return new IllegalStateException(
                ("Topic '%s' was deleted and created again while the job counted it (topic id %s,"
                                + " now %s). The job does not go on, because its offsets are those"
                                + " of the former topic. Submit it again without a savepoint or"
                                + " checkpoint: it then says what to do with the rows that it has"
                                + " counted.")
                        .formatted(name, id, currentId));
    }

    @Override
    public String toString() {
        return "topic '" + name + "'";
    }

    record Lookup(String name, Admin admin) implements AutoCloseable {

        String currentId() throws InterruptedException, ExecutionException {
            return admin.describeTopics(List.of(name))
                    .allTopicNames()
                    .get()
                    .get(name)
                    .topicId()
                    .toString();
        }

        /** Waits for no answer. */
        @Override
        public void close() {
            admin.close(Duration.ZERO);
        }
    }
}
