package io.salespulse.sink;

import io.salespulse.config.KafkaConfig;
import io.salespulse.rejection.Rejection;
import java.util.Properties;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.kafka.clients.producer.ProducerConfig;

/** The sink into the dead-letter topic: at least once, unique by the position in the source. */
public final class DeadLetterSink {

    /** Kafka's default. A record must fit into the buffer. */
    private static final long MIN_BUFFER_BYTES = 32L * 1024 * 1024;

    private DeadLetterSink() {}

    /**
     * @param maxMessageBytes what the dead-letter topic takes at the most; more is cut
     */
    public static Sink<Rejection> create(KafkaConfig kafka, int maxMessageBytes) {
        Properties producer = new Properties();
        producer.putAll(kafka.properties());
        // Both limits are on the uncompressed size; the topic's own is on the batch.
        producer.setProperty(
                ProducerConfig.MAX_REQUEST_SIZE_CONFIG, String.valueOf(maxMessageBytes));
        producer.setProperty(ProducerConfig.COMPRESSION_TYPE_CONFIG, "none");
        producer.setProperty(
                ProducerConfig.BUFFER_MEMORY_CONFIG,
                String.valueOf(Math.max(MIN_BUFFER_BYTES, 2L * maxMessageBytes)));
        return new CloseSafeSink<>(
                KafkaSink.<Rejection>builder()
                        .setBootstrapServers(kafka.bootstrapServers())
                        .setKafkaProducerConfig(producer)
                        .setDeliveryGuarantee(DeliveryGuarantee.AT_LEAST_ONCE)
                        .setRecordSerializer(
                                new DeadLetterSerializer(
                                        kafka.deadLetterTopic(), kafka.topic(), maxMessageBytes))
                        .build(),
                "deadLetters");
    }
}
