package io.salespulse.window;

import static org.assertj.core.api.Assertions.assertThat;

import io.salespulse.event.WindowRules;
import io.salespulse.source.TransactionBatch;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.transformations.OneInputTransformation;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;

class CorrectionAtEndOfRetentionTest {

    private static final long MINUTE = 60_000;
    private static final long DAY = 24 * 60 * MINUTE;

    @Test
    void aCorrectionThatIsStillPendingWhenTheStateGoesIsNotLost() throws Exception {
        try (var harness = windows()) {
            harness.open();
            harness.setProcessingTime(0);
            harness.processElement(partial(1));
            harness.processWatermark(MINUTE - 1);
            assertThat(counts(harness.extractOutputValues())).containsExactly(1L);

            // A late event that the rules allow, then the log goes on quickly: catching up.
            harness.processElement(partial(1));
            harness.processWatermark(MINUTE - 1 + DAY);
            harness.setProcessingTime(10_000);

            assertThat(counts(harness.extractOutputValues())).containsExactly(1L, 2L);
        }
    }

    private static StreamRecord<PartialSum> partial(long count) {
        return new StreamRecord<>(new PartialSum("Books", 0, 100 * count, count), 0);
    }

    private static List<Long> counts(List<CategorySales> sales) {
        return sales.stream().map(row -> row.count).toList();
    }

    private static KeyedOneInputStreamOperatorTestHarness<String, PartialSum, CategorySales>
            windows() throws Exception {
        var environment = StreamExecutionEnvironment.getExecutionEnvironment();
        var results =
                SalesResults.of(
                        environment.fromData(new TransactionBatch()),
                        new WindowRules(
                                Duration.ofMinutes(1),
                                Duration.ofMinutes(1),
                                Duration.ofHours(1),
                                Duration.ofMinutes(1)),
                        Instant.EPOCH,
                        Duration.ofDays(1),
                        Duration.ofMillis(500));
        @SuppressWarnings("unchecked") // the graph is typed, its transformations are not
        var windows =
                (OneInputTransformation<PartialSum, CategorySales>)
                        results.sales().getTransformation();
        return new KeyedOneInputStreamOperatorTestHarness<>(
                windows.getOperatorFactory(), partial -> partial.category, Types.STRING);
    }
}
