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
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.transformations.OneInputTransformation;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The window operator as the graph builds it: trigger, aggregate, stamp and retention together. */
class SalesResultsTest {

    private static final long INTERVAL = 500;
    private static final Duration RETENTION = Duration.ofHours(24);

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
        assertThat(window.numProcessingTimeTimers()).isZero();
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
    void staysSilentWhenTheStateOfAnUnchangedWindowEnds() throws Exception {
        add("Home", 100, 1);
        window.processWatermark(TEN + MINUTE - 1);
        drain();

        window.processWatermark(TEN + MINUTE - 1 + 24 * HOUR);

        assertThat(drain()).isEmpty();
    }

    @Test
    void leavesNoStateBehind() throws Exception {
        add("Home", 100, 1);
        window.setProcessingTime(INTERVAL);
        add("Home", 100, 1);

        window.processWatermark(TEN + MINUTE - 1 + 24 * HOUR);

        assertThat(window.numKeyedStateEntries()).isZero();
        assertThat(window.numEventTimeTimers()).isZero();
        assertThat(window.numProcessingTimeTimers()).isZero();
    }

    @Test
    void goesOnWhereTheCheckpointWas() throws Exception {
        add("Home", 100, 1);
        OperatorSubtaskState checkpoint = window.snapshot(1, 1);
        add("Home", 999, 9);
        window.close();

        window = create();
        window.initializeState(checkpoint);
        window.open();
        add("Home", 1, 1);
        window.processWatermark(TEN + MINUTE - 1);

        assertThat(drain()).containsExactly("10:00 Home 101/2 final");
    }

    @Test
    void firesAnEarlyResultThatWasPendingAtTheCheckpoint() throws Exception {
        add("Home", 100, 1);
        OperatorSubtaskState checkpoint = window.snapshot(1, 1);
        window.close();

        window = create();
        window.initializeState(checkpoint);
        window.open();
        window.setProcessingTime(10 * INTERVAL);

        assertThat(drain()).containsExactly("10:00 Home 100/1 so far");
    }

    private void add(String category, long cents, long count) throws Exception {
        window.processElement(new StreamRecord<>(new PartialSum(category, TEN, cents, count), TEN));
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

    private static KeyedOneInputStreamOperatorTestHarness<String, PartialSum, CategorySales>
            create() throws Exception {
        StreamExecutionEnvironment environment =
                StreamExecutionEnvironment.getExecutionEnvironment();
        SalesResults results =
                SalesResults.of(
                        environment.fromData(new TransactionBatch()),
                        RULES,
                        Instant.EPOCH,
                        RETENTION,
                        Duration.ofMillis(INTERVAL));
        var operator =
                ((OneInputTransformation<?, CategorySales>) results.sales().getTransformation())
                        .getOperatorFactory();
        return new KeyedOneInputStreamOperatorTestHarness<>(
                operator, partial -> partial.category, Types.STRING);
    }
}
