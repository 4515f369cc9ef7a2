package io.salespulse.audit;

import static io.salespulse.audit.Fixture.HOUR;
import static io.salespulse.audit.Fixture.MINUTE;
import static io.salespulse.audit.Fixture.TEN;
import static io.salespulse.audit.Fixture.settings;
import static org.assertj.core.api.Assertions.assertThat;

import io.salespulse.audit.Differences.Kind;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

class ComparisonTest {
    private static final Instant NOW = Instant.parse("2026-01-20T00:00:00Z");

    private final Fixture log = new Fixture();
    private final Recount recount = new Recount(settings(0), Map.of(0, 0L));
    private final List<SalesRow> sales = new ArrayList<>();
    private final List<RejectionRow> rejections = new ArrayList<>();
    private final List<ConsumerRecord<byte[], byte[]>> deadLetters = new ArrayList<>();
    private boolean includeOpen;
    private Range range = Range.ALL;
    private Set<Instant> repairs = Set.of();
    private int maxDifferences = 20;

    @Test
    void equal() {
        sell("Books", "1.10", "2.20");
        sell("Toys", "3");
        reject();
        recount.mark();
        row("Books", "3.30", 2);
        row("Toys", "3.00", 1);

        Comparison.Result result = compare();

        assertThat(result.isEqual()).isTrue();
        assertThat(result.sales().compared()).isEqualTo(2);
        assertThat(result.comparedWindows()).isEqualTo(1);
        assertThat(result.rejections().compared()).isEqualTo(1);
        assertThat(result.deadLetters().compared()).isEqualTo(1);
    }

    @Test
    void oneCentOff() {
        sell("Books", "1.10");
        recount.mark();
        row("Books", "1.11", 1);
        assertThat(compare().differences().lines())
                .containsExactly(
                        "category_sales 2026-01-15T10:00:00Z Books: the table has 1.11 in 1 record; the topic has 1.10 in 1"
                                + " record");
        assertThat(compare().differences().counts())
                .containsExactly(Map.entry(Kind.WRONG_TOTAL, 1L));
    }

    @Test
    void oneRecordOff() {
        sell("Books", "1.10", "0");
        recount.mark();
        row("Books", "1.10", 1);
        assertThat(compare().differences().counts())
                .containsExactly(Map.entry(Kind.WRONG_COUNT, 1L));
        assertThat(compare().differences().areAllBehind()).isTrue();
    }

    @Test
    void oneRecordTooMany() {
        sell("Books", "1.10");
        recount.mark();
        row("Books", "1.10", 2);
        assertThat(compare().differences().counts())
                .containsExactly(Map.entry(Kind.WRONG_COUNT, 1L));
        assertThat(compare().differences().areSomeBehind()).isFalse();
    }

    @Test
    void missingRowsInTheOrderOfTheTable() {
        sell("Toys", "3");
        sell("Books", "1", "2");
        recount.accept(log.sale(0, TEN - MINUTE, "Toys", "4"));
        recount.mark();
        assertThat(compare().differences().lines())
                .containsExactly(
                        "category_sales 2026-01-15T09:59:00Z Toys: not in the table; the topic has 4.00 in 1 record",
                        "category_sales 2026-01-15T10:00:00Z Books: not in the table; the topic has 3.00 in 2 records",
                        "category_sales 2026-01-15T10:00:00Z Toys: not in the table; the topic has 3.00 in 1 record");
        assertThat(compare().differences().areAllBehind()).isTrue();
    }

    @Test
    void extraRow() {
        row("Books\n", "1.10", 1);
        assertThat(compare().differences().lines())
                .containsExactly(
                        "category_sales 2026-01-15T10:00:00Z Books\\u000a: not in the topic; the table has 1.10 in 1 record");
        assertThat(compare().differences().areSomeBehind()).isFalse();
    }

    @Test
    void aRowBesideItsWindowIsExtra() {
        sell("Books", "1");
        recount.mark();
        Instant start = Instant.ofEpochMilli(TEN).plusNanos(1_000);
        sales.add(new SalesRow(start, start.plusSeconds(60), "Books", new BigDecimal("1.00"), 1));
        assertThat(compare().differences().counts())
                .containsExactly(Map.entry(Kind.MISSING_ROW, 1L), Map.entry(Kind.EXTRA_ROW, 1L));
    }

    @Test
    void wrongWindowEnd() {
        sell("Books", "1");
        recount.mark();
        Instant start = Instant.ofEpochMilli(TEN);
        sales.add(new SalesRow(start, start.plusSeconds(61), "Books", new BigDecimal("1.00"), 1));
        assertThat(compare().differences().counts())
                .containsExactly(Map.entry(Kind.WRONG_WINDOW_END, 1L));
    }

