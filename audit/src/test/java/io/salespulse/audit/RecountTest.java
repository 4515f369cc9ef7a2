package io.salespulse.audit;

import static io.salespulse.audit.Fixture.HOUR;
import static io.salespulse.audit.Fixture.MINUTE;
import static io.salespulse.audit.Fixture.TEN;
import static io.salespulse.audit.Fixture.millis;
import static io.salespulse.audit.Fixture.settings;
import static io.salespulse.audit.Reason.FUTURE_TIMESTAMP;
import static io.salespulse.audit.Reason.LATE_EVENT;
import static io.salespulse.audit.Reason.MALFORMED_JSON;
import static io.salespulse.audit.Reason.NULL_VALUE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RecountTest {
    private static final Instant NOW = Instant.parse("2026-01-20T00:00:30Z");
    private static final Map<Integer, Long> WHOLE_LOG = Map.of(0, 0L, 1, 0L);

    private final Fixture log = new Fixture();
    private final Recount recount = new Recount(settings(0), WHOLE_LOG);

    @Test
    void sumsByWindowAndCategory() {
        recount.accept(log.sale(0, TEN, "Books", "1.10"));
        recount.accept(log.sale(1, TEN + MINUTE - 1, "Books", "2.05"));
        recount.accept(log.sale(0, TEN, "Toys", "3"));
        recount.accept(log.sale(0, TEN + MINUTE, "Books", "4"));
        recount.accept(log.sale(0, TEN - 1, "Books", "0"));

        assertThat(sales(recount, TEN, "Books")).isEqualTo(new Total(315, 2));
        assertThat(sales(recount, TEN, "Toys")).isEqualTo(new Total(300, 1));
        assertThat(sales(recount, TEN + MINUTE, "Books")).isEqualTo(new Total(400, 1));
        assertThat(sales(recount, TEN - MINUTE, "Books")).isEqualTo(new Total(0, 1));
    }

    @Test
    void everyRecordIsCountedRejectedOrOutside() {
        Recount fromTen = new Recount(settings(TEN), WHOLE_LOG);
        fromTen.accept(log.sale(0, TEN - 1, "Books", "1"));
        fromTen.accept(log.sale(0, TEN, "Books", "1"));
        fromTen.accept(log.record(0, TEN, null));
        fromTen.accept(log.record(0, TEN - HOUR, "{"));
        fromTen.accept(log.record(1, TEN, "{"));

        assertThat(fromTen.records()).isEqualTo(5);
        assertThat(fromTen.counted()).isEqualTo(1);
        assertThat(fromTen.outside()).isEqualTo(1);
        assertThat(fromTen.rejected()).isEqualTo(3);
        assertThat(fromTen.rejectedByReason())
                .containsExactly(Map.entry(NULL_VALUE, 1L), Map.entry(MALFORMED_JSON, 2L));
    }

    @Test
    void countedFromIsTheFirstWindowThatCounts() {
        Recount fromTen = new Recount(settings(TEN), WHOLE_LOG);
        fromTen.accept(log.sale(0, TEN - 1, "Books", "1"));
        fromTen.accept(log.sale(0, TEN, "Books", "1"));
        assertThat(sales(fromTen, TEN - MINUTE, "Books")).isEqualTo(Total.NONE);
        assertThat(sales(fromTen, TEN, "Books")).isEqualTo(new Total(100, 1));
        assertThat(fromTen.boundary(NOW)).isEqualTo(TEN);
    }

    @ParameterizedTest
    @CsvSource({"0, ", "60000, ", "60001, FUTURE_TIMESTAMP"})
    void aRecordMayBeAheadOfItsTimestampByTheSkew(long ahead, Reason expected) {
        recount.accept(log.saleAt(0, TEN, TEN + ahead, "Books", "1"));
        assertRejected(expected);
    }

    @Test
    void aFutureRecordIsRejectedAlsoWhereItsWindowIsOutside() {
        Recount late = new Recount(settings(TEN), WHOLE_LOG);
        late.accept(log.saleAt(0, TEN - HOUR, TEN - 1, "Books", "1"));
        assertThat(late.rejectedByReason()).containsExactly(Map.entry(FUTURE_TIMESTAMP, 1L));
    }

    // The window 10:00 ends at 10:01; with 1 h of lateness and 1 min out of order it is closed from
    // M = 11:02 on.

    @ParameterizedTest
    @CsvSource({"2026-01-15T11:01:59.999Z, ", "2026-01-15T11:02:00Z, LATE_EVENT"})
    void aRecordIsLateByTheHighestEventTimeBefore(String highest, Reason expected) {
        recount.accept(log.sale(0, millis(highest), "Books", "1"));
        recount.accept(log.saleAt(0, millis(highest), TEN, "Books", "1"));
        assertRejected(expected);
    }

    @Test
    void theLastMillisecondOfAWindowIsAsLateAsItsFirst() {
        recount.accept(log.sale(0, millis("2026-01-15T11:02:00Z"), "Books", "1"));
        recount.accept(log.saleAt(0, TEN + HOUR, TEN + MINUTE - 1, "Books", "1"));
        recount.accept(log.saleAt(0, TEN + HOUR, TEN + MINUTE, "Books", "1"));
        assertThat(recount.rejectedByReason()).containsExactly(Map.entry(LATE_EVENT, 1L));
    }

    @Test
    void anotherPartitionMakesNothingLate() {
        recount.accept(log.sale(0, TEN + 2 * HOUR, "Books", "1"));
        recount.accept(log.saleAt(1, TEN + 2 * HOUR, TEN, "Books", "1"));
        assertThat(recount.rejectedByReason()).isEmpty();
    }

    @Test
    void aRejectedRecordMakesNothingLate() {
        recount.accept(log.saleAt(0, TEN, TEN + 2 * HOUR, "Books", "1"));
        recount.accept(log.saleAt(0, TEN + 2 * HOUR, TEN + 2 * HOUR, "Books", "-1"));
        recount.accept(log.sale(0, TEN, "Books", "1"));
        assertThat(recount.rejectedByReason())
                .containsExactly(
                        Map.entry(Reason.INVALID_AMOUNT, 1L), Map.entry(FUTURE_TIMESTAMP, 1L));
        assertThat(recount.counted()).isEqualTo(1);
    }

    @Test
    void aReplayedRecordIsNeverLateAndMakesNothingLate() {
        recount.accept(log.sale(0, TEN, "Books", "1"));
        recount.accept(replayed(log.sale(0, TEN + 2 * HOUR, "Books", "2")));
        recount.accept(log.saleAt(0, TEN + 2 * HOUR, TEN, "Books", "4"));
        recount.accept(log.sale(0, TEN + 2 * HOUR, "Books", "8"));
        recount.accept(log.saleAt(0, TEN + 2 * HOUR, TEN, "Books", "16"));
        recount.accept(replayed(log.saleAt(0, TEN + 2 * HOUR, TEN, "Books", "16")));

        assertThat(recount.rejectedByReason()).containsExactly(Map.entry(LATE_EVENT, 1L));
        assertThat(sales(recount, TEN, "Books")).isEqualTo(new Total(2_100, 3));
        assertThat(sales(recount, TEN + 2 * HOUR, "Books")).isEqualTo(new Total(1_000, 2));
        assertThat(recount.counted()).isEqualTo(5);
        assertThat(recount.replayed()).isEqualTo(2);
    }

    @Test
    void aReplayedRecordIsRejectedForEveryOtherReason() {
        recount.accept(replayed(log.record(0, TEN, "{")));
        recount.accept(replayed(log.saleAt(0, TEN, TEN + 2 * MINUTE, "Books", "1")));

        assertThat(recount.rejectedByReason())
                .containsExactly(Map.entry(MALFORMED_JSON, 1L), Map.entry(FUTURE_TIMESTAMP, 1L));
        assertThat(recount.replayed()).isZero();
    }

    @Test
    void aReplayedRecordCanBeOutside() {
        Recount fromTen = new Recount(settings(TEN), WHOLE_LOG);
        fromTen.accept(replayed(log.sale(0, TEN - 1, "Books", "1")));

        assertThat(fromTen.outside()).isEqualTo(1);
        assertThat(fromTen.replayed()).isZero();
    }

    @Test
    void inATrimmedLogAReplayedRecordIsNotPerhapsLate() {
        Recount trimmed = new Recount(settings(0), Map.of(0, 5L));
        log.startingAt(0, 5);
        trimmed.accept(log.record(0, TEN + 2 * HOUR, "{"));
        trimmed.accept(replayed(log.saleAt(0, TEN + 2 * HOUR, TEN, "Books", "1")));

        assertThat(trimmed.perhapsLateCount()).isZero();
    }

    @Test
    void aRecordIsNotLateByItselfOrByOnesAfterIt() {
        recount.accept(log.sale(0, TEN, "Books", "1"));
        recount.accept(log.sale(0, TEN + 2 * HOUR, "Books", "1"));
        assertThat(recount.counted()).isEqualTo(2);
    }

    @Test
    void rejectionsBelongToTheMinuteOfTheRecordTimestamp() {
        recount.accept(log.record(0, TEN, "{"));
        recount.accept(log.record(0, TEN + MINUTE - 1, "{"));
        recount.accept(log.record(0, TEN + MINUTE, "{"));
        recount.accept(log.record(0, TEN - 1, "{"));
        assertThat(rejections(recount, TEN, MALFORMED_JSON)).isEqualTo(2);
        assertThat(rejections(recount, TEN + MINUTE, MALFORMED_JSON)).isEqualTo(1);
        assertThat(rejections(recount, TEN - MINUTE, MALFORMED_JSON)).isEqualTo(1);
    }

    @Test
    void aTallyKnowsWhatItWasAtTheMark() {
        recount.accept(log.sale(0, TEN, "Books", "1"));
        recount.accept(log.sale(0, TEN, "Toys", "2"));
        recount.mark();
        recount.accept(log.sale(0, TEN, "Books", "3"));
        recount.accept(log.sale(0, TEN, "Books", "4"));
        recount.accept(log.sale(0, TEN, "Games", "5"));

        assertThat(sales(recount, TEN, "Books")).isEqualTo(new Total(800, 3));
        assertThat(atMark(recount, "Books")).isEqualTo(new Total(100, 1));
        assertThat(atMark(recount, "Toys")).isEqualTo(new Total(200, 1));
        assertThat(atMark(recount, "Games")).isEqualTo(Total.NONE);
    }

    @Test
    void aSumThatLeavesItsTypeIsAnError() {
        Tally<String> tally = new Tally<>();
        tally.add("x", Long.MAX_VALUE);
        assertThatThrownBy(() -> tally.add("x", 1)).isInstanceOf(ArithmeticException.class);
    }

    @ParameterizedTest
    @CsvSource({
        "-1, 1970-01-01T00:00:00Z",
        "59999, 1970-01-01T00:00:00Z",
        "60000, 1970-01-01T00:01:00Z",
        "253402300800000, 9999-12-31T23:59:00Z",
        "9223372036854775807, 9999-12-31T23:59:00Z"
    })
    void aRejectionBelongsToAMinuteThatATableCanHold(long recordTimestamp, String minute) {
        assertThat(RejectionKey.of(recordTimestamp, Reason.MALFORMED_JSON).minute())
                .isEqualTo(millis(minute));
    }

    // Trimmed logs.

    @ParameterizedTest
    @CsvSource({
        "2026-01-15T09:59:59.999Z, 2026-01-15T10:01:00Z",
        "2026-01-15T10:00:00.000Z, 2026-01-15T10:02:00Z",
        "2026-01-15T10:00:00.001Z, 2026-01-15T10:02:00Z",
        "2026-01-15T10:00:59.999Z, 2026-01-15T10:02:00Z"
    })
    void aTrimmedLogBeginsWithTheFirstWindowThatHoldsNothingRemoved(String first, String expected) {
        Recount trimmed = new Recount(settings(0), Map.of(0, 5L));
        trimmed.accept(log.startingAt(0, 5).record(0, millis(first), "{"));
        trimmed.accept(log.record(0, millis(first) + HOUR, "{"));
        assertThat(trimmed.boundary(NOW)).isEqualTo(millis(expected));
        assertThat(trimmed.isTrimmed()).isTrue();
    }

    @Test
    void theLatestPartitionDecidesWhereATrimmedLogBegins() {
        Recount trimmed = new Recount(settings(0), Map.of(0, 5L, 1, 1L, 2, 0L));
        log.startingAt(0, 5).startingAt(1, 1);
        trimmed.accept(log.record(0, TEN, "{"));
        trimmed.accept(log.record(1, TEN + HOUR, "{"));
        trimmed.accept(log.record(2, TEN + 2 * HOUR, "{"));
        assertThat(trimmed.boundary(NOW)).isEqualTo(TEN + HOUR + 2 * MINUTE);
    }

    @Test
    void countedFromStandsWhereItIsLaterThanTheTrimming() {
        Recount trimmed = new Recount(settings(TEN + 2 * HOUR), Map.of(0, 5L));
        trimmed.accept(log.startingAt(0, 5).record(0, TEN, "{"));
        assertThat(trimmed.boundary(NOW)).isEqualTo(TEN + 2 * HOUR);
    }

    @Test
    void aTrimmedPartitionWithoutRecordsMayHaveHeldAnythingUntilNow() {
        Recount trimmed = new Recount(settings(0), Map.of(0, 5L));
        assertThat(trimmed.boundary(NOW)).isEqualTo(millis("2026-01-20T00:02:00Z"));
    }

    @Test
    void anEmptyPartitionThatWasNotTrimmedHidesNothing() {
        assertThat(recount.boundary(NOW)).isZero();
        assertThat(recount.isTrimmed()).isFalse();
    }

    /** What was removed reached 12:01 at most, and M = 12:01 closes windows that end by 11:00. */
    @ParameterizedTest
    @CsvSource({"2026-01-15T10:59:59.999Z, 1", "2026-01-15T11:00:00Z, 0"})
    void inATrimmedLogAnOldRecordIsPerhapsLate(String eventTime, long expected) {
        Recount trimmed = new Recount(settings(0), Map.of(0, 5L));
        log.startingAt(0, 5);
        trimmed.accept(log.record(0, TEN + 2 * HOUR, "{"));
        trimmed.accept(log.saleAt(0, TEN + 2 * HOUR, millis(eventTime), "Books", "1"));
        assertThat(trimmed.perhapsLateCount()).isEqualTo(expected);
        assertThat(trimmed.counted()).isEqualTo(1);
    }

    @Test
    void knowsWhichOffsetsWereRemoved() {
        Recount trimmed = new Recount(settings(0), Map.of(0, 5L));
        assertThat(trimmed.isRemoved(0, 4)).isTrue();
        assertThat(trimmed.isRemoved(0, 5)).isFalse();
        assertThat(trimmed.isRemoved(1, 0)).isFalse();
    }

    @Test
    void noticesTimestampsOfProducers() {
        recount.accept(log.record(0, TEN, "{"));
        assertThat(recount.hasProducerTimestamps()).isFalse();
        recount.accept(
                new ConsumerRecord<>(
                        Fixture.TOPIC,
                        0,
                        9,
                        TEN,
                        TimestampType.CREATE_TIME,
                        0,
                        0,
                        null,
                        null,
                        new RecordHeaders(),
                        Optional.empty()));
        assertThat(recount.hasProducerTimestamps()).isTrue();
    }

    private void assertRejected(Reason expected) {
        if (expected == null) {
            assertThat(recount.rejectedByReason()).isEmpty();
        } else {
            assertThat(recount.rejectedByReason()).containsExactly(Map.entry(expected, 1L));
        }
    }

    private static ConsumerRecord<byte[], byte[]> replayed(ConsumerRecord<byte[], byte[]> record) {
        record.headers().add("replayed.from", null);
        return record;
    }

    private static Total sales(Recount recount, long windowStart, String category) {
        return Tally.now(recount.sales().get(new SalesKey(windowStart, category)));
    }

    private static Total atMark(Recount recount, String category) {
        return recount.sales().atMark(recount.sales().get(new SalesKey(TEN, category)));
    }

    private static long rejections(Recount recount, long minute, Reason reason) {
        return Tally.now(recount.rejections().get(new RejectionKey(minute, reason.name()))).count();
    }
}
