package io.salespulse.window;

import static io.salespulse.window.Fixtures.HOUR;
import static io.salespulse.window.Fixtures.MINUTE;
import static io.salespulse.window.Fixtures.RULES;
import static io.salespulse.window.Fixtures.TEN;
import static org.assertj.core.api.Assertions.assertThat;

import io.salespulse.source.TransactionBatch;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.transformations.OneInputTransformation;
import org.apache.flink.streaming.api.windowing.assigners.TumblingEventTimeWindows;
import org.apache.flink.streaming.api.windowing.triggers.ContinuousProcessingTimeTrigger;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.tasks.TestProcessingTimeService;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** The operator as the graph builds it, with its state on the heap and on disk. */
@ParameterizedClass(name = "on disk: {0}")
@ValueSource(booleans = {false, true})
class SumWindowsOperatorTest {

    private static final long INTERVAL = 500;
    private static final Duration RETENTION = Duration.ofHours(24);

    @Parameter private boolean onDisk;

    private KeyedOneInputStreamOperatorTestHarness<String, PartialSum, CategorySales> window;

    @BeforeEach
    void open() throws Exception {
        window = create();
        window.open();
    }

    @AfterEach
    void close() throws Exception {
        window.close();
    }

    @Test
    void givesOneEarlyResultPerInterval() throws Exception {
        add("Home", 100, 1);
        add("Home", 50, 2);

        window.setProcessingTime(INTERVAL - 1);
        assertThat(drain()).isEmpty();
        window.setProcessingTime(INTERVAL);

        assertThat(drain()).containsExactly("10:00 Home 150/3 so far");
    }

    @Test
    void staysSilentWhileNothingChanges() throws Exception {
        add("Home", 100, 1);
        window.setProcessingTime(INTERVAL);
        drain();

        window.setProcessingTime(20 * INTERVAL);

        assertThat(drain()).isEmpty();
        assertThat(window.getProcessingTimeService().getNumActiveTimers()).isZero();
    }

    @Test
    void goesOnWithEarlyResultsAfterMoreEvents() throws Exception {
        add("Home", 100, 1);
        window.setProcessingTime(INTERVAL);
        add("Home", 1, 1);
        window.setProcessingTime(2 * INTERVAL);

        assertThat(drain()).containsExactly("10:00 Home 100/1 so far", "10:00 Home 101/2 so far");
    }

    @Test
    void firesAllCategoriesOnTheSameTick() throws Exception {
        window.setProcessingTime(10);
        add("Home", 1, 1);
        window.setProcessingTime(490);
        add("Beauty", 2, 1);

        window.setProcessingTime(INTERVAL);

        assertThat(drain())
                .containsExactlyInAnyOrder("10:00 Home 1/1 so far", "10:00 Beauty 2/1 so far");
    }

    @Test
    void givesTheFinalResultWhenTheWatermarkPassesTheEnd() throws Exception {
        add("Home", 100, 1);

        window.processWatermark(TEN + MINUTE - 2);
        assertThat(drain()).isEmpty();
        window.processWatermark(TEN + MINUTE - 1);

        assertThat(drain()).containsExactly("10:00 Home 100/1 final");
    }

    @Test
    void givesTheFinalResultAlsoWhenNothingCameSinceTheEarlyOne() throws Exception {
        add("Home", 100, 1);
        window.setProcessingTime(INTERVAL);
        drain();

        window.processWatermark(TEN + MINUTE - 1);

        assertThat(drain()).containsExactly("10:00 Home 100/1 final");
    }

    @Test
    void dropsThePendingEarlyResultWhenTheFinalOneComes() throws Exception {
        add("Home", 100, 1);
        window.processWatermark(TEN + MINUTE - 1);
        drain();

        window.setProcessingTime(INTERVAL);

        assertThat(drain()).isEmpty();
    }

