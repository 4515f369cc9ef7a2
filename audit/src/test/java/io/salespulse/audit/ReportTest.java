package io.salespulse.audit;

import static io.salespulse.audit.Fixture.HOUR;
import static io.salespulse.audit.Fixture.TEN;
import static io.salespulse.audit.Fixture.settings;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

class ReportTest {
    private static final Instant NOW = Instant.ofEpochMilli(TEN + 3 * HOUR);

    private final Fixture log = new Fixture();

    @Test
    void equalWithConservation() {
        Recount recount = new Recount(settings(TEN), Map.of(0, 0L));
        recount.accept(log.sale(0, TEN - 1, "Books", "9"));
        recount.accept(log.sale(0, TEN, "Books", "1"));
        ConsumerRecord<byte[], byte[]> rejected = log.record(0, TEN, null);
        recount.accept(rejected);
        recount.mark();
        DeadLetters deadLetters = deadLetters(recount);
        deadLetters.accept(log.deadLetter(rejected, "NULL_VALUE"));
        Comparison comparison = comparison(recount, deadLetters);
        comparison.sales(row(new BigDecimal("1.00")));
        comparison.rejections(new RejectionRow(Instant.ofEpochMilli(TEN), "NULL_VALUE", 1));

        assertThat(print(recount, deadLetters, comparison.finish(2, 0)))
                .containsExactly(
                        "read     3 records of transactions in 2.0 s (1/s) and 1 dead letters",
                        "records  3 = 1 counted + 1 rejected + 1 outside",
                        "rejected 1 NULL_VALUE",
                        "note     the pipeline counts from 2026-01-15T10:00:00Z on",
                        "compared 1 rows of 1 windows in category_sales",
                        "compared 1 rows in rejected_events",
                        "compared 1 rejected records with the dead letters, 0 of them repeated",
                        "left out 2 rows in category_sales, outside of the range from 2026-01-15T10:00:00Z",
                        "equal: 1 rows of 1 windows, 1 rejection counts, 1 dead letters");
    }

    @Test
    void saysHowManyDeadLettersCameBack() {
        Recount recount = new Recount(settings(0), Map.of(0, 0L));
        ConsumerRecord<byte[], byte[]> replayed = log.sale(0, TEN, "Books", "1");
        replayed.headers().add("replayed.from", null);
        recount.accept(replayed);
        DeadLetters deadLetters = deadLetters(recount);

        assertThat(print(recount, deadLetters, comparison(recount, deadLetters).finish(0, 0)))
                .contains("note     1 of the counted records are replayed dead letters");
    }

    @Test
    void differentWithAHintWhereSomethingIsMissing() {
        Recount recount = new Recount(settings(0), Map.of(0, 0L));
        recount.accept(log.sale(0, TEN, "Books", "1"));
        recount.accept(log.sale(0, TEN, "Toys", "1"));
        recount.mark();
        DeadLetters deadLetters = deadLetters(recount);
        Comparison comparison =
                new Comparison(recount, deadLetters, Range.ALL.notBefore(0), false, Set.of(), 1);

        List<String> lines = print(recount, deadLetters, comparison.finish(0, 0));
        assertThat(lines.subList(lines.size() - 4, lines.size()))
                .containsExactly(
                        "differs  category_sales 2026-01-15T10:00:00Z Books: not in the table; the topic has 1.00 in 1 record",
                        "differs  … and 1 more (--max-differences shows more)",
                        "hint     all of it is too little, not too much: the job is behind, down, or has lost data (its last"
                                + " heartbeat: 7 s ago); --wait gives it more time",
                        "different: missing rows 2");
    }

    @Test
    void hintsAtAProducerThatStillRuns() {
        Recount recount = new Recount(settings(0), Map.of(0, 0L));
        recount.mark();
        recount.accept(log.sale(0, TEN, "Books", "1"));
        DeadLetters deadLetters = deadLetters(recount);
        Comparison comparison =
                new Comparison(recount, deadLetters, Range.ALL.notBefore(0), true, Set.of(), 20);

        assertThat(print(recount, deadLetters, comparison.finish(0, 0)))
                .contains(
                        "hint     1 of these rows lag only behind records that arrived during the audit: use --include-open when"
                                + " no producer runs");
    }

    @Test
    void aTrimmedLogThatHoldsNoWindowIsNoProof() {
        Recount recount = new Recount(settings(0), Map.of(0, 1L));
        recount.mark();
        DeadLetters deadLetters = deadLetters(recount);
        Comparison.Result result = comparison(recount, deadLetters).finish(5, 0);
        assertThat(report(recount, deadLetters, result).isOfNothing()).isTrue();
        assertThat(print(recount, deadLetters, result))
                .last()
                .isEqualTo(
                        "nothing compared: the log no longer holds any window of the table whole");
    }

    private static DeadLetters deadLetters(Recount recount) {
        return new DeadLetters(recount, Map.of(0, 0L), Range.ALL, NOW, 20);
    }

    private static Comparison comparison(Recount recount, DeadLetters deadLetters) {
        Range range = Range.ALL.notBefore(recount.boundary(NOW));
        return new Comparison(recount, deadLetters, range, false, Set.of(), 20);
    }

    private static SalesRow row(BigDecimal total) {
        Instant start = Instant.ofEpochMilli(TEN);
        return new SalesRow(start, start.plusSeconds(60), "Books", total, 1);
    }

    private static Report report(
            Recount recount, DeadLetters deadLetters, Comparison.Result result) {
        return new Report(
                recount,
                deadLetters,
                result,
                recount.boundary(NOW),
                Duration.ofSeconds(2),
                Optional.of(Duration.ofSeconds(7)));
    }

    private static List<String> print(
            Recount recount, DeadLetters deadLetters, Comparison.Result result) {
        StringWriter text = new StringWriter();
        report(recount, deadLetters, result).print(new PrintWriter(text));
        return text.toString().lines().toList();
    }
}
