package io.salespulse.datagen;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Where to send events.
 *
 * @param properties of Kafka clients; they win over ours. They may hold secrets: not to be printed
 * @param partitions of the topic if it is created
 * @param maxWait how long to wait for a broker at the start
 */
record KafkaSettings(
        String bootstrapServers,
        String topic,
        String deadLetterTopic,
        Map<String, String> properties,
        int partitions,
        Duration maxWait) {

    /**
     * From this rate on, batches that are larger and later are worth more than a few milliseconds.
     */
    private static final double HIGH_RATE = 20_000;

    Map<String, Object> adminConfig() {
        return config(Map.of(AdminClientConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, 1_000));
    }

    /**
     * Nothing is given up: an unreachable broker is waited for, while full buffers hold back {@code
     * send}.
     */
    Map<String, Object> producerConfig(Rate rate) {
        boolean high = rate.eventsPerSecond() >= HIGH_RATE;
        return config(
                Map.ofEntries(
                        Map.entry(
                                ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG,
                                ByteArraySerializer.class),
                        Map.entry(
                                ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG,
                                ByteArraySerializer.class),
                        Map.entry(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true),
                        Map.entry(ProducerConfig.ACKS_CONFIG, "all"),
                        Map.entry(ProducerConfig.COMPRESSION_TYPE_CONFIG, "lz4"),
                        Map.entry(ProducerConfig.LINGER_MS_CONFIG, high ? 20 : 5),
                        Map.entry(ProducerConfig.BATCH_SIZE_CONFIG, 256 * 1024),
                        Map.entry(ProducerConfig.BUFFER_MEMORY_CONFIG, 64 * 1024 * 1024),
                        Map.entry(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, Integer.MAX_VALUE),
                        Map.entry(ProducerConfig.MAX_BLOCK_MS_CONFIG, Long.MAX_VALUE),
                        Map.entry(CommonClientConfigs.METADATA_RECOVERY_STRATEGY_CONFIG, "none"),
                        Map.entry(ProducerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, 1_000)));
    }

    private Map<String, Object> config(Map<String, Object> ours) {
        Map<String, Object> config = new HashMap<>(ours);
        config.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
        config.put(CommonClientConfigs.CLIENT_ID_CONFIG, "datagen");
        config.putAll(properties);
        return config;
    }
}