    @Test
    void batchesCorrectionsOfAFinalWindow() throws Exception {
        add("Home", 100, 1);
        window.processWatermark(TEN + MINUTE - 1);
        drain();

        add("Home", 10, 1);
        add("Home", 5, 1);
        assertThat(drain()).isEmpty();
        window.setProcessingTime(INTERVAL);

        assertThat(drain()).containsExactly("10:00 Home 115/3 final");
    }

    @Test
    void takesEventsAsLongAsTheStateLives() throws Exception {
        add("Home", 100, 1);
        window.processWatermark(TEN + MINUTE - 1 + 24 * HOUR - 1);
        drain();

        add("Home", 1, 1);
        window.setProcessingTime(INTERVAL);

        assertThat(drain()).containsExactly("10:00 Home 101/2 final");
    }

    @Test
    void sendsWhatComesAfterTheStateIsGoneToRepair() throws Exception {
        add("Home", 100, 1);
        window.processWatermark(TEN + MINUTE - 1 + 24 * HOUR);
        drain();

        add("Home", 1, 1);
        window.setProcessingTime(INTERVAL);

        assertThat(drain()).isEmpty();
        assertThat(window.getSideOutput(SalesResults.WITHOUT_STATE))
                .extracting(late -> late.getValue().windowStart)
                .containsExactly(TEN);
    }

    @Test
    void sendsAWindowWhoseStateWasGivenUpToRepairAlsoWithALongerRetention() throws Exception {
        add("Home", 100, 1);
        window.processWatermark(TEN + MINUTE - 1 + 24 * HOUR);
        OperatorSubtaskState checkpoint = checkpoint();
        window.close();

        window = create(Duration.ofHours(48), INTERVAL);
        window.initializeState(checkpoint);
        window.open();
        window.processWatermark(TEN + MINUTE - 1 + 24 * HOUR);
        add("Home", 1, 1);
        addAt(TEN + MINUTE, "Home", 7);
        // The longer retention is not over, and what was given up stays so.
        OperatorSubtaskState next = checkpoint();
        window.close();
        restore(next);
        add("Home", 1, 1);

        assertThat(window.getSideOutput(SalesResults.WITHOUT_STATE))
                .extracting(late -> late.getValue().windowStart)
                .containsExactly(TEN);
    }

    @Test
    void keepsWindowsLongerThatHaveStateWhenTheRetentionGetsLonger() throws Exception {
        add("Home", 100, 1);
        window.processWatermark(TEN + MINUTE - 1);
        OperatorSubtaskState checkpoint = checkpoint();
        window.close();

        window = create(Duration.ofHours(48), INTERVAL);
        window.initializeState(checkpoint);
        window.open();
        window.processWatermark(TEN + MINUTE - 1 + 48 * HOUR - 1);
        add("Home", 1, 1);
        window.setProcessingTime(INTERVAL);

        assertThat(drain()).containsExactly("10:00 Home 101/2 final");
        window.processWatermark(TEN + MINUTE - 1 + 48 * HOUR);
        assertThat(rowsInState()).isZero();
    }

    @Test
    void staysSilentWhenTheStateOfAnUnchangedWindowEnds() throws Exception {
        add("Home", 100, 1);
        window.processWatermark(TEN + MINUTE - 1);
        drain();

        window.processWatermark(TEN + MINUTE - 1 + 24 * HOUR);

        assertThat(drain()).isEmpty();
    }

    /** A late event that the rules allow, then the log goes on quickly: catching up. */
    @Test
    void losesNoCorrectionThatIsDueWhenTheStateEnds() throws Exception {
        add("Home", 100, 1);
        window.processWatermark(TEN + MINUTE - 1);
        drain();

        add("Home", 1, 1);
        window.processWatermark(TEN + MINUTE - 1 + 24 * HOUR);
        window.setProcessingTime(10_000);

        assertThat(drain()).containsExactly("10:00 Home 101/2 final");
    }

    @Test
    void leavesNoStateBehind() throws Exception {
        add("Home", 100, 1);
        window.setProcessingTime(INTERVAL);
        add("Home", 100, 1);

        window.processWatermark(TEN + MINUTE - 1 + 24 * HOUR);
        window.setProcessingTime(20 * INTERVAL);

        assertThat(rowsInState()).isZero();
        assertThat(window.numEventTimeTimers()).isZero();
        assertThat(window.getProcessingTimeService().getNumActiveTimers()).isZero();
    }

