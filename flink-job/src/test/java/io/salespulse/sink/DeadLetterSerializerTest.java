package io.salespulse.sink;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.salespulse.event.RejectionReason;
import io.salespulse.rejection.Rejection;
import java.util.Arrays;
import java.util.List;
import java.util.stream.StreamSupport;
import org.apache.flink.util.InstantiationUtil;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.record.AbstractRecords;
import org.apache.kafka.common.record.RecordBatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DeadLetterSerializerTest {

    private static final int LIMIT = 100_000;

    private final DeadLetterSerializer serializer =
            new DeadLetterSerializer("transactions.dead-letter", "transactions", LIMIT);

    @Test
    void keepsKeyValueAndHeadersAndSaysWhyAndWhereFrom() {
        Rejection rejection = rejection("key", "value");
        header(rejection, "trace", "1".getBytes(UTF_8));
        header(rejection, "none", null);
        header(rejection, "trace", "2".getBytes(UTF_8));

        ProducerRecord<byte[], byte[]> letter = serialize(rejection);

        assertThat(letter.key()).isEqualTo("key".getBytes(UTF_8));
        assertThat(letter.value()).isEqualTo("value".getBytes(UTF_8));
        assertThat(headers(letter))
                .containsExactly(
                        "trace=1",
                        "none=null",
                        "trace=2",
                        "error.reason=LATE_EVENT",
                        "error.detail=too late: 5 €",
                        "source.topic=transactions",
                        "source.partition=3",
                        "source.offset=4711",
                        "source.timestamp=1768471200123");
    }

    @Test
    void goesToAnyPartitionOfTheDeadLetterTopicAtTheTimeOfSending() {
        ProducerRecord<byte[], byte[]> letter = serialize(rejection("key", "value"));

        assertThat(letter.topic()).isEqualTo("transactions.dead-letter");
        assertThat(letter.partition()).isNull();
        assertThat(letter.timestamp()).isNull();
    }

    @Test
    void aMissingKeyStaysMissing() {
        ProducerRecord<byte[], byte[]> letter = serialize(rejection(null, "value"));

        assertThat(letter.key()).isNull();
        assertThat(headers(letter)).noneMatch(header -> header.startsWith("error.truncated"));
    }

    @Test
    void aNullValueStaysNull() {
        ProducerRecord<byte[], byte[]> letter = serialize(rejection("key", null));

        assertThat(letter.value()).isNull();
        assertThat(headers(letter)).noneMatch(header -> header.startsWith("error.truncated"));
    }

    @Test
    void anEmptyValueStaysEmpty() {
        ProducerRecord<byte[], byte[]> letter = serialize(rejection("", ""));

        assertThat(letter.key()).isNotNull().isEmpty();
        assertThat(letter.value()).isNotNull().isEmpty();
        assertThat(headers(letter)).noneMatch(header -> header.startsWith("error.truncated"));
    }

    @Test
    void aRecordTimestampBeforeTheEpochIsWrittenInDecimal() {
        Rejection rejection = rejection("key", "value");
        rejection.recordTimestamp = -1;

        assertThat(headers(serialize(rejection))).contains("source.timestamp=-1");
    }

    @Test
    void headersOfTheSameNamesAreKeptBeforeOurs() {
        Rejection rejection = rejection("key", "value");
        header(rejection, "error.reason", "of an earlier life".getBytes(UTF_8));

        ProducerRecord<byte[], byte[]> letter = serialize(rejection);

        assertThat(headers(letter)).contains("error.reason=of an earlier life");
        assertThat(letter.headers().lastHeader("error.reason").value())
                .isEqualTo("LATE_EVENT".getBytes(UTF_8));
    }

    @Test
    void aValueThatFitsIsNotCut() {
        byte[] value = bytes(LIMIT - 3_000);

        ProducerRecord<byte[], byte[]> letter = serialize(rejection(bytes(20), value));

        assertThat(letter.value()).isEqualTo(value);
        assertThat(headers(letter)).noneMatch(header -> header.startsWith("error.truncated"));
        assertFits(letter);
    }

    @Test
    void aValueThatDoesNotFitIsCutAndSaysHowLongItWas() {
        byte[] value = bytes(LIMIT);

        ProducerRecord<byte[], byte[]> letter = serialize(rejection(bytes(20), value));

        assertThat(letter.key()).isEqualTo(bytes(20));
        assertThat(letter.value()).hasSizeGreaterThan(LIMIT - 3_000);
        assertThat(letter.value()).isEqualTo(Arrays.copyOf(value, letter.value().length));
        assertThat(headers(letter)).contains("error.truncated=100000");
        assertFits(letter);
    }

    @Test
    void aLongKeyThatFitsIsNotCut() {
        ProducerRecord<byte[], byte[]> letter =
                serialize(rejection(bytes(LIMIT - 3_000), bytes(10)));

        assertThat(letter.key()).isEqualTo(bytes(LIMIT - 3_000));
        assertThat(letter.value()).isEqualTo(bytes(10));
        assertThat(headers(letter)).noneMatch(header -> header.startsWith("error.truncated"));
        assertFits(letter);
    }

    @Test
    void longHeadersThatFitAreKept() {
        Rejection rejection = rejection("key", "value");
        header(rejection, "trace", bytes(LIMIT - 3_000));

        ProducerRecord<byte[], byte[]> letter = serialize(rejection);

        assertThat(letter.headers().lastHeader("trace").value()).isEqualTo(bytes(LIMIT - 3_000));
        assertFits(letter);
    }

    @Test
    void droppedHeadersAreSaid() {
        Rejection rejection = rejection("key", "value");
        header(rejection, "trace", bytes(LIMIT));

        assertThat(headers(serialize(rejection))).contains("error.truncated=5");
    }

    /** As large as it may be, or larger in one of its parts or all of them. */
    @ParameterizedTest
    @CsvSource({
        "0, 97952, 0, 0",
        "0, 97953, 0, 0",
        "0, 99999, 0, 0",
        "0, 10000000, 0, 0",
        "10000000, 0, 0, 0",
        "10000000, 10000000, 0, 0",
        "0, 0, 1, 10000000",
        "0, 0, 100000, 10",
        "48976, 48976, 0, 0",
        "48977, 48977, 0, 0",
        "0, 90000, 1, 7952",
        "0, 90000, 700, 0",
        "100000, 100000, 1, 24000",
        "10000000, 10000000, 100000, 100"
    })
    void alwaysFits(int key, int value, int headerCount, int headerSize) {
        Rejection rejection = rejection(bytes(key), bytes(value));
        rejection.headerKeys = new String[headerCount];
        rejection.headerValues = new byte[headerCount][];
        Arrays.fill(rejection.headerKeys, "€€€");
        Arrays.fill(rejection.headerValues, bytes(headerSize));
        rejection.detail = "€".repeat(200);

        assertFits(serialize(rejection));
    }

    @Test
    void whereThereIsHardlyRoomTheReasonAndTheSourceAreKept() {
        DeadLetterSerializer narrow = new DeadLetterSerializer("bad", "transactions", 1_000);

        ProducerRecord<byte[], byte[]> letter =
                narrow.serialize(rejection(bytes(5_000), bytes(5_000)), null, null);

        assertThat(letter.key()).isEmpty();
        assertThat(letter.value()).isEmpty();
        assertThat(headers(letter))
                .contains("error.reason=LATE_EVENT", "error.truncated=5000", "source.offset=4711");
    }

    @Test
    void theRejectionIsNotChanged() {
        Rejection rejection = rejection(bytes(LIMIT), bytes(LIMIT));

        serialize(rejection);

        assertThat(rejection.key).isEqualTo(bytes(LIMIT));
        assertThat(rejection.value).isEqualTo(bytes(LIMIT));
    }

    @Test
    void travelsToTheCluster() throws Exception {
        assertThat(InstantiationUtil.isSerializable(serializer)).isTrue();
    }

    private ProducerRecord<byte[], byte[]> serialize(Rejection rejection) {
        return serializer.serialize(rejection, null, null);
    }

    private static Rejection rejection(String key, String value) {
        return rejection(
                key == null ? null : key.getBytes(UTF_8),
                value == null ? null : value.getBytes(UTF_8));
    }

    private static Rejection rejection(byte[] key, byte[] value) {
        Rejection rejection = new Rejection();
        rejection.reason = RejectionReason.LATE_EVENT;
        rejection.detail = "too late: 5 €";
        rejection.partition = 3;
        rejection.offset = 4_711;
        rejection.recordTimestamp = 1_768_471_200_123L;
        rejection.key = key;
        rejection.value = value;
        rejection.headerKeys = new String[0];
        rejection.headerValues = new byte[0][];
        return rejection;
    }

    private static void header(Rejection rejection, String key, byte[] value) {
        int count = rejection.headerKeys.length;
        rejection.headerKeys = Arrays.copyOf(rejection.headerKeys, count + 1);
        rejection.headerValues = Arrays.copyOf(rejection.headerValues, count + 1);
        rejection.headerKeys[count] = key;
        rejection.headerValues[count] = value;
    }

    private static byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) i;
        }
        return bytes;
    }

    private static List<String> headers(ProducerRecord<byte[], byte[]> letter) {
        return StreamSupport.stream(letter.headers().spliterator(), false)
                .map(DeadLetterSerializerTest::describe)
                .toList();
    }

    private static String describe(Header header) {
        return header.key()
                + "="
                + (header.value() == null ? "null" : new String(header.value(), UTF_8));
    }

    /** What the producer compares with max.request.size; never below what the broker sees. */
    private static void assertFits(ProducerRecord<byte[], byte[]> letter) {
        int size =
                AbstractRecords.estimateSizeInBytesUpperBound(
                        RecordBatch.CURRENT_MAGIC_VALUE,
                        Compression.NONE.type(),
                        letter.key(),
                        letter.value(),
                        letter.headers().toArray());
        assertThat(size).isLessThanOrEqualTo(LIMIT);
    }
}
