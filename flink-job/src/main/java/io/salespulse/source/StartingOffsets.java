package io.salespulse.source;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.kafka.clients.consumer.OffsetResetStrategy;
import org.apache.kafka.common.TopicPartition;

/**
 * Fixed offsets for a start without state, taken when the job was submitted. A partition that was
 * added since is read from its beginning.
 *
 * <p>The reset strategy NONE makes Kafka fail on an offset that retention has removed. Every
 * initializer that the connector brings would jump silently instead.
 */
record StartingOffsets(Map<TopicPartition, Long> offsets) implements OffsetsInitializer {

    StartingOffsets {
        offsets = new HashMap<>(offsets);
    }

    @Override
    public Map<TopicPartition, Long> getPartitionOffsets(
            Collection<TopicPartition> partitions, PartitionOffsetsRetriever retriever) {
        Map<TopicPartition, Long> start = new HashMap<>(retriever.beginningOffsets(partitions));
        offsets.forEach(start::replace);
        return start;
    }

    @Override
    @SuppressWarnings("deprecation") // the connector's interface still names this class
    public OffsetResetStrategy getAutoOffsetResetStrategy() {
        return OffsetResetStrategy.NONE;
    }
}
