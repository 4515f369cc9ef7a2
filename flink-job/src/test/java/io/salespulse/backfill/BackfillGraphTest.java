package io.salespulse.backfill;

import static io.salespulse.window.Fixtures.HOUR;
import static io.salespulse.window.Fixtures.MINUTE;
import static io.salespulse.window.Fixtures.RULES;
import static io.salespulse.window.Fixtures.SECOND;
import static io.salespulse.window.Fixtures.TEN;
import static io.salespulse.window.Fixtures.rejected;
import static io.salespulse.window.Fixtures.sale;
import static org.assertj.core.api.Assertions.assertThat;

import io.salespulse.CollectingSink;
import io.salespulse.InMemoryLog;
import io.salespulse.InMemoryLogSource;
import io.salespulse.config.JobSettings;
import io.salespulse.event.RejectionReason;
import io.salespulse.source.TransactionRecord;
import io.salespulse.window.WindowRange;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The bounded graph on a mini cluster, from a topic in memory to what would be staged. */
@Timeout(180)
class BackfillGraphTest {

    @RegisterExtension
    static final MiniClusterExtension CLUSTER =
            new MiniClusterExtension(
                    new MiniClusterResourceConfiguration.Builder()
                            .setNumberTaskManagers(1)
                            .setNumberSlotsPerTaskManager(4)
                            .build());

    /** 10:00 to 10:02. */
    private static final WindowRange RANGE = WindowRange.between(TEN, TEN + 2 * MINUTE);

    private String name;
    private InMemoryLog log;

    @BeforeEach
    void name(TestInfo test) {
        name = test.getDisplayName();
    }

    @AfterEach
    void delete() {
        InMemoryLog.delete(name);
        Set.of("sales", "rejections", "progress").forEach(sink -> lines(sink).clear());
    }

    @Test
    void countsTheWindowsOfTheRangeAndNoOthers() throws Exception {
        log(1);
        log.append(
                sale(0, TEN + 2 * MINUTE, "Home", 1),
                sale(0, TEN + 2 * MINUTE - 1, "Home", 20),
                sale(0, TEN - 1, "Home", 300),
                sale(0, TEN, "Home", 4_000),
                sale(0, TEN + 59_999, "Home", 50_000),
                sale(0, TEN, "Beauty", 7));
        run(1, RANGE);

        assertThat(lines("sales"))
                .containsExactlyInAnyOrder(
                        "10:00 Beauty 0.07/1", "10:00 Home 540.00/2", "10:01 Home 0.20/1");
        assertThat(lines("progress")).last().isEqualTo("0: 6 to offset 6, 10:02");
        assertThat(lines("rejections")).isEmpty();
    }

    @Test
    void judgesWhatIsLateByWhatLiesOutsideTheRangeToo() throws Exception {
        log(1);
        log.append(
                sale(0, TEN, "Home", 1),
                sale(0, TEN + HOUR + 2 * MINUTE - 1, "Sports", 1),
                sale(0, TEN + SECOND, "Home", 20),
                sale(0, TEN + HOUR + 2 * MINUTE, "Sports", 1),
                sale(0, TEN + SECOND, "Home", 300),
                sale(0, TEN + MINUTE, "Home", 4_000));
        run(1, RANGE);

        assertThat(lines("sales"))
                .containsExactlyInAnyOrder("10:00 Home 0.21/2", "10:01 Home 40.00/1");
        assertThat(lines("rejections")).containsExactly("10:00 LATE_EVENT 1");
    }

    @Test
    void countsReplayedDeadLettersHoweverLateTheyAre() throws Exception {
        log(1);
        TransactionRecord replayed = sale(0, TEN + SECOND, "Home", 300).replayed();
        log.append(sale(0, TEN, "Home", 1), sale(0, TEN + 5 * HOUR, "Sports", 1), replayed);
        run(1, RANGE);

        assertThat(lines("sales")).containsExactly("10:00 Home 3.01/2");
    }

