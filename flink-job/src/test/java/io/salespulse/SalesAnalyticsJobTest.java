package io.salespulse;

import static io.salespulse.window.Fixtures.HOUR;
import static io.salespulse.window.Fixtures.MINUTE;
import static io.salespulse.window.Fixtures.RULES;
import static io.salespulse.window.Fixtures.SECOND;
import static io.salespulse.window.Fixtures.TEN;
import static io.salespulse.window.Fixtures.replayed;
import static io.salespulse.window.Fixtures.sale;
import static org.assertj.core.api.Assertions.assertThat;

import io.salespulse.config.JobSettings;
import io.salespulse.source.EventTimeWatermarks;
import io.salespulse.window.CategorySales;
import io.salespulse.window.SalesResults;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * The job's graph on a Flink mini cluster, between a topic in memory and a sink that remembers
 * every row in the order of writing.
 */
@Timeout(180)
class SalesAnalyticsJobTest {

    @RegisterExtension
    static final MiniClusterExtension CLUSTER =
            new MiniClusterExtension(
                    new MiniClusterResourceConfiguration.Builder()
                            .setNumberTaskManagers(2)
                            .setNumberSlotsPerTaskManager(2)
                            .build());

    private static final Duration NEVER = Duration.ofHours(1);

    private String name;
    private InMemoryLog log;
    private JobClient job;

    @BeforeEach
    void name(TestInfo test) {
        name = test.getDisplayName();
    }

    @AfterEach
    void cancel() throws Exception {
        job.cancel().get();
        InMemoryLog.delete(name);
    }

    @Test
    void countsEventsInOrder() throws Exception {
        start(1, 1, NEVER);
        log.append(
                sale(0, TEN, "Home", 1_999),
                sale(0, TEN + SECOND, "Beauty", 500),
                sale(0, TEN + 59_999, "Home", 1),
                sale(0, TEN + MINUTE, "Home", 300));
        log.append(sale(0, TEN + 3 * MINUTE, "Sports", 1));

        awaitFinalRows("10:00 Beauty 5.00/1", "10:00 Home 20.00/2", "10:01 Home 3.00/1");
    }

    @Test
    void countsEventsOutOfOrderWithinTheBound() throws Exception {
        start(1, 1, NEVER);
        log.append(
                sale(0, TEN + 59 * SECOND, "Home", 1),
                sale(0, TEN + 119 * SECOND, "Home", 10),
                sale(0, TEN, "Home", 100),
                sale(0, TEN + 60 * SECOND, "Home", 1_000));
        log.append(sale(0, TEN + 3 * MINUTE, "Sports", 1));

        awaitFinalRows("10:00 Home 1.01/2", "10:01 Home 10.10/2");
    }

    @Test
    void showsResultsBeforeTheWindowIsOver() throws Exception {
        start(1, 1, NEVER);
        log.append(sale(0, TEN, "Home", 1));
        awaitRows("10:00 Home 0.01/1 so far");
        log.append(sale(0, TEN, "Home", 2));
        awaitRows("10:00 Home 0.01/1 so far", "10:00 Home 0.03/2 so far");
        log.append(sale(0, TEN, "Beauty", 5));

        awaitRows(
                "10:00 Home 0.01/1 so far",
                "10:00 Home 0.03/2 so far",
                "10:00 Beauty 0.05/1 so far");
    }

    @Test
    void correctsAFinalRowWithinTheAllowedLateness() throws Exception {
        start(1, 1, NEVER);
        log.append(sale(0, TEN, "Home", 100), sale(0, TEN + 50 * MINUTE, "Sports", 1));
        awaitFinalRows("10:00 Home 1.00/1");

        log.append(sale(0, TEN + SECOND, "Home", 1));

        awaitFinalRows("10:00 Home 1.00/1", "10:00 Home 1.01/2");
        assertThat(rejections()).isEmpty();
    }

