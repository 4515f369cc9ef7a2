package io.salespulse.source;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.util.InstantiationUtil;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class FixedOffsetsTest {

    private static final TopicPartition P0 = new TopicPartition("transactions", 0);
    private static final TopicPartition P1 = new TopicPartition("transactions", 1);
    private static final TopicPartition P2 = new TopicPartition("transactions", 2);

    private static final AsksNothing KAFKA = new AsksNothing();

    @Test
    void knownPartitionsStartWhereToldAndNewOnesWithTheirFirstRecord() {
        FixedOffsets offsets = new FixedOffsets(Map.of(P0, 100L, P1, 3L));

        assertThat(offsets.getPartitionOffsets(List.of(P0, P1, P2), KAFKA))
                .isEqualTo(Map.of(P0, 100L, P1, 3L, P2, 0L));
    }

    @Test
    void givesOffsetsOnlyForThePartitionsAskedFor() {
        FixedOffsets offsets = new FixedOffsets(Map.of(P0, 100L, P1, 200L));

        assertThat(offsets.getPartitionOffsets(List.of(P1), KAFKA)).isEqualTo(Map.of(P1, 200L));
    }

    @Test
    void anOffsetThatIsGoneFailsInsteadOfJumping() {
        assertThat(new FixedOffsets(Map.of()).getAutoOffsetResetStrategy().name())
                .isEqualTo("NONE");
    }

    @Test
    void doesNotFollowChangesOfTheMapItWasMadeFrom() {
        Map<TopicPartition, Long> given = new HashMap<>(Map.of(P0, 100L));
        FixedOffsets offsets = new FixedOffsets(given);
        given.put(P0, 1L);

        assertThat(offsets.getPartitionOffsets(List.of(P0), KAFKA)).isEqualTo(Map.of(P0, 100L));
    }

    @Test
    void travelsToTheCluster() throws Exception {
        FixedOffsets offsets = new FixedOffsets(Map.of(P0, 100L, P1, 200L));

        assertThat(InstantiationUtil.clone(offsets)).isEqualTo(offsets);
    }

    /** All is known since the submission: what Kafka says now may have lost records. */
    private static final class AsksNothing implements OffsetsInitializer.PartitionOffsetsRetriever {

        @Override
        public Map<TopicPartition, Long> beginningOffsets(Collection<TopicPartition> partitions) {
            throw new AssertionError("the beginning of the log may have moved");
        }

        @Override
        public Map<TopicPartition, Long> committedOffsets(Collection<TopicPartition> partitions) {
            throw new AssertionError("committed offsets are for monitoring only");
        }

        @Override
        public Map<TopicPartition, Long> endOffsets(Collection<TopicPartition> partitions) {
            throw new AssertionError("the end of the log says nothing about its start");
        }

        @Override
        public Map<TopicPartition, OffsetAndTimestamp> offsetsForTimes(
                Map<TopicPartition, Long> timestampsToSearch) {
            throw new AssertionError("times were turned into offsets at submission");
        }
    }
}
