package io.salespulse.start;

import io.salespulse.source.TopicIdentity;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;

/**
 * What the job found in Kafka when it was submitted.
 *
 * @param firstOffsets per partition the first offset that is still there
 * @param firstTimestamps per partition with a first offset above 0, the record timestamp (epoch
 *     milliseconds) that no removed record is later than
 * @param deadLetterMaxBytes the largest message that the dead-letter topic takes
 */
public record SourceTopic(
        TopicIdentity identity,
        Map<TopicPartition, Long> firstOffsets,
        Map<TopicPartition, Long> firstTimestamps,
        int deadLetterMaxBytes) {

    /** What the topic is called. */
    public String name() {
        return identity.name();
    }

    /** Kafka's own id of it. */
    public String id() {
        return identity.id();
    }
}