    @Test
    void rejectsWhatComesAfterTheAllowedLateness() throws Exception {
        start(1, 1, NEVER);
        log.append(sale(0, TEN, "Home", 100), sale(0, TEN + 2 * HOUR, "Sports", 1));
        awaitFinalRows("10:00 Home 1.00/1");

        log.append(sale(0, TEN + SECOND, "Home", 1));

        await().untilAsserted(() -> assertThat(rejections()).containsExactly("0/2 LATE_EVENT"));
        log.append(sale(0, TEN + 3 * HOUR, "Sports", 1));
        awaitFinalRows("10:00 Home 1.00/1", "12:00 Sports 0.01/1");
    }

    @Test
    void countsAReplayedEventHoweverLateItIs() throws Exception {
        start(1, 1, NEVER);
        log.append(sale(0, TEN, "Home", 100), sale(0, TEN + 2 * HOUR, "Sports", 1));
        log.append(sale(0, TEN, "Home", 1));
        awaitFinalRows("10:00 Home 1.00/1");

        log.append(replayed(0, TEN, "Home", 1), replayed(0, TEN + SECOND, "Beauty", 7));

        awaitFinalRows("10:00 Beauty 0.07/1", "10:00 Home 1.00/1", "10:00 Home 1.01/2");
        assertThat(rejections()).containsExactly("0/2 LATE_EVENT");
        assertThat(repairs()).isEmpty();
    }

    @Test
    void asksForARepairWhereAReplayedEventFindsNoStateLeft() throws Exception {
        start(1, 1, NEVER);
        log.append(sale(0, TEN, "Home", 100), sale(0, TEN + 26 * HOUR, "Sports", 1));
        log.append(sale(0, TEN + 26 * HOUR + 3 * MINUTE, "Sports", 1));
        awaitFinalRows("10:00 Home 1.00/1", "12:00 Sports 0.01/1");

        log.append(replayed(0, TEN, "Home", 1));

        await().untilAsserted(() -> assertThat(repairs()).containsExactly("2026-01-15T10:00:00Z"));
        assertThat(finalRows()).containsExactly("10:00 Home 1.00/1", "12:00 Sports 0.01/1");
        assertThat(rejections()).isEmpty();
    }

    @Test
    void closesNoWindowForAReplayedEvent() throws Exception {
        start(1, 1, NEVER);
        log.append(sale(0, TEN, "Home", 1), replayed(0, TEN + 3 * HOUR, "Sports", 2));
        log.append(sale(0, TEN + SECOND, "Home", 10));

        await().untilAsserted(
                        () ->
                                assertThat(rows())
                                        .contains(
                                                "13:00 Sports 0.02/1 so far",
                                                "10:00 Home 0.11/2 so far"));
        log.append(sale(0, TEN + 2 * MINUTE, "Home", 1));
        awaitFinalRows("10:00 Home 0.11/2");
        assertThat(rejections()).isEmpty();
    }

    @Test
    void countsEachEventOnceAcrossAFailureAndRestore() throws Exception {
        start(2, 2, NEVER);
        log.append(sale(0, TEN, "Home", 1), sale(1, TEN, "Home", 10));
        awaitCheckpoint();
        log.append(sale(0, TEN, "Home", 100), sale(1, TEN, "Home", 1_000));
        await().untilAsserted(() -> assertThat(rows()).endsWith("10:00 Home 11.11/4 so far"));

        log.failNextRead();
        log.append(sale(0, TEN, "Home", 10_000), sale(1, TEN, "Home", 100_000));
        log.append(sale(0, TEN + 3 * MINUTE, "Sports", 1), sale(1, TEN + 3 * MINUTE, "Sports", 1));

        awaitFinalRows("10:00 Home 1111.11/6");
        assertThat(log.failsNow()).as("failure still to come").isFalse();
    }

