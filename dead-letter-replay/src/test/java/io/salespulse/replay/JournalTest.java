package io.salespulse.replay;

import static io.salespulse.replay.Fixture.TOPIC;
import static io.salespulse.replay.Fixture.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class JournalTest {
    private static final String NAME = "transactions.dead-letter.replayed";
    private static final TopicPartition PARTITION = new TopicPartition(NAME, 0);

    private final MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("none");
    private final Journal journal = new Journal(NAME, TOPIC, "id-1");
    private final Positions replayed = new Positions();
    private long entries;

    @Test
    void anEntryNamesAPositionAndTheIdOfItsTopic() {
        var entry = journal.entry(new SourcePosition(TOPIC, 3, 4_711));

        assertThat(entry.topic()).isEqualTo(NAME);
        assertThat(entry.key()).isEqualTo(bytes("transactions-3@4711"));
        assertThat(entry.value()).isEqualTo(bytes("id-1"));
    }

    @Test
    void knowsWhatHasBeenReplayedOfItsTopic() throws CannotRunException {
        read("transactions-3@4711", "id-1", "other-0@1", "id-2");

        assertThat(replayed.contains(new SourcePosition(TOPIC, 3, 4_711))).isTrue();
        assertThat(replayed.contains(new SourcePosition(TOPIC, 0, 1))).isFalse();
    }

    @Test
    void ofAnotherTopicOfThatNameTellsWhatToDo() {
        assertThatThrownBy(() -> read("transactions-3@4711", "id-0"))
                .isInstanceOf(CannotRunException.class)
                .hasMessage(
                        "topic transactions was created anew since dead letters were last replayed to it: delete topic "
                                + NAME
                                + ", and leave out the dead letters of the earlier one with --from");
    }

    @Test
    void isNoOtherTopic() {
        assertThatThrownBy(() -> read("user_42", "id-1"))
                .isInstanceOf(CannotRunException.class)
                .hasMessageContaining(NAME + " is no journal of replays");
    }

    private void read(String... keysAndValues) throws CannotRunException {
        consumer.updateBeginningOffsets(Map.of(PARTITION, 0L));
        consumer.updateEndOffsets(Map.of(PARTITION, keysAndValues.length / 2L));
        try (TopicReader reader = new TopicReader(consumer, NAME, 1)) {
            for (int i = 0; i < keysAndValues.length; i += 2) {
                consumer.addRecord(
                        new ConsumerRecord<>(
                                NAME,
                                0,
                                entries++,
                                bytes(keysAndValues[i]),
                                bytes(keysAndValues[i + 1])));
            }
            journal.read(reader, replayed);
        }
    }
}
