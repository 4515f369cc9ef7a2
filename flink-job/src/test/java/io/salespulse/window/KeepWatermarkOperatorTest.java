package io.salespulse.window;

import static io.salespulse.window.Fixtures.HOUR;
import static io.salespulse.window.Fixtures.TEN;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class KeepWatermarkOperatorTest {

    private static final int MAX_PARALLELISM = 720;

    private final List<AbstractStreamOperatorTestHarness<?>> opened = new ArrayList<>();

    @AfterEach
    void closeAll() throws Exception {
        for (var harness : opened) {
            harness.close();
        }
    }

    @Test
    void passesEverythingOn() throws Exception {
        var operator = create(0, 1);
        operator.open();

        operator.processElement(new StreamRecord<>(new PartialSum("Home", TEN, 100, 1), TEN));
        operator.processWatermark(TEN + 1);

        assertThat(operator.getOutput()).hasSize(2).last().isEqualTo(new Watermark(TEN + 1));
        StreamRecord<? extends PartialSum> passed = operator.extractOutputStreamRecords().get(0);
        assertThat(passed.getTimestamp()).isEqualTo(TEN);
        assertThat(passed.getValue())
                .usingRecursiveComparison()
                .isEqualTo(new PartialSum("Home", TEN, 100, 1));
    }

    @Test
    void sendsTheWatermarkFirstAfterARestore() throws Exception {
        var before = create(0, 1);
        before.open();
        before.processWatermark(TEN);

        var after = restore(before.snapshot(1, 1), 1, 0, 1);

        assertThat(after.getOutput()).containsExactly(new Watermark(TEN));
    }

    @Test
    void doesNotGoBackAfterARestore() throws Exception {
        var before = create(0, 1);
        before.open();
        before.processWatermark(TEN);

        var after = restore(before.snapshot(1, 1), 1, 0, 1);
        after.processWatermark(TEN - 1);
        after.processWatermark(TEN + 1);

        assertThat(after.getOutput()).containsExactly(new Watermark(TEN), new Watermark(TEN + 1));
    }

    @Test
    void takesTheHighestWhenTheParallelismChanges() throws Exception {
        var behind = create(0, 2);
        var ahead = create(1, 2);
        behind.open();
        ahead.open();
        behind.processWatermark(TEN);
        ahead.processWatermark(TEN + HOUR);
        OperatorSubtaskState all =
                AbstractStreamOperatorTestHarness.repackageState(
                        behind.snapshot(1, 1), ahead.snapshot(1, 1));

        for (int subtask = 0; subtask < 3; subtask++) {
            assertThat(restore(all, 2, subtask, 3).getOutput())
                    .containsExactly(new Watermark(TEN + HOUR));
        }
    }

    @Test
    void neitherKeepsNorPassesOnTheEndOfInput() throws Exception {
        var before = create(0, 1);
        before.open();
        before.processWatermark(TEN);
        before.processWatermark(Watermark.MAX_WATERMARK);

        assertThat(before.getOutput()).containsExactly(new Watermark(TEN));
        assertThat(restore(before.snapshot(1, 1), 1, 0, 1).getOutput())
                .containsExactly(new Watermark(TEN));
    }

    private KeyedOneInputStreamOperatorTestHarness<String, PartialSum, PartialSum> create(
            int subtask, int parallelism) throws Exception {
        var harness =
                new KeyedOneInputStreamOperatorTestHarness<String, PartialSum, PartialSum>(
                        new KeepWatermarkOperator.Factory(),
                        partial -> partial.category,
                        Types.STRING,
                        MAX_PARALLELISM,
                        parallelism,
                        subtask);
        opened.add(harness);
        return harness;
    }

    private KeyedOneInputStreamOperatorTestHarness<String, PartialSum, PartialSum> restore(
            OperatorSubtaskState state, int oldParallelism, int subtask, int parallelism)
            throws Exception {
        var harness = create(subtask, parallelism);
        harness.initializeState(
                AbstractStreamOperatorTestHarness.repartitionOperatorState(
                        state, MAX_PARALLELISM, oldParallelism, parallelism, subtask));
        harness.open();
        return harness;
    }
}
