package io.salespulse.sink;

import static org.assertj.core.api.Assertions.assertThat;

import io.salespulse.window.CategorySales;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.streaming.runtime.operators.sink.SinkWriterOperatorFactory;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class NewestResultsSinkTest {

    private static final long TEN = 1_768_471_200_000L;
    private static final long MINUTE = 60_000;

    /** What the delegate was told, in order. */
    private static final List<String> CALLS = new ArrayList<>();

    private OneInputStreamOperatorTestHarness<CategorySales, ?> operator;

    @BeforeEach
    void open() throws Exception {
        CALLS.clear();
        operator =
                new OneInputStreamOperatorTestHarness<>(
                        new SinkWriterOperatorFactory<>(
                                new NewestResultsSink(context -> new Recorder())));
        operator.setProcessingTime(5);
        operator.open();
    }

    @AfterEach
    void close() throws Exception {
        operator.close();
    }

    @Test
    void waitsForTheRestOfABurst() throws Exception {
        write(result(TEN, "Home", 1, false));
        operator.setProcessingTime(14);
        write(result(TEN, "Toys", 2, false));
        assertThat(CALLS).isEmpty();

        operator.setProcessingTime(15);

        assertThat(CALLS).containsExactly("Home 1 so far, Toys 2 so far");
    }

    @Test
    void waitsAnewForTheNextBurst() throws Exception {
        write(result(TEN, "Home", 1, false));
        operator.setProcessingTime(15);
        write(result(TEN, "Home", 2, false));
        operator.setProcessingTime(24);
        assertThat(CALLS).containsExactly("Home 1 so far");

        operator.setProcessingTime(25);

        assertThat(CALLS).containsExactly("Home 1 so far", "Home 2 so far");
    }

    @Test
    void holdsEachRowOnceAsItWasLast() throws Exception {
        write(result(TEN, "Home", 1, false));
        write(result(TEN + MINUTE, "Home", 5, false));
        write(result(TEN, "Home", 2, false));
        write(result(TEN, "Home", 2, true));

        operator.setProcessingTime(15);

        assertThat(CALLS).containsExactly("Home 2 final, Home 5 so far");
    }

    @Test
    void handsOverAThousandAtOnce() throws Exception {
        for (int i = 0; i < NewestResultsSink.MAX_RESULTS - 1; i++) {
            write(result(TEN, "category " + i, 1, false));
        }
        assertThat(CALLS).isEmpty();

        write(result(TEN, "category 999", 1, false));

        assertThat(CALLS).hasSize(1);
        assertThat(CALLS.get(0).split(", ")).hasSize(1_000);
        operator.setProcessingTime(15);
        assertThat(CALLS).hasSize(1);
    }

    /** What is not in the database by then would be missing after a restore. */
    @Test
    void handsOverBeforeACheckpoint() throws Exception {
        write(result(TEN, "Home", 1, false));

        operator.prepareSnapshotPreBarrier(1);

        assertThat(CALLS).containsExactly("Home 1 so far", "flush");
    }

    @Test
    void handsOverAtTheEndOfTheInput() throws Exception {
        write(result(TEN, "Home", 1, false));

        operator.endInput();

        assertThat(CALLS).containsExactly("Home 1 so far", "flush at the end");
    }

    @Test
    void writesNothingWhenItIsClosed() throws Exception {
        write(result(TEN, "Home", 1, false));

        operator.close();

        assertThat(CALLS).containsExactly("close");
    }

    private void write(CategorySales result) throws Exception {
        operator.processElement(new StreamRecord<>(result));
    }

    private static CategorySales result(
            long windowStart, String category, long count, boolean isFinal) {
        return new CategorySales(
                windowStart, windowStart + MINUTE, category, 100 * count, count, isFinal);
    }

    private static final class Recorder implements SinkWriter<List<CategorySales>> {

        @Override
        public void write(List<CategorySales> results, Context context) {
            CALLS.add(
                    String.join(
                            ", ",
                            results.stream()
                                    .sorted(Comparator.comparing(r -> r.category + r.count))
                                    .map(
                                            r ->
                                                    "%s %d %s"
                                                            .formatted(
                                                                    r.category,
                                                                    r.count,
                                                                    r.isFinal ? "final" : "so far"))
                                    .toList()));
        }

        @Override
        public void flush(boolean endOfInput) {
            CALLS.add(endOfInput ? "flush at the end" : "flush");
        }

        @Override
        public void close() {
            CALLS.add("close");
        }
    }
}
