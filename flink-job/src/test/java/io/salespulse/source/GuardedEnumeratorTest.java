package io.salespulse.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Properties;
import java.util.Set;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.connector.kafka.source.enumerator.KafkaSourceEnumState;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/** Its guard against another topic of the same name is tested with a real Kafka. */
class GuardedEnumeratorTest {

    private static final KafkaPartitionSplit SPLIT =
            new KafkaPartitionSplit(new TopicPartition("transactions", 2), 4_711);

    private final Delegate delegate = new Delegate();
    private final GuardedEnumerator enumerator =
            new GuardedEnumerator(
                    delegate, null, new TopicIdentity("transactions", "id"), new Properties());

    @Test
    void takesNoCheckpointBeforeThePartitionsAreKnown() {
        delegate.state = new KafkaSourceEnumState(Set.of(), false);

        assertThatThrownBy(() -> enumerator.snapshotState(7))
                .hasMessageContaining("does not know the partitions of")
                .hasMessageContaining("Try again in a moment");
    }

    @Test
    void checkpointsThePartitionsThatItKnows() throws Exception {
        delegate.state = new KafkaSourceEnumState(List.of(), List.of(SPLIT), true);

        assertThat(enumerator.snapshotState(7)).isSameAs(delegate.state);
    }

    private static final class Delegate
            implements SplitEnumerator<KafkaPartitionSplit, KafkaSourceEnumState> {

        private KafkaSourceEnumState state;

        @Override
        public KafkaSourceEnumState snapshotState(long checkpointId) {
            return state;
        }

        @Override
        public void start() {}

        @Override
        public void handleSplitRequest(int subtask, String requesterHost) {}

        @Override
        public void addSplitsBack(List<KafkaPartitionSplit> splits, int subtask) {}

        @Override
        public void addReader(int subtask) {}

        @Override
        public void close() {}
    }
}