    @Test
    void goesOnWhereTheCheckpointWas() throws Exception {
        add("Home", 100, 1);
        OperatorSubtaskState checkpoint = checkpoint();
        add("Home", 999, 9);
        window.close();

        restore(checkpoint);
        add("Home", 1, 1);
        window.processWatermark(TEN + MINUTE - 1);

        assertThat(drain()).containsExactly("10:00 Home 101/2 final");
    }

    @Test
    void givesAResultThatIsDueBeforeTheCheckpoint() throws Exception {
        add("Home", 100, 1);
        window.prepareSnapshotPreBarrier(1);
        assertThat(drain()).containsExactly("10:00 Home 100/1 so far");

        window.setProcessingTime(10 * INTERVAL);

        assertThat(drain()).isEmpty();
    }

    @Test
    void endsAfterARestoreAWindowThatNothingMoreCameFor() throws Exception {
        add("Home", 100, 1);
        add("Beauty", 7, 1);
        OperatorSubtaskState checkpoint = checkpoint();
        window.close();

        restore(checkpoint);
        window.processWatermark(TEN + MINUTE - 1);
        assertThat(drain())
                .containsExactlyInAnyOrder("10:00 Home 100/1 final", "10:00 Beauty 7/1 final");
        window.processWatermark(TEN + MINUTE - 1 + 24 * HOUR);

        assertThat(rowsInState()).isZero();
        assertThat(window.numEventTimeTimers()).isZero();
    }

    @Test
    void goesOnWithARowThatACheckpointHasWrittenToTheState() throws Exception {
        add("Home", 100, 1);
        add("Beauty", 7, 1);
        checkpoint();
        drain();

        add("Home", 1, 1);
        checkpoint();
        add("Home", 1, 1);
        window.processWatermark(TEN + MINUTE - 1);

        assertThat(drain())
                .containsExactlyInAnyOrder(
                        "10:00 Home 101/2 so far",
                        "10:00 Home 102/3 final",
                        "10:00 Beauty 7/1 final");
    }

    @Test
    void keepsWindowsOfACategoryApartInTheState() throws Exception {
        addAt(TEN, "Home", 100);
        addAt(TEN + MINUTE, "Home", 7);
        addAt(TEN + 2 * MINUTE, "Home", 30);
        checkpoint();
        drain();

        window.processWatermark(TEN + 3 * MINUTE - 1);

        assertThat(drain())
                .containsExactlyInAnyOrder(
                        "10:00 Home 100/1 final", "10:01 Home 7/1 final", "10:02 Home 30/1 final");
    }

    @Test
    void givesNoResultTwiceThatTheEndOfTheWindowHasGiven() throws Exception {
        add("Home", 100, 1);
        window.processWatermark(TEN + MINUTE - 1);
        add("Home", 1, 1);
        drain();

        window.setProcessingTime(INTERVAL);

        assertThat(drain()).containsExactly("10:00 Home 101/2 final");
    }

    @Test
    void writesRowsToTheStateWhenTooManyAreHot() throws Exception {
        int rows = SumWindowsOperator.MAX_HOT_ROWS;
        for (int i = 1; i < rows; i++) {
            add("Category " + i, i, 1);
        }
        assertThat(window.extractOutputValues()).isEmpty();
        assertThat(rowsInState()).isZero();

        add("Category " + rows, rows, 1);
        assertThat(window.extractOutputValues()).hasSize(rows);
        assertThat(rowsInState()).isEqualTo(rows);
        drain();

        add("Category 1", 1, 1);
        add("Category " + rows, 1, 1);
        assertThat(drain()).isEmpty();
        window.setProcessingTime(INTERVAL);
        assertThat(drain())
                .containsExactly(
                        "10:00 Category 1 2/2 so far",
                        "10:00 Category %d %d/2 so far".formatted(rows, rows + 1));
    }