    @Test
    void judgesLatenessAfterARestoreAsWithoutOne() throws Exception {
        start(1, 1, NEVER);
        log.append(sale(0, TEN, "Home", 100), sale(0, TEN + 2 * HOUR, "Sports", 1));
        awaitFinalRows("10:00 Home 1.00/1");
        awaitCheckpoint();

        log.failNextRead();
        log.append(sale(0, TEN + SECOND, "Home", 1), sale(0, TEN + HOUR, "Home", 7));
        log.append(sale(0, TEN + 4 * HOUR, "Sports", 1));

        // 11:00 was over before the failure, so its row is final at once.
        awaitFinalRows("10:00 Home 1.00/1", "11:00 Home 0.07/1", "12:00 Sports 0.01/1");
        // Twice if a read that had begun before brought it, too: dead letters are at least once.
        assertThat(rejections()).containsOnly("0/2 LATE_EVENT");
    }

    @Test
    void doesNotWaitForAnEmptyPartition() throws Exception {
        start(2, 1, Duration.ofMillis(200));
        log.append(sale(0, TEN, "Home", 1), sale(0, TEN + 3 * MINUTE, "Sports", 1));

        await().untilAsserted(() -> assertThat(finalRows()).contains("10:00 Home 0.01/1"));
    }

    @Test
    void runsWithMoreSubtasksThanPartitions() throws Exception {
        start(1, 4, Duration.ofMillis(200));
        log.append(sale(0, TEN, "Home", 1), sale(0, TEN, "Beauty", 2));
        log.append(sale(0, TEN + 3 * MINUTE, "Sports", 1));

        await().untilAsserted(
                        () ->
                                assertThat(finalRows())
                                        .contains("10:00 Home 0.01/1", "10:00 Beauty 0.02/1"));
    }

    @Test
    void finishesTheNewestWindowOfASilentTopicAndTakesMoreLater() throws Exception {
        start(2, 2, Duration.ofMillis(200));
        log.append(sale(0, TEN, "Home", 1), sale(1, TEN + MINUTE, "Home", 2));
        awaitFinalRows("10:00 Home 0.01/1", "10:01 Home 0.02/1");

        log.append(sale(0, TEN + 5 * MINUTE, "Home", 3), sale(1, TEN, "Home", 4));

        awaitFinalRows(
                "10:00 Home 0.01/1", "10:00 Home 0.05/2", "10:01 Home 0.02/1", "10:05 Home 0.03/1");
    }

    @Test
    void finishesTheNewestWindowOfATopicThatIsSilentSinceARestore() throws Exception {
        start(1, 1, Duration.ofSeconds(2));
        log.append(sale(0, TEN, "Home", 1));
        await().untilAsserted(() -> assertThat(rows()).containsExactly("10:00 Home 0.01/1 so far"));
        awaitCheckpoint();
        log.failNextRead();

        awaitFinalRows("10:00 Home 0.01/1");
    }

    @Test
    void losesNothingOfPartitionsThatAreHoursApart() throws Exception {
        start(2, 2, NEVER);
        log.append(sale(1, TEN + 2 * HOUR, "Home", 5), sale(1, TEN + 2 * HOUR + 9, "Home", 6));
        await().untilAsserted(() -> assertThat(rows()).endsWith("12:00 Home 0.11/2 so far"));
        log.append(sale(0, TEN, "Home", 1), sale(0, TEN + 3 * MINUTE, "Home", 1));

        awaitFinalRows("10:00 Home 0.01/1");
        assertThat(rejections()).isEmpty();
    }

    @Test
    void knowsHowFarEachPartitionOfASubtaskIs() throws Exception {
        start(2, 1, NEVER);
        log.append(sale(1, TEN + 2 * HOUR, "Home", 5), sale(1, TEN + 4 * HOUR, "Home", 6));
        await().untilAsserted(
                        () ->
                                assertThat(rows())
                                        .containsExactlyInAnyOrder(
                                                "12:00 Home 0.05/1 so far",
                                                "14:00 Home 0.06/1 so far"));
        log.append(sale(0, TEN, "Home", 1));
        await().untilAsserted(() -> assertThat(rows()).endsWith("10:00 Home 0.01/1 so far"));

        log.append(sale(0, TEN + 3 * MINUTE, "Home", 1));

        awaitFinalRows("10:00 Home 0.01/1");
    }

