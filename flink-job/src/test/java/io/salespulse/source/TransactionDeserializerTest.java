package io.salespulse.source;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.salespulse.event.RejectionReason;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TransactionDeserializerTest {

    private static final String EVENT_TIME = "2026-01-15T10:00:00.123Z";
    private static final long EVENT_MILLIS = Instant.parse(EVENT_TIME).toEpochMilli();
    private static final Duration SKEW = Duration.ofMinutes(1);
    private static final String VALID =
            """
            {"transaction_id":"t-1","timestamp":"%s","category":"Books","amount":129.99}"""
                    .formatted(EVENT_TIME);

    private final TransactionDeserializer deserializer = new TransactionDeserializer(SKEW);

    @BeforeEach
    void open() {
        deserializer.open(new UnregisteredMetricsGroup());
    }

    @Test
    void readsAValidTransaction() {
        TransactionRecord record = deserialize(source().value(VALID));

        assertThat(record.isRejected()).isFalse();
        assertThat(record.rejectionDetail).isNull();
        assertThat(record.eventTime).isEqualTo(EVENT_MILLIS);
        assertThat(record.cents).isEqualTo(12_999);
        assertThat(record.category).isEqualTo("Books");
    }

    @Test
    void keepsWhereAValidTransactionCameFrom() {
        Source source =
                source().value(VALID).partition(3).offset(4_711).timestamp(EVENT_MILLIS + 5);

        assertOrigin(deserialize(source), source);
    }

    @Test
    void keepsWhereARejectedRecordCameFrom() {
        Source source = source().value("{").partition(3).offset(4_711).timestamp(EVENT_MILLIS + 5);

        assertOrigin(deserialize(source), source);
    }

    @Test
    void keyMayBeMissing() {
        assertThat(deserialize(source().value(VALID).key(null)).key).isNull();
    }

    @Test
    void keepsHeadersInOrderWithRepeatedKeysAndNullValues() {
        Source source = source().value(VALID);
        source.headers
                .add("trace", "1".getBytes(UTF_8))
                .add("empty", new byte[0])
                .add("trace", "2".getBytes(UTF_8))
                .add("none", null);

        TransactionRecord record = deserialize(source);

        assertThat(record.headerKeys).containsExactly("trace", "empty", "trace", "none");
        assertThat(record.headerValues)
                .isDeepEqualTo(new byte[][] {"1".getBytes(UTF_8), {}, "2".getBytes(UTF_8), null});
    }

    @ParameterizedTest
    @ValueSource(strings = {"transactions-0@4711", ""})
    void aHeaderMarksAReplayedRecordWhateverItsValue(String value) {
        Source source = source().value(VALID);
        source.headers.add("replayed.from", value.getBytes(UTF_8)).add("trace", null);

        assertThat(deserialize(source).replayed).isTrue();
        assertThat(deserialize(source().value(VALID)).replayed).isFalse();
    }

    @Test
    void otherHeadersDoNotMarkARecordAsReplayed() {
        Source source = source().value(VALID);
        source.headers.add("Replayed.From", null).add("replayed.from.x", null);

        assertThat(deserialize(source).replayed).isFalse();
    }

    @Test
    void aRejectedRecordCanBeAReplayedOne() {
        Source source = source().value("{");
        source.headers.add("replayed.from", null);

        TransactionRecord record = deserialize(source);

        assertThat(record.isRejected()).isTrue();
        assertThat(record.replayed).isTrue();
    }

    @Test
    void aTombstoneIsRejectedWithANullValue() {
        TransactionRecord record = deserialize(source().value(null));

        assertThat(record.rejectionReason).isEqualTo(RejectionReason.NULL_VALUE);
        assertThat(record.rejectionDetail).isNotBlank();
        assertThat(record.value).isNull();
    }

    @Test
    void anEmptyValueIsMalformed() {
        TransactionRecord record = deserialize(source().value(""));

        assertThat(record.rejectionReason).isEqualTo(RejectionReason.MALFORMED_JSON);
        assertThat(record.value).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "no json",
                "[]",
                "{\"transaction_id\":\"t-1\"}",
                "{\"transaction_id\":\"t-1\",\"timestamp\":\"yesterday\",\"category\":\"Books\",\"amount\":1}",
                "{\"transaction_id\":\"t-1\",\"timestamp\":1,\"category\":\"Books\",\"amount\":\"1\"}",
                "{\"transaction_id\":\"t-1\",\"timestamp\":1,\"category\":\" \",\"amount\":1}",
                "\u0000",
                "{\"transaction_id\":\"t-1\",\"timestamp\":1,\"category\":\"\\ud800\",\"amount\":1}"
            })
    void everyBadRecordGivesOneRejectionWithADetail(String value) {
        TransactionRecord record = deserialize(source().value(value));

        assertThat(record.isRejected()).isTrue();
        assertThat(record.rejectionDetail).isNotBlank();
        assertThat(record.category).isNull();
        assertThat(record.value).isEqualTo(value.getBytes(UTF_8));
    }

    @Test
    void anEventOfExactlyTheSkewInTheFutureCounts() {
        assertThat(
                        deserialize(source().value(VALID).timestamp(EVENT_MILLIS - SKEW.toMillis()))
                                .isRejected())
                .isFalse();
    }

    @Test
    void anEventOneMillisecondFurtherInTheFutureIsRejected() {
        TransactionRecord record =
                deserialize(source().value(VALID).timestamp(EVENT_MILLIS - SKEW.toMillis() - 1));

        assertThat(record.rejectionReason).isEqualTo(RejectionReason.FUTURE_TIMESTAMP);
        assertThat(record.rejectionDetail)
                .isEqualTo(
                        "event time 2026-01-15T10:00:00.123Z is more than PT1M later than the"
                                + " record timestamp 2026-01-15T09:59:00.122Z");
        assertThat(record.category).isNull();
    }

    @Test
    void withoutSkewAnEventMayBeAsNewAsItsRecordButNoNewer() {
        TransactionDeserializer strict = new TransactionDeserializer(Duration.ZERO);
        strict.open(new UnregisteredMetricsGroup());

        assertThat(deserialize(strict, source().value(VALID).timestamp(EVENT_MILLIS)).isRejected())
                .isFalse();
        assertThat(
                        deserialize(strict, source().value(VALID).timestamp(EVENT_MILLIS - 1))
                                .rejectionReason)
                .isEqualTo(RejectionReason.FUTURE_TIMESTAMP);
    }

    @Test
    void aBadDocumentIsNotJudgedByItsTime() {
        TransactionRecord record =
                deserialize(source().value(VALID.replace("129.99", "-1")).timestamp(0));

        assertThat(record.rejectionReason).isEqualTo(RejectionReason.INVALID_AMOUNT);
    }

    @Test
    void aRejectionLeavesNothingBehindInTheNextTransaction() {
        Source bad = source().value("{").key("bad-key").offset(1);
        bad.headers.add("of", "the bad one".getBytes(UTF_8));
        deserialize(bad);

        Source good = source().value(VALID).key("good-key").offset(2);
        TransactionRecord record = deserialize(good);

        assertThat(record.rejectionReason).isNull();
        assertThat(record.rejectionDetail).isNull();
        assertThat(record.headerKeys).isEmpty();
        assertThat(record.headerValues).isEmpty();
        assertOrigin(record, good);
    }

    @Test
    void aTransactionLeavesNothingBehindInTheNextRejection() {
        Source good = source().value(VALID).offset(1);
        good.headers.add("of", "the good one".getBytes(UTF_8));
        deserialize(good);

        Source bad = source().value(null).key(null).offset(2);
        TransactionRecord record = deserialize(bad);

        assertThat(record.category).isNull();
        assertThat(record.headerKeys).isEmpty();
        assertThat(record.headerValues).isEmpty();
        assertOrigin(record, bad);
    }

    @Test
    void aFutureRejectionLeavesNothingOfItsOwnInTheNextRejection() {
        deserialize(source().value(VALID).timestamp(0));

        TransactionRecord record = deserialize(source().value(null));

        assertThat(record.rejectionReason).isEqualTo(RejectionReason.NULL_VALUE);
        assertThat(record.rejectionDetail).doesNotContain("2026");
    }

    @Test
    void headersOfAnEarlierRecordAreNotOverwritten() {
        Source first = source().value(VALID);
        first.headers.add("n", "1".getBytes(UTF_8));
        TransactionRecord reused = deserialize(first);
        String[] keys = reused.headerKeys;
        byte[][] values = reused.headerValues;

        Source second = source().value(VALID);
        second.headers.add("m", "2".getBytes(UTF_8));
        deserialize(second);

        assertThat(keys).containsExactly("n");
        assertThat(values).isDeepEqualTo(new byte[][] {"1".getBytes(UTF_8)});
    }

    @Test
    void oneInstanceServesAllRecords() {
        assertThat(deserialize(source().value(VALID))).isSameAs(deserialize(source().value("{")));
    }

    @Test
    void producesTransactionRecords() {
        assertThat(deserializer.getProducedType())
                .isEqualTo(TypeInformation.of(TransactionRecord.class));
    }

    private TransactionRecord deserialize(Source source) {
        return deserialize(deserializer, source);
    }

    private static TransactionRecord deserialize(TransactionDeserializer with, Source source) {
        CollectedRecords out = new CollectedRecords();
        with.deserialize(source.toRecord(), out);
        assertThat(out.records).as("exactly one record for each").hasSize(1);
        return out.records.get(0);
    }

    private static void assertOrigin(TransactionRecord record, Source source) {
        assertThat(record.partition).isEqualTo(source.partition);
        assertThat(record.offset).isEqualTo(source.offset);
        assertThat(record.recordTimestamp).isEqualTo(source.timestamp);
        assertThat(record.key).isEqualTo(source.key);
        assertThat(record.value).isEqualTo(source.value);
    }

    private static Source source() {
        return new Source();
    }

    /** A Kafka record in the making. */
    private static final class Source {

        private int partition;
        private long offset;
        private long timestamp = EVENT_MILLIS;
        private byte[] key = "t-1".getBytes(UTF_8);
        private byte[] value;
        private final Headers headers = new RecordHeaders();

        Source value(String text) {
            value = text == null ? null : text.getBytes(UTF_8);
            return this;
        }

        Source key(String text) {
            key = text == null ? null : text.getBytes(UTF_8);
            return this;
        }

        Source partition(int number) {
            partition = number;
            return this;
        }

        Source offset(long number) {
            offset = number;
            return this;
        }

        Source timestamp(long millis) {
            timestamp = millis;
            return this;
        }

        ConsumerRecord<byte[], byte[]> toRecord() {
            return new ConsumerRecord<>(
                    "transactions",
                    partition,
                    offset,
                    timestamp,
                    TimestampType.LOG_APPEND_TIME,
                    ConsumerRecord.NULL_SIZE,
                    ConsumerRecord.NULL_SIZE,
                    key,
                    value,
                    headers,
                    Optional.empty());
        }
    }

    private static final class CollectedRecords implements Collector<TransactionRecord> {

        private final List<TransactionRecord> records = new ArrayList<>();

        @Override
        public void collect(TransactionRecord record) {
            records.add(record);
        }

        @Override
        public void close() {}
    }
}