    @Test
    void givesWhatIsDueWhenTheInputEnds() throws Exception {
        add("Home", 100, 1);

        window.endInput();
        window.getOneInputOperator().finish();

        assertThat(drain()).containsExactly("10:00 Home 100/1 so far");
    }

    @Test
    void keepsARowsStateUntilItsRetentionEndsAlsoIfTheFirstEventCameAfterItsEnd() throws Exception {
        window.processWatermark(TEN + MINUTE - 1);
        add("Home", 100, 1);
        checkpoint();
        assertThat(drain()).containsExactly("10:00 Home 100/1 final");
        assertThat(window.numEventTimeTimers()).isOne();

        window.processWatermark(TEN + MINUTE - 1 + 24 * HOUR - 1);
        assertThat(rowsInState()).isOne();

        window.processWatermark(TEN + MINUTE - 1 + 24 * HOUR);

        assertThat(rowsInState()).isZero();
        assertThat(drain()).isEmpty();
    }

    @Test
    void ticksLessOftenWhenTheResultsOfATickTakeLong() throws Exception {
        reopen(clock -> SlowResults.during(clock, 400));
        ticksEveryTwoSecondsAfterTwoTicks();
    }

    /** As it is with fewer rows than the sink waits for. */
    @Test
    void ticksLessOftenWhenTheSinkHoldsTheThreadUpAfterTheTick() throws Exception {
        reopen(clock -> SlowResults.after(clock, 10, 400));
        ticksEveryTwoSecondsAfterTwoTicks();
    }

    @Test
    void keepsItsPaceWhenABarrierHasTakenATicksResults() throws Exception {
        reopen(clock -> SlowResults.during(clock, 400));
        ticksEveryTwoSecondsAfterTwoTicks();
        add("Home", 1, 1);
        window.prepareSnapshotPreBarrier(1);
        runUntil(6_500);
        drain();

        add("Home", 1, 1);
        runUntil(7_999);
        assertThat(drain()).isEmpty();
        runUntil(8_000);

        assertThat(drain()).containsExactly("10:00 Home 5/5 so far");
    }

    private void reopen(Function<TestProcessingTimeService, SlowResults> results) throws Exception {
        window.close();
        window = create();
        window.setup(results.apply(window.getProcessingTimeService()));
        window.open();
    }

    /** Two ticks in a row take 400 ms: the next intervals are 1,600 ms, in whole intervals. */
    private void ticksEveryTwoSecondsAfterTwoTicks() throws Exception {
        add("Home", 1, 1);
        runUntil(1_000);
        add("Home", 1, 1);
        runUntil(2_001);
        drain();

        add("Home", 1, 1);
        runUntil(3_999);
        assertThat(drain()).isEmpty();
        runUntil(4_500);

        assertThat(drain()).containsExactly("10:00 Home 3/3 so far");
    }

    /** In small steps, so that no timer is late by what a test passes over. */
    private void runUntil(long time) throws Exception {
        while (window.getProcessingTime() < time) {
            window.setProcessingTime(window.getProcessingTime() + 1);
        }
    }

    @Test
    void givesAnEarlyResultThatWasDueInASavepointOfAnEarlierVersion() throws Exception {
        restore(savepointOfFlinksWindowOperator());

        window.setProcessingTime(INTERVAL);

        assertThat(drain()).containsExactly("10:00 Home 100/1 so far");
    }

    @Test
    void givesNoOlderResultAtATimerOfAnEarlierVersion() throws Exception {
        OperatorSubtaskState savepoint = savepointOfFlinksWindowOperator();
        window = create(RETENTION, INTERVAL / 5);
        window.initializeState(savepoint);
        window.open();
        add("Home", 5, 1);
        window.setProcessingTime(INTERVAL / 5);
        assertThat(drain()).containsExactly("10:00 Home 105/2 so far");

        window.setProcessingTime(INTERVAL);

        assertThat(drain()).isEmpty();
    }

