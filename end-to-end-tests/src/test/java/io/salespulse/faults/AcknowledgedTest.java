package io.salespulse.faults;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What {@link FaultIT} relies on to notice that the broker has lost something. */
class AcknowledgedTest {

    private final Acknowledged acknowledged = new Acknowledged();
    private final List<ConsumerRecord<byte[], byte[]>> topic = new ArrayList<>();

    @BeforeEach
    void sendThree() {
        acknowledged.add(0, 7, bytes("a"));
        acknowledged.add(0, 8, null);
        acknowledged.add(1, 7, bytes("b"));
    }

    @Test
    void missesNothingThatIsThereAmongOthers() {
        stored(0, 6, "of somebody else");
        stored(0, 7, "a");
        stored(0, 8, null);
        stored(1, 7, "b");

        assertThat(acknowledged.missingFrom(topic)).isEmpty();
        assertThat(acknowledged.count()).isEqualTo(3);
    }

    @Test
    void noticesLostRecords() {
        stored(0, 7, "a");

        assertThat(acknowledged.missingFrom(topic)).containsExactly("0/8", "1/7");
    }

    @Test
    void noticesOtherValuesInTheirPlace() {
        stored(0, 7, "A");
        stored(0, 8, "");
        stored(1, 7, null);

        assertThat(acknowledged.missingFrom(topic)).containsExactly("0/7", "0/8", "1/7");
    }

    @Test
    void noticesRecordsThatHaveMoved() {
        stored(0, 7, null);
        stored(0, 8, "a");
        stored(0, 9, "b");

        assertThat(acknowledged.missingFrom(topic)).containsExactly("0/7", "0/8", "1/7");
    }

    private void stored(int partition, long offset, String value) {
        topic.add(
                new ConsumerRecord<>(
                        "transactions",
                        partition,
                        offset,
                        null,
                        value == null ? null : bytes(value)));
    }

    private static byte[] bytes(String value) {
        return value.getBytes(UTF_8);
    }
}