    @Test
    void aTotalBeyondALongDiffers() {
        sell("Books", "1");
        recount.mark();
        row("Books", "99999999999999999999.99", 1);
        assertThat(compare().differences().counts())
                .containsExactly(Map.entry(Kind.WRONG_TOTAL, 1L));
    }

    @Test
    void namesTheRepairThatIsDue() {
        sell("Books", "1");
        recount.mark();
        repairs = Set.of(Instant.ofEpochMilli(TEN));
        assertThat(compare().differences().lines().get(0)).contains("in table repairs");
    }

    // Beside a live job: rows whose records arrive during the audit.

    @Test
    void aMovingRowMayLieBetweenItsTotalsAtTheMarkAndNow() {
        sell("Books", "1");
        recount.mark();
        sell("Books", "2", "3");
        row("Books", "3.00", 2);
        Comparison.Result result = compare();
        assertThat(result.isEqual()).isTrue();
        assertThat(result.sales().compared()).isZero();
        assertThat(result.sales().moving()).isEqualTo(1);
        assertThat(result.movingWindows()).isEqualTo(1);
    }

    @Test
    void aMovingRowThatHasCaughtUpIsCompared() {
        sell("Books", "1");
        recount.mark();
        sell("Books", "2");
        row("Books", "3.00", 2);
        assertThat(compare().sales().compared()).isEqualTo(1);
    }

    @Test
    void aMovingRowBelowItsMarkDiffers() {
        sell("Books", "1", "1");
        recount.mark();
        sell("Books", "2");
        row("Books", "1.00", 1);
        assertThat(compare().differences().counts())
                .containsExactly(Map.entry(Kind.WRONG_COUNT, 1L));
    }

    @Test
    void aMovingRowAboveTheTopicDiffers() {
        sell("Books", "1");
        recount.mark();
        sell("Books", "2");
        row("Books", "3.01", 2);
        assertThat(compare().differences().counts())
                .containsExactly(Map.entry(Kind.WRONG_TOTAL, 1L));
    }

    @Test
    void aRowThatDoesNotMoveMustBeEqualWhateverOthersDo() {
        sell("Books", "1", "1");
        recount.mark();
        sell("Toys", "2");
        row("Books", "1.00", 1);
        assertThat(compare().differences().counts())
                .containsExactly(Map.entry(Kind.WRONG_COUNT, 1L));
    }

    @Test
    void aNewRowMayBeMissing() {
        recount.mark();
        sell("Books", "1");
        assertThat(compare().isEqual()).isTrue();
        assertThat(compare().sales().moving()).isEqualTo(1);
    }

    @Test
    void includeOpenLeavesOutNoMovingRow() {
        recount.mark();
        sell("Books", "1");
        reject();
        rejections.clear();
        deadLetters.clear();
        includeOpen = true;
        assertThat(compare().differences().counts())
                .containsExactly(
                        Map.entry(Kind.MISSING_ROW, 1L),
                        Map.entry(Kind.MISSING_REJECTION_ROW, 1L),
                        Map.entry(Kind.MISSING_DEAD_LETTER, 1L));
        assertThat(compare().movingDifferences()).isEqualTo(2);
    }

    @Test
    void includeOpenTellsWhatOnlyLagsBehindArrivals() {
        sell("Books", "1");
        sell("Toys", "1");
        recount.mark();
        sell("Books", "2");
        sell("Toys", "2");
        row("Books", "1.00", 1);
        row("Toys", "0.99", 1);
        includeOpen = true;

        assertThat(compare().differences().counts())
                .containsExactly(Map.entry(Kind.WRONG_COUNT, 2L));
        assertThat(compare().movingDifferences()).isEqualTo(1);
    }

    // Ranges.

    @Test
    void leavesOutWindowsOutOfTheRange() {
        recount.accept(log.sale(0, TEN - 1, "Books", "1"));
        sell("Books", "1");
        recount.accept(log.sale(0, TEN + MINUTE, "Books", "1"));
        recount.mark();
        row("Books", "1.00", 1);
        range = new Range(TEN, TEN + MINUTE);
        Comparison.Result result = compare();
        assertThat(result.isEqual()).isTrue();
        assertThat(result.sales().compared()).isEqualTo(1);
    }

    @Test
    void comparesOnlyWholeMinutesOfRejections() {
        recount.accept(log.record(0, TEN, "{"));
        recount.mark();
        range = new Range(TEN + 1, Long.MAX_VALUE);
        assertThat(compare().rejections().compared()).isZero();
        range = new Range(TEN, TEN + MINUTE - 1);
        assertThat(compare().rejections().compared()).isZero();
        range = new Range(TEN, TEN + MINUTE);
        assertThat(compare().differences().counts()).containsEntry(Kind.MISSING_REJECTION_ROW, 1L);
    }

