package io.salespulse.source;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.kafka.clients.consumer.OffsetResetStrategy;
import org.apache.kafka.common.TopicPartition;

/**
 * Offsets taken when the job was submitted: where a start without state begins, or where a bounded
 * run ends. Of a partition that was added since it is 0, so a live job reads all of it and a
 * bounded run nothing.
 *
 * <p>The reset strategy NONE makes Kafka fail on an offset that retention has removed. Every
 * initializer that the connector brings would jump silently instead.
 */
record FixedOffsets(Map<TopicPartition, Long> offsets) implements OffsetsInitializer {

    FixedOffsets {
        offsets = new HashMap<>(offsets);
    }

    @Override
    public Map<TopicPartition, Long> getPartitionOffsets(
            Collection<TopicPartition> partitions, PartitionOffsetsRetriever retriever) {
        return partitions.stream()
                .collect(
                        Collectors.toMap(
                                Function.identity(),
                                partition -> offsets.getOrDefault(partition, 0L)));
    }

    @Override
    @SuppressWarnings("deprecation") // the connector's interface still names this class
    public OffsetResetStrategy getAutoOffsetResetStrategy() {
        return OffsetResetStrategy.NONE;
    }
}
