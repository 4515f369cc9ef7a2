package io.salespulse.audit;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TopicReaderTest {
    private static final TopicPartition FIRST = new TopicPartition("t", 0);
    private static final TopicPartition SECOND = new TopicPartition("t", 1);

    private final MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("none");
    private final List<String> given = new ArrayList<>();
    private TopicReader reader;

    @BeforeEach
    void open() {
        consumer.updateBeginningOffsets(Map.of(FIRST, 3L, SECOND, 0L));
        reader = new TopicReader(consumer, "t", 2, new Progress(null));
    }

    @Test
    void beginsWhereTheLogBegins() {
        assertThat(reader.beginnings()).isEqualTo(Map.of(0, 3L, 1, 0L));
    }

    @Test
    void givesExactlyTheRecordsBeforeTheEndsAndGoesOnThere() throws CannotRunException {
        add(FIRST, 3, 4, 5);
        add(SECOND, 0, 1);
        reader.readTo(Map.of(FIRST, 5L, SECOND, 1L), this::take);
        assertThat(given).containsExactlyInAnyOrder("0@3", "0@4", "1@0");
        assertThat(consumer.position(FIRST)).isEqualTo(5);
        assertThat(consumer.position(SECOND)).isEqualTo(1);

        given.clear();
        add(FIRST, 5, 6);
        add(SECOND, 1);
        reader.readTo(Map.of(FIRST, 7L, SECOND, 2L), this::take);
        assertThat(given).containsExactlyInAnyOrder("0@5", "0@6", "1@1");
    }

    @Test
    void anEndThatIsReachedAlreadyNeedsNoRead() throws CannotRunException {
        reader.readTo(Map.of(FIRST, 3L, SECOND, 0L), this::take);
        assertThat(given).isEmpty();
    }

    private void add(TopicPartition partition, long... offsets) {
        for (long offset : offsets) {
            byte[] value = "x".getBytes(StandardCharsets.UTF_8);
            consumer.addRecord(
                    new ConsumerRecord<>("t", partition.partition(), offset, null, value));
        }
    }

    private void take(ConsumerRecord<byte[], byte[]> record) {
        given.add(record.partition() + "@" + record.offset());
    }
}