    @Test
    void ignoresATimerOfAnEarlierVersionWhoseWindowIsGone() throws Exception {
        restore(savepointOfFlinksWindowOperator());
        window.processWatermark(TEN + MINUTE - 1 + 24 * HOUR);
        drain();

        window.setProcessingTime(INTERVAL);

        assertThat(drain()).isEmpty();
    }

    /** With a timer for an early result, as the windows of earlier versions had. */
    private OperatorSubtaskState savepointOfFlinksWindowOperator() throws Exception {
        try (var earlier = harness(flinksWindowOperator())) {
            earlier.open();
            earlier.processElement(new StreamRecord<>(new PartialSum("Home", TEN, 100, 1), TEN));
            return earlier.snapshot(1, 1);
        }
    }

    private static SingleOutputStreamOperator<CategorySales> flinksWindowOperator() {
        return StreamExecutionEnvironment.getExecutionEnvironment()
                .fromData(new PartialSum())
                .keyBy(partial -> partial.category)
                .window(TumblingEventTimeWindows.of(RULES.windowSize()))
                .allowedLateness(RETENTION)
                .trigger(ContinuousProcessingTimeTrigger.of(Duration.ofMillis(INTERVAL)))
                .aggregate(new SumPartials(), new StampWindow());
    }

    private OperatorSubtaskState checkpoint() throws Exception {
        window.prepareSnapshotPreBarrier(1);
        return window.snapshot(1, 1);
    }

    private void restore(OperatorSubtaskState checkpoint) throws Exception {
        window = create();
        window.initializeState(checkpoint);
        window.open();
    }

    private void add(String category, long cents, long count) throws Exception {
        window.processElement(new StreamRecord<>(new PartialSum(category, TEN, cents, count), TEN));
    }

    private void addAt(long windowStart, String category, long cents) throws Exception {
        window.processElement(
                new StreamRecord<>(new PartialSum(category, windowStart, cents, 1), windowStart));
    }

    private List<String> drain() {
        List<String> lines =
                window.extractOutputValues().stream()
                        .map(
                                sales ->
                                        "%s %s %d/%d %s"
                                                .formatted(
                                                        Instant.ofEpochMilli(sales.windowStart)
                                                                .toString()
                                                                .substring(11, 16),
                                                        sales.category,
                                                        sales.cents,
                                                        sales.count,
                                                        sales.isFinal ? "final" : "so far"))
                        .toList();
        window.getOutput().clear();
        return lines;
    }

    private long rowsInState() {
        var operator = window.getOperator();
        try (Stream<?> rows =
                operator.getKeyedStateBackend().getKeysAndNamespaces("window-contents")) {
            return rows.count();
        }
    }

    private KeyedOneInputStreamOperatorTestHarness<String, PartialSum, CategorySales> create()
            throws Exception {
        return create(RETENTION, INTERVAL);
    }

    private KeyedOneInputStreamOperatorTestHarness<String, PartialSum, CategorySales> create(
            Duration retention, long earlyIntervalMillis) throws Exception {
        StreamExecutionEnvironment environment =
                StreamExecutionEnvironment.getExecutionEnvironment();
        SalesResults results =
                SalesResults.of(
                        environment.fromData(new TransactionBatch()),
                        RULES,
                        Instant.EPOCH,
                        retention,
                        Duration.ofMillis(earlyIntervalMillis));
        return harness(results.sales());
    }

    @SuppressWarnings("unchecked") // the graph is typed, its transformations are not
    private KeyedOneInputStreamOperatorTestHarness<String, PartialSum, CategorySales> harness(
            DataStream<CategorySales> stream) throws Exception {
        var operator =
                ((OneInputTransformation<PartialSum, CategorySales>) stream.getTransformation())
                        .getOperatorFactory();
        var harness =
                new KeyedOneInputStreamOperatorTestHarness<String, PartialSum, CategorySales>(
                        operator, partial -> partial.category, Types.STRING);
        if (onDisk) {
            harness.setStateBackend(new EmbeddedRocksDBStateBackend());
        }
        return harness;
    }
}
