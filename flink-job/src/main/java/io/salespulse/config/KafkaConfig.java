package io.salespulse.config;

import java.io.Serializable;
import java.util.Properties;
import java.util.TreeMap;

/**
 * Where the transactions come from and the dead letters go.
 *
 * @param clientProperties settings for every Kafka client of the job, such as TLS and SASL
 */
public record KafkaConfig(
        String bootstrapServers,
        String topic,
        String groupId,
        String deadLetterTopic,
        TreeMap<String, String> clientProperties)
        implements Serializable {

    public Properties properties() {
        Properties properties = new Properties();
        properties.putAll(clientProperties);
        return properties;
    }

    /** Client properties may hold passwords, so only their names are shown. */
    @Override
    public String toString() {
        return "KafkaConfig[bootstrapServers=%s, topic=%s, groupId=%s, deadLetterTopic=%s, clientProperties=%s]"
                .formatted(
                        bootstrapServers,
                        topic,
                        groupId,
                        deadLetterTopic,
                        clientProperties.keySet());
    }
}
