package io.salespulse.pipeline;

import java.util.Map;
import org.apache.kafka.common.TopicPartition;

/**
 * What the job found in Kafka when it was submitted.
 *
 * @param id Kafka's own id of the topic: differs after the topic was deleted and created again
 * @param firstOffsets per partition the first offset that is still there
 * @param firstTimestamps per partition with a first offset above 0, the record timestamp (epoch
 *     milliseconds) that no removed record is later than
 * @param deadLetterMaxBytes the largest message that the dead-letter topic takes
 */
public record SourceTopic(
        String name,
        String id,
        Map<TopicPartition, Long> firstOffsets,
        Map<TopicPartition, Long> firstTimestamps,
        int deadLetterMaxBytes) {}