    @Test
    void losesNothingOfPartitionsThatAreHoursApart() throws Exception {
        log(4);
        log.append(sale(0, TEN + 20 * HOUR, "Sports", 1), sale(0, TEN + 40 * HOUR, "Sports", 1));
        for (int i = 0; i < 1_000; i++) {
            log.append(sale(1, TEN + i % 120 * SECOND, "Home", 1));
        }
        log.append(sale(2, TEN + 90 * SECOND, "Home", 5_000));
        run(2, RANGE);

        assertThat(lines("sales"))
                .containsExactlyInAnyOrder("10:00 Home 5.20/520", "10:01 Home 54.80/481");
        assertThat(lines("progress"))
                .contains(
                        "0: 2 to offset 2, 02:00",
                        "1: 1000 to offset 1000, 10:01",
                        "2: 1 to offset 1, 10:01")
                .noneMatch(line -> line.startsWith("3:"));
    }

    @Test
    void endsWithMoreSubtasksThanPartitionsAndWithNothingToRead() throws Exception {
        log(1);
        run(4, RANGE);

        assertThat(lines("sales")).isEmpty();
        assertThat(lines("progress")).isEmpty();
    }

    @Test
    void takesSingleWindows() throws Exception {
        log(1);
        for (int minute = 0; minute < 5; minute++) {
            log.append(sale(0, TEN + minute * MINUTE, "Home", 1));
        }
        run(1, WindowRange.of(Set.of(TEN + 3 * MINUTE, TEN + MINUTE), MINUTE));

        assertThat(lines("sales"))
                .containsExactlyInAnyOrder("10:01 Home 0.01/1", "10:03 Home 0.01/1");
    }

    @Test
    void countsRejectionsPerMinuteAndReason() throws Exception {
        log(2);
        log.append(
                rejected(0, 0, RejectionReason.MALFORMED_JSON),
                rejected(0, 1, RejectionReason.MALFORMED_JSON),
                rejected(1, 0, RejectionReason.MALFORMED_JSON),
                rejected(1, 1, RejectionReason.NULL_VALUE));
        run(2, RANGE);

        assertThat(lines("rejections"))
                .containsExactlyInAnyOrder("10:00 MALFORMED_JSON 3", "10:00 NULL_VALUE 1");
        assertThat(lines("progress"))
                .contains("0: 2 to offset 2, never", "1: 2 to offset 2, never");
    }

    @Test
    void doublesNothingWhenItStartsOver() throws Exception {
        log(2);
        for (int i = 0; i < 1_000; i++) {
            log.append(sale(i % 2, TEN + i % 120 * SECOND, "Home", 1));
        }
        log.failNextRead();
        run(2, RANGE);

        assertThat(log.failsNow()).as("failure still to come").isFalse();
        assertThat(lines("sales"))
                .containsExactlyInAnyOrder("10:00 Home 5.20/520", "10:01 Home 4.80/480");
    }

    private void log(int partitions) {
        log = InMemoryLog.create(name, partitions);
    }

    private void run(int parallelism, WindowRange range) throws Exception {
        StreamExecutionEnvironment environment =
                StreamExecutionEnvironment.getExecutionEnvironment();
        environment.setParallelism(parallelism);
        JobSettings.applyToBackfill(environment);
        BackfillGraph.build(
                environment,
                InMemoryLogSource.bounded(name),
                RULES,
                Instant.EPOCH,
                range,
                new BackfillGraph.Sinks(
                        new CollectingSink<>(
                                name + " sales",
                                sales ->
                                        "%s %s %s/%d"
                                                .formatted(
                                                        time(sales.windowStart),
                                                        sales.category,
                                                        sales.totalSales(),
                                                        sales.count)),
                        new CollectingSink<>(
                                name + " rejections",
                                rejected ->
                                        "%s %s %d"
                                                .formatted(
                                                        time(rejected.minute),
                                                        rejected.reason,
                                                        rejected.count)),
                        new CollectingSink<>(
                                name + " progress",
                                read ->
                                        "%d: %d to offset %d, %s"
                                                .formatted(
                                                        read.partition,
                                                        read.recordCount,
                                                        read.nextOffset,
                                                        time(read.newestEventTime)))));
        environment.execute(name);
    }

    private static String time(long epochMillis) {
        return epochMillis == ReadProgress.NONE
                ? "never"
                : Instant.ofEpochMilli(epochMillis).toString().substring(11, 16);
    }

    private List<String> lines(String sink) {
        return CollectingSink.lines(name + " " + sink);
    }
}
