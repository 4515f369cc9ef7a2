package io.salespulse.backfill;

import static io.salespulse.window.Fixtures.TEN;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.salespulse.source.TopicIdentity;
import io.salespulse.window.WindowRange;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class ProgressTest {

    private static final Instant START = Instant.parse("2026-01-15T10:00:00Z");

    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();

    @Test
    void fitsIntoEightyColumnsAndMeasuresFromTheFirstRecord() {
        Progress progress = progress(true, 10_000_000);

        progress.show(List.of(), "RUNNING", START);
        progress.show(List.of(read(5_000_000)), "RUNNING", START.plusSeconds(40));

        assertThat(lines())
                .containsExactly(
                        "",
                        "  waiting for the first record (job RUNNING)\033[K",
                        "  [##########..........]  50 %  5,000,000 of 10,000,000 records, 125,000/s\033[K");
        assertThat(lines()).allMatch(line -> line.length() - "\033[K".length() < 80);
    }

    @Test
    void leavesAnEmptyLineOnATerminal() {
        Progress progress = progress(true, 10);
        progress.show(List.of(read(10)), "RUNNING", START);

        progress.clear();
        progress.clear();

        assertThat(printed.toString(UTF_8)).endsWith("10 of 10 records, 10/s\033[K\r\033[K");
    }

    @Test
    void notesSomethingBetweenTwoBars() {
        Progress progress = progress(true, 10);
        progress.show(List.of(), "RUNNING", START);

        progress.note("there is nothing to read");
        progress.show(List.of(read(10)), "RUNNING", START);

        assertThat(lines())
                .containsExactly(
                        "",
                        "  waiting for the first record (job RUNNING)\033[K",
                        "\033[Knote       there is nothing to read\n",
                        "  [####################] 100 %  10 of 10 records, 10/s\033[K");
    }

    @Test
    void printsALineEveryFiveSecondsElsewhere() {
        Progress progress = progress(false, 100);
        for (int second = 0; second <= 10; second++) {
            progress.show(List.of(read(second * 10)), "RUNNING", START.plusSeconds(second));
        }
        progress.clear();

        assertThat(printed.toString(UTF_8).lines())
                .containsExactly(
                        "  [....................]   0 %  0 of 100 records, 0/s",
                        "  [##########..........]  50 %  50 of 100 records, 10/s",
                        "  [####################] 100 %  100 of 100 records, 10/s");
    }

    /** What was drawn over each other. */
    private List<String> lines() {
        return List.of(printed.toString(UTF_8).split("\r"));
    }

    private Progress progress(boolean terminal, long records) {
        TopicPartition partition = new TopicPartition("transactions", 0);
        return new Progress(
                new PrintStream(printed, true, UTF_8),
                terminal,
                new BackfillPlan(
                        WindowRange.between(TEN, TEN + 60_000),
                        Instant.EPOCH,
                        new TopicIdentity("transactions", "id"),
                        Map.of(partition, 1_000L),
                        Map.of(partition, 1_000 + records),
                        TEN,
                        List.of()));
    }

    private static ReadProgress read(long records) {
        return new ReadProgress(0, 1_000 + records, records, TEN, TEN);
    }
}