    // Rejections.

    @Test
    void wrongRejectionCounts() {
        reject();
        recount.mark();
        rejections.set(0, new RejectionRow(Instant.ofEpochMilli(TEN), "MALFORMED_JSON", 2));
        rejections.add(new RejectionRow(Instant.ofEpochMilli(TEN), "NULL_VALUE", 1));
        rejections.add(new RejectionRow(Instant.ofEpochMilli(TEN + 1), "MALFORMED_JSON", 1));
        assertThat(compare().differences().lines())
                .containsExactly(
                        "rejected_events 2026-01-15T10:00:00Z MALFORMED_JSON: the table has 2; the topic has 1",
                        "rejected_events 2026-01-15T10:00:00Z NULL_VALUE: the table has 1; the topic has 0",
                        "rejected_events 2026-01-15T10:00:00.001Z MALFORMED_JSON: the table has 1; the topic has 0");
    }

    @Test
    void aMovingRejectionCountMayLag() {
        reject();
        recount.mark();
        recount.accept(log.record(0, TEN, "{"));
        assertThat(compare().isEqual()).isTrue();
        assertThat(compare().rejections().moving()).isEqualTo(1);
        assertThat(compare().deadLetters().moving()).isEqualTo(1);
    }

    @Test
    void whatIsPerhapsLateMayBeAmongTheRejections() {
        Recount trimmed = new Recount(settings(0), Map.of(0, 5L));
        log.startingAt(0, 5);
        ConsumerRecord<byte[], byte[]> first = log.record(0, TEN + 2 * HOUR, "{");
        ConsumerRecord<byte[], byte[]> old = log.saleAt(0, TEN + 3 * HOUR, TEN, "Books", "1");
        trimmed.accept(first);
        trimmed.accept(old);
        trimmed.mark();
        deadLetters.add(log.deadLetter(first, "MALFORMED_JSON"));
        range = Range.ALL.notBefore(trimmed.boundary(NOW));

        assertThat(compare(trimmed).isEqual()).isTrue();
        assertThat(compare(trimmed).deadLetters().unknowable()).isZero();
        rejections.add(new RejectionRow(Instant.ofEpochMilli(TEN + 3 * HOUR), "LATE_EVENT", 1));
        deadLetters.add(log.deadLetter(old, "LATE_EVENT"));
        assertThat(compare(trimmed).isEqual()).isTrue();
        rejections.set(0, new RejectionRow(Instant.ofEpochMilli(TEN + 3 * HOUR), "LATE_EVENT", 2));
        assertThat(compare(trimmed).differences().lines())
                .containsExactly(
                        "rejected_events 2026-01-15T13:00:00Z LATE_EVENT: the table has 2; the topic has 0 to 1");
    }

    @Test
    void printsNoMoreDifferencesThanAskedFor() {
        sell("Books", "1");
        sell("Toys", "1");
        reject();
        recount.mark();
        rejections.clear();
        deadLetters.clear();
        maxDifferences = 3;
        Comparison.Result result = compare();
        assertThat(result.differences().lines()).hasSize(3);
        assertThat(result.differences().total()).isEqualTo(4);
    }

    /** Adds sales of the window 10:00. */
    private void sell(String category, String... amounts) {
        for (String amount : amounts) {
            recount.accept(log.sale(0, TEN, category, amount));
        }
    }

    /** Rejects a record and writes what the pipeline owes for it. */
    private void reject() {
        ConsumerRecord<byte[], byte[]> record = log.record(0, TEN, "{");
        recount.accept(record);
        rejections.add(new RejectionRow(Instant.ofEpochMilli(TEN), "MALFORMED_JSON", 1));
        deadLetters.add(log.deadLetter(record, "MALFORMED_JSON"));
    }

    private void row(String category, String total, long count) {
        Instant start = Instant.ofEpochMilli(TEN);
        sales.add(
                new SalesRow(start, start.plusSeconds(60), category, new BigDecimal(total), count));
    }

    private Comparison.Result compare() {
        return compare(recount);
    }

    private Comparison.Result compare(Recount with) {
        DeadLetters checked = new DeadLetters(with, Map.of(0, 0L), Range.ALL, NOW, maxDifferences);
        deadLetters.forEach(checked::accept);
        Comparison comparison =
                new Comparison(with, checked, range, includeOpen, repairs, maxDifferences);
        sales.forEach(comparison::sales);
        rejections.forEach(comparison::rejections);
        return comparison.finish(0, 0);
    }
}
