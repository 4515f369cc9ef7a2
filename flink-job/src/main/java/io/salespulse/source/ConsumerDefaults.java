package io.salespulse.source;

import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;

/**
 * What the job sets for its consumers unless {@code --kafka-property} says otherwise: large
 * fetches, which cost a record less, and polls whose records stay in a core's cache until they are
 * parsed (docs/performance.md).
 */
public final class ConsumerDefaults {

    /** Kafka's property names and values. */
    public static final Map<String, String> PROPERTIES =
            Map.of(
                    ConsumerConfig.MAX_POLL_RECORDS_CONFIG, "1000",
                    ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, "4194304");

    private ConsumerDefaults() {}
}
