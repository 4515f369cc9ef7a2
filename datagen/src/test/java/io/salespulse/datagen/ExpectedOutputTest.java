package io.salespulse.datagen;

import static org.assertj.core.api.Assertions.assertThat;

import io.salespulse.datagen.ExpectedOutput.Rejections;
import io.salespulse.datagen.ExpectedOutput.Sales;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExpectedOutputTest {

    private static final int HOME = 0;
    private static final int BEAUTY = 1;
    private static final Instant RECEIVED = Instant.parse("2026-01-15T13:30:30Z");

    private final ExpectedOutput output =
            new ExpectedOutput(PipelineRules.DEFAULTS, List.of("Home", "Beauty"), 2);

    @Test
    void sumsByWindowAndCategoryOverAllPartitions() {
        add(0, "10:00:00.000", HOME, 10_00);
        add(1, "10:00:59.999", HOME, 5_05);
        add(0, "10:01:00.000", HOME, 1);
        add(1, "10:00:30.000", BEAUTY, 99);

        assertThat(output.sales())
                .containsExactly(
                        sales("10:00:00", "Beauty", "0.99", 1),
                        sales("10:00:00", "Home", "15.05", 2),
                        sales("10:01:00", "Home", "0.01", 1));
        assertThat(output.rejections()).isEmpty();
        assertThat(output.countedRecords()).isEqualTo(4);
    }

    @Test
    void duplicateCountsTwice() {
        add(0, "10:00:00.000", HOME, 10_00);
        add(0, "10:00:00.000", HOME, 10_00);

        assertThat(output.sales()).containsExactly(sales("10:00:00", "Home", "20.00", 2));
    }

    @Test
    void lateIsDecidedByTheHighestEventTimeOfThePartition() {
        add(0, "12:02:00.000", HOME, 1);
        // The window 10:00 ends at 10:01 and is late behind 10:01 + 1 h + 1 min = 11:02 or more.
        add(0, "10:00:59.999", HOME, 2);
        add(1, "11:01:59.999", HOME, 4);
        add(1, "10:00:59.999", HOME, 8);
        add(1, "11:02:00.000", HOME, 16);
        add(1, "10:00:59.999", HOME, 32);
        add(1, "10:01:00.000", HOME, 64);

        assertThat(output.sales())
                .containsExactly(
                        sales("10:00:00", "Home", "0.08", 1),
                        sales("10:01:00", "Home", "0.64", 1),
                        sales("11:01:00", "Home", "0.04", 1),
                        sales("11:02:00", "Home", "0.16", 1),
                        sales("12:02:00", "Home", "0.01", 1));
        assertThat(output.rejectedRecords()).isEqualTo(Map.of(RejectionReason.LATE_EVENT, 2L));
    }

    @Test
    void rejectedRecordsMakeNothingLate() {
        add(0, "10:00:00.000", HOME, 1);
        addMalformed(0, RejectionReason.INVALID_AMOUNT, "13:00:00.000");
        add(0, "20:00:00.000", HOME, 2);
        add(0, "10:00:01.000", HOME, 4);

        assertThat(output.sales()).containsExactly(sales("10:00:00", "Home", "0.05", 2));
        assertThat(output.rejectedRecords())
                .isEqualTo(
                        Map.of(
                                RejectionReason.INVALID_AMOUNT,
                                1L,
                                RejectionReason.FUTURE_TIMESTAMP,
                                1L));
    }

    @Test
    void futureIsLaterThanTheRecordTimestampAndTheSkew() {
        add(0, "13:31:30.000", HOME, 1);
        add(0, "13:31:30.001", HOME, 2);

        assertThat(output.sales()).containsExactly(sales("13:31:00", "Home", "0.01", 1));
        assertThat(output.rejectedRecords())
                .isEqualTo(Map.of(RejectionReason.FUTURE_TIMESTAMP, 1L));
    }

    @Test
    void rejectionsAreCountedByMinuteOfTheRecordTimestamp() {
        SentEvent malformed = new SentEvent(RejectionReason.MALFORMED_JSON, 0, 0, 0, null);
        output.add(0, Instant.parse("2026-01-15T10:00:59.999Z").toEpochMilli(), malformed);
        output.add(1, Instant.parse("2026-01-15T10:00:00.000Z").toEpochMilli(), malformed);
        output.add(1, Instant.parse("2026-01-15T10:01:00.000Z").toEpochMilli(), malformed);

        assertThat(output.rejections())
                .containsExactly(
                        new Rejections(
                                Instant.parse("2026-01-15T10:00:00Z"),
                                RejectionReason.MALFORMED_JSON,
                                2),
                        new Rejections(
                                Instant.parse("2026-01-15T10:01:00Z"),
                                RejectionReason.MALFORMED_JSON,
                                1));
    }

    @Test
    void otherRulesOfThePipelineAreFollowed() {
        PipelineRules rules =
                new PipelineRules(
                        Duration.ofSeconds(10),
                        Duration.ofSeconds(5),
                        Duration.ofSeconds(20),
                        Duration.ZERO);
        ExpectedOutput other = new ExpectedOutput(rules, List.of("Home"), 1);
        long ten = Instant.parse("2026-01-15T10:00:00Z").toEpochMilli();
        // The window from 10:00:00 ends at 10:00:10 and is late behind 10:00:35.
        for (long second : List.of(0L, 34L, 9L, 35L, 9L)) {
            other.add(
                    0,
                    RECEIVED.toEpochMilli(),
                    new SentEvent(null, ten + second * 1000, 0, 1, null));
        }

        assertThat(other.sales())
                .containsExactly(
                        sales("10:00:00", "Home", "0.02", 2), sales("10:00:30", "Home", "0.02", 2));
        assertThat(other.rejectedRecords()).isEqualTo(Map.of(RejectionReason.LATE_EVENT, 1L));
    }

    @Test
    void writesTwoCsvFiles(@TempDir Path folder) throws IOException {
        ExpectedOutput quoted =
                new ExpectedOutput(PipelineRules.DEFAULTS, List.of("The \"best\"", "Home"), 1);
        long time = Instant.parse("2026-01-15T10:00:59.999Z").toEpochMilli();
        quoted.add(0, RECEIVED.toEpochMilli(), new SentEvent(null, time, 0, 1_234_567_800, null));
        quoted.add(0, RECEIVED.toEpochMilli(), new SentEvent(null, time, 1, 0, null));
        quoted.add(
                0,
                RECEIVED.toEpochMilli(),
                new SentEvent(RejectionReason.NULL_VALUE, 0, 0, 0, null));

        quoted.write(folder.resolve("expected.csv"));

        assertThat(Files.readString(folder.resolve("expected.csv")))
                .isEqualTo(
                        """
                        window_start,category,total_sales,transaction_count
                        2026-01-15T10:00:00Z,Home,0.00,1
                        2026-01-15T10:00:00Z,"The ""best""\",12345678.00,1
                        """);
        assertThat(Files.readString(folder.resolve("expected.rejected.csv")))
                .isEqualTo(
                        """
                        minute,reason,event_count
                        2026-01-15T13:30:00Z,NULL_VALUE,1
                        """);
    }

    @Test
    void rejectionsFileLiesBesideTheOther() {
        assertThat(ExpectedOutput.rejectionsFile(Path.of("a.b", "expected")))
                .isEqualTo(Path.of("a.b", "expected.rejected"));
        assertThat(ExpectedOutput.rejectionsFile(Path.of(".csv")))
                .isEqualTo(Path.of(".csv.rejected"));
    }

    private void add(int partition, String time, int category, long cents) {
        output.add(
                partition,
                RECEIVED.toEpochMilli(),
                new SentEvent(null, millis(time), category, cents, null));
    }

    private void addMalformed(int partition, RejectionReason reason, String time) {
        output.add(
                partition,
                RECEIVED.toEpochMilli(),
                new SentEvent(reason, millis(time), HOME, 1, null));
    }

    private static long millis(String time) {
        return Instant.parse("2026-01-15T" + time + "Z").toEpochMilli();
    }

    private static Sales sales(String windowStart, String category, String total, long count) {
        return new Sales(
                Instant.parse("2026-01-15T" + windowStart + "Z"),
                category,
                new BigDecimal(total),
                count);
    }
}
