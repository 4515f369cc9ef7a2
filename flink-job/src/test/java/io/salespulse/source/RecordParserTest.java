package io.salespulse.source;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.salespulse.event.RejectionReason;
import io.salespulse.event.WindowRules;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.apache.kafka.common.header.Headers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RecordParserTest {

    private static final String EVENT_TIME = "2026-01-15T10:00:00.123Z";
    private static final long EVENT_MILLIS = Instant.parse(EVENT_TIME).toEpochMilli();
    private static final Duration SKEW = Duration.ofMinutes(1);
    private static final String VALID =
            """
            {"transaction_id":"t-1","timestamp":"%s","category":"Books","amount":129.99}"""
                    .formatted(EVENT_TIME);

    private final RecordParser parser =
            new RecordParser(rules(SKEW), new UnregisteredMetricsGroup());

    @Test
    void readsAValidTransaction() {
        TransactionRecord record = parse(source().value(VALID));

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

        assertOrigin(parse(source), source);
    }

    @Test
    void keepsWhereARejectedRecordCameFrom() {
        Source source = source().value("{").partition(3).offset(4_711).timestamp(EVENT_MILLIS + 5);

        assertOrigin(parse(source), source);
    }

    @Test
    void keyMayBeMissing() {
        assertThat(parse(source().value(VALID).key(null)).key).isNull();
    }

    @Test
    void keepsHeadersInOrderWithRepeatedKeysAndNullValues() {
        Source source = source().value(VALID);
        source.headers
                .add("trace", "1".getBytes(UTF_8))
                .add("empty", new byte[0])
                .add("trace", "2".getBytes(UTF_8))
                .add("none", null);

        TransactionRecord record = parse(source);

        assertThat(record.headers).isEqualTo(source.headers);
    }

    @ParameterizedTest
    @ValueSource(strings = {"transactions-0@4711", ""})
    void aHeaderMarksAReplayedRecordWhateverItsValue(String value) {
        Source source = source().value(VALID);
        source.headers.add("replayed.from", value.getBytes(UTF_8)).add("trace", null);

        assertThat(isReplayed(source)).isTrue();
        assertThat(isReplayed(source().value(VALID))).isFalse();
    }

    @Test
    void otherHeadersDoNotMarkARecordAsReplayed() {
        Source source = source().value(VALID);
        source.headers.add("Replayed.From", null).add("replayed.from.x", null);

        assertThat(isReplayed(source)).isFalse();
    }

    @Test
    void aRejectedRecordCanBeAReplayedOne() {
        Source source = source().value("{");
        source.headers.add("replayed.from", null);

        TransactionRecord record = parse(source);

        assertThat(record.isRejected()).isTrue();
        assertThat(isReplayed(source)).isTrue();
    }

    @Test
    void aTombstoneIsRejectedWithANullValue() {
        TransactionRecord record = parse(source().value(null));

        assertThat(record.rejectionReason).isEqualTo(RejectionReason.NULL_VALUE);
        assertThat(record.rejectionDetail).isNotBlank();
        assertThat(record.value).isNull();
    }

    @Test
    void anEmptyValueIsMalformed() {
        TransactionRecord record = parse(source().value(""));

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
        TransactionRecord record = parse(source().value(value));

        assertThat(record.isRejected()).isTrue();
        assertThat(record.rejectionDetail).isNotBlank();
        assertThat(record.category).isNull();
        assertThat(record.value).isEqualTo(value.getBytes(UTF_8));
    }

    @Test
    void anEventOfExactlyTheSkewInTheFutureCounts() {
        assertThat(
                        parse(source().value(VALID).timestamp(EVENT_MILLIS - SKEW.toMillis()))
                                .isRejected())
                .isFalse();
    }

    @Test
    void anEventOneMillisecondFurtherInTheFutureIsRejected() {
        TransactionRecord record =
                parse(source().value(VALID).timestamp(EVENT_MILLIS - SKEW.toMillis() - 1));

        assertThat(record.rejectionReason).isEqualTo(RejectionReason.FUTURE_TIMESTAMP);
        assertThat(record.rejectionDetail)
                .isEqualTo(
                        "event time 2026-01-15T10:00:00.123Z is more than PT1M later than the"
                                + " record timestamp 2026-01-15T09:59:00.122Z");
        assertThat(record.category).isNull();
    }

    @Test
    void withoutSkewAnEventMayBeAsNewAsItsRecordButNoNewer() {
        RecordParser strict =
                new RecordParser(rules(Duration.ZERO), new UnregisteredMetricsGroup());

        assertThat(parse(strict, source().value(VALID).timestamp(EVENT_MILLIS)).isRejected())
                .isFalse();
        assertThat(parse(strict, source().value(VALID).timestamp(EVENT_MILLIS - 1)).rejectionReason)
                .isEqualTo(RejectionReason.FUTURE_TIMESTAMP);
    }

    @Test
    void aBadDocumentIsNotJudgedByItsTime() {
        TransactionRecord record =
                parse(source().value(VALID.replace("129.99", "-1")).timestamp(0));

        assertThat(record.rejectionReason).isEqualTo(RejectionReason.INVALID_AMOUNT);
    }

    @Test
    void everyRecordOfABatchIsJudgedForItself() {
        TransactionBatch batch =
                batch(
                        parser,
                        source().value(VALID).partition(3).offset(10),
                        source().value("{").partition(3).offset(11),
                        source().value(VALID).timestamp(0).partition(3).offset(13),
                        source().value(null).partition(3).offset(14),
                        source().value(VALID.replace("Books", "Home")).partition(3).offset(15));

        assertThat(batch.partition()).isEqualTo(3);
        assertThat(IntStream.range(0, batch.size()).mapToObj(i -> describe(batch, i)))
                .containsExactly(
                        "10 Books 12999",
                        "11 MALFORMED_JSON",
                        "13 FUTURE_TIMESTAMP",
                        "14 NULL_VALUE",
                        "15 Home 12999");
    }

    private static String describe(TransactionBatch batch, int i) {
        long offset = batch.origin(i).offset();
        return batch.isRejected(i)
                ? offset + " " + batch.rejectionReason(i)
                : "%d %s %d".formatted(offset, batch.category(i), batch.cents(i));
    }

    @Test
    void countsTheValuesThatNeedTheFullParser() {
        GaugeByName gauges = new GaugeByName();
        RecordParser counting = new RecordParser(rules(SKEW), gauges);
        parse(counting, source().value(VALID));
        parse(counting, source().value(VALID));
        parse(counting, source().value("{"));

        // The first of a category, and the malformed one.
        assertThat(gauges.gauges.get("fallbackParses").getValue()).isEqualTo(2L);
    }

    private TransactionRecord parse(Source source) {
        return parse(parser, source);
    }

    private static TransactionRecord parse(RecordParser with, Source source) {
        return TransactionRecord.onlyOneOf(batch(with, source));
    }

    private boolean isReplayed(Source source) {
        return batch(parser, source).isReplayed(0);
    }

    private static TransactionBatch batch(RecordParser with, Source... sources) {
        TransactionBatch batch = with.newBatch(sources[0].record.partition);
        for (Source source : sources) {
            with.parse(source.record.origin(), batch);
        }
        return batch;
    }

    private static WindowRules rules(Duration maxFutureSkew) {
        return new WindowRules(
                Duration.ofMinutes(1), Duration.ZERO, Duration.ofHours(1), maxFutureSkew);
    }

    private static void assertOrigin(TransactionRecord record, Source source) {
        assertThat(record.partition).isEqualTo(source.record.partition);
        assertThat(record.offset).isEqualTo(source.record.offset);
        assertThat(record.recordTimestamp).isEqualTo(source.record.recordTimestamp);
        assertThat(record.key).isEqualTo(source.record.key);
        assertThat(record.value).isEqualTo(source.record.value);
    }

    private static Source source() {
        return new Source();
    }

    /** A Kafka record in the making. */
    private static final class Source {

        private final TransactionRecord record = new TransactionRecord();
        private final Headers headers = record.headers;

        Source() {
            record.recordTimestamp = EVENT_MILLIS;
            key("t-1");
        }

        Source value(String text) {
            record.value = text == null ? null : text.getBytes(UTF_8);
            return this;
        }

        Source key(String text) {
            record.key = text == null ? null : text.getBytes(UTF_8);
            return this;
        }

        Source partition(int number) {
            record.partition = number;
            return this;
        }

        Source offset(long number) {
            record.offset = number;
            return this;
        }

        Source timestamp(long millis) {
            record.recordTimestamp = millis;
            return this;
        }
    }

    private static final class GaugeByName extends UnregisteredMetricsGroup {

        private final Map<String, Gauge<?>> gauges = new HashMap<>();

        @Override
        public <T, G extends Gauge<T>> G gauge(String name, G gauge) {
            gauges.put(name, gauge);
            return gauge;
        }
    }
}
