package io.salespulse.replay;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class TopicReaderTest {
    private static final TopicPartition FIRST = new TopicPartition("t", 0);
    private static final TopicPartition SECOND = new TopicPartition("t", 1);

    private final MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("none");

    @Test
    void readsFromTheBeginningToWhereTheTopicEnded() throws CannotRunException {
        List<String> given = new ArrayList<>();
        consumer.updateBeginningOffsets(Map.of(FIRST, 3L, SECOND, 0L));
        consumer.updateEndOffsets(Map.of(FIRST, 6L, SECOND, 1L));
        try (TopicReader reader = new TopicReader(consumer, "t", 2)) {
            assertThat(reader.total()).isEqualTo(4);
            assertThat(reader.isAtEnd()).isFalse();
            add(FIRST, 3, 5, 6);
            add(SECOND, 0, 1);

            reader.readOn(record -> given.add(record.partition() + "@" + record.offset()));

            assertThat(given).containsExactlyInAnyOrder("0@3", "0@5", "1@0");
            assertThat(reader.isAtEnd()).isTrue();
            assertThat(reader.done()).isEqualTo(4);
        }
    }

    @Test
    void anEmptyTopicNeedsNoRead() {
        consumer.updateBeginningOffsets(Map.of(FIRST, 7L));
        consumer.updateEndOffsets(Map.of(FIRST, 7L));
        try (TopicReader reader = new TopicReader(consumer, "t", 1)) {
            assertThat(reader.isAtEnd()).isTrue();
        }
    }

    private void add(TopicPartition partition, long... offsets) {
        for (long offset : offsets) {
            consumer.addRecord(
                    new ConsumerRecord<>("t", partition.partition(), offset, null, new byte[] {1}));
        }
    }
}