    private void start(int partitions, int parallelism, Duration idleTimeout) throws Exception {
        log = InMemoryLog.create(name, partitions);
        CollectingSink.lines(name).clear();
        CollectingSink.lines(rejectionsName()).clear();
        CollectingSink.lines(repairsName()).clear();
        StreamExecutionEnvironment environment =
                StreamExecutionEnvironment.getExecutionEnvironment(quick());
        environment.setParallelism(parallelism);
        JobSettings.applyTo(environment);
        var transactions =
                environment
                        .fromSource(
                                new InMemoryLogSource(name),
                                new EventTimeWatermarks(RULES, idleTimeout),
                                "transactions")
                        .uid("transactions");
        SalesResults results =
                SalesResults.of(
                        transactions,
                        RULES,
                        Instant.EPOCH,
                        Duration.ofHours(24),
                        Duration.ofMillis(20));
        results.sales().sinkTo(new CollectingSink<>(name, SalesAnalyticsJobTest::row)).uid("sales");
        results.rejections()
                .sinkTo(
                        new CollectingSink<>(
                                rejectionsName(),
                                r -> r.partition + "/" + r.offset + " " + r.reason))
                .uid("rejections");
        results.repairs()
                .sinkTo(
                        new CollectingSink<>(
                                repairsName(), start -> Instant.ofEpochMilli(start).toString()))
                .uid("repairs");
        job = environment.executeAsync(name);
        await().until(() -> job.getJobStatus().get() == JobStatus.RUNNING);
    }

    private static Configuration quick() {
        Configuration quick = new Configuration();
        quick.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ofMillis(50));
        quick.set(PipelineOptions.AUTO_WATERMARK_INTERVAL, Duration.ofMillis(10));
        quick.set(RestartStrategyOptions.RESTART_STRATEGY, "fixed-delay");
        quick.set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_DELAY, Duration.ZERO);
        return quick;
    }

    private static String row(CategorySales sales) {
        return "%s %s %s/%d %s"
                .formatted(
                        Instant.ofEpochMilli(sales.windowStart).toString().substring(11, 16),
                        sales.category,
                        sales.totalSales(),
                        sales.count,
                        sales.isFinal ? "final" : "so far");
    }

    private String rejectionsName() {
        return name + " rejections";
    }

    private String repairsName() {
        return name + " repairs";
    }

    private List<String> repairs() {
        return CollectingSink.lines(repairsName());
    }

    private List<String> rows() {
        return CollectingSink.lines(name);
    }

    private List<String> finalRows() {
        return rows().stream()
                .filter(row -> row.endsWith(" final"))
                .map(row -> row.replace(" final", ""))
                .sorted()
                .distinct()
                .toList();
    }

    private List<String> rejections() {
        return CollectingSink.lines(rejectionsName());
    }

    /** Long enough for a machine that is busy with other things. */
    private static ConditionFactory await() {
        return Awaitility.await().atMost(Duration.ofSeconds(60));
    }

    private void awaitRows(String... expected) {
        await().untilAsserted(() -> assertThat(rows()).containsExactly(expected));
    }

    /** The same row may come again after a restore, so repetitions do not count here. */
    private void awaitFinalRows(String... expected) {
        await().untilAsserted(() -> assertThat(finalRows()).containsExactly(expected));
    }

    private void awaitCheckpoint() {
        int before = log.completedCheckpoints();
        // The one that is under way now may have begun before the last records.
        await().until(() -> log.completedCheckpoints() >= before + 4);
    }
}
