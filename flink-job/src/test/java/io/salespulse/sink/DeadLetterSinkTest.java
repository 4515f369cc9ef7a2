package io.salespulse.sink;

import static org.assertj.core.api.Assertions.assertThat;

import io.salespulse.config.KafkaConfig;
import java.util.Properties;
import java.util.TreeMap;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.junit.jupiter.api.Test;

class DeadLetterSinkTest {

    private static final int MAX_MESSAGE_BYTES = 20 * 1024 * 1024;

    private final TreeMap<String, String> given = new TreeMap<>();

    /** By the connector's default, NONE, a checkpoint does not wait for the broker's word. */
    @Test
    void isAtLeastOnce() {
        assertThat(DeadLetterSink.create(kafka(), MAX_MESSAGE_BYTES))
                .extracting("delegate.deliveryGuarantee")
                .isEqualTo(DeliveryGuarantee.AT_LEAST_ONCE);
    }

    @Test
    void takesRecordsAsLargeAsTheTopicWhateverElseIsSet() {
        given.put("max.request.size", "100");
        given.put("buffer.memory", "100");
        given.put("compression.type", "lz4");
        given.put("client.dns.lookup", "use_all_dns_ips");

        assertThat(DeadLetterSink.create(kafka(), MAX_MESSAGE_BYTES))
                .extracting("delegate.kafkaProducerConfig")
                .isInstanceOfSatisfying(
                        Properties.class,
                        producer ->
                                assertThat(producer)
                                        .containsEntry("max.request.size", "20971520")
                                        .containsEntry("buffer.memory", "41943040")
                                        .containsEntry("compression.type", "none")
                                        .containsEntry("client.dns.lookup", "use_all_dns_ips"));
    }

    private KafkaConfig kafka() {
        return new KafkaConfig("localhost:9093", "transactions", "group", "dead", given);
    }
}
