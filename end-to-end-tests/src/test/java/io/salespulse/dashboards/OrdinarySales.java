package io.salespulse.dashboards;

import static org.assertj.core.api.Assertions.assertThat;

import io.salespulse.endtoend.ProgramResult;
import io.salespulse.local.kafka.KafkaBroker;
import io.salespulse.local.machine.ProjectLayout;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A little more than two hours of sales as datagen makes them by default: one a second, in its six
 * categories by chance (always the same).
 *
 * @param rows one per window and category
 */
record OrdinarySales(List<Row> rows) {

    /** Length of the history. */
    static final int MINUTES = 130;

    private static final Instant BEGIN = Instant.parse("2026-01-15T08:00:00Z");

    private static final Duration MINUTE = Duration.ofMinutes(1);

    private record Row(Instant windowStart, String category, BigDecimal totalSales, long count) {

        private static Row fromCsv(String line) {
            String[] fields = line.split(",");
            return new Row(
                    Instant.parse(fields[0]),
                    fields[1],
                    new BigDecimal(fields[2]),
                    Long.parseLong(fields[3]));
        }

        /** SQL of the row, this long after its true time; the two newest windows are still open. */
        private String shifted(Duration shift, Instant newestWindow) {
            Instant start = windowStart.plus(shift);
            return "('%s', '%s', '%s', %s, %d, %b)"
                    .formatted(
                            start,
                            start.plus(MINUTE),
                            category,
                            totalSales,
                            count,
                            windowStart.isBefore(newestWindow.minus(MINUTE)));
        }
    }

    /** Has datagen's jar send them to a broker of their own, and takes what it expects of them. */
    static OrdinarySales fromDatagen(Path folder) throws IOException, InterruptedException {
        ProjectLayout layout = ProjectLayout.fromSystemProperty();
        Path expected = folder.resolve("ordinary.csv");
        try (KafkaBroker broker = KafkaBroker.builder(layout, folder.resolve("kafka")).start()) {
            Duration length = MINUTE.multipliedBy(MINUTES);
            ProgramResult result =
                    ProgramResult.of(
                            layout.datagenJar(),
                            List.of(
                                    "--bootstrap-servers",
                                    broker.bootstrapServers(),
                                    "--history",
                                    BEGIN + ".." + BEGIN.plus(length),
                                    "--count",
                                    String.valueOf(length.toSeconds()),
                                    "--seed",
                                    "42",
                                    "--expected-output",
                                    expected.toString()),
                            Map.of());
            assertThat(result.exitCode()).as(result.output()).isZero();
        }
        return new OrdinarySales(
                Files.readAllLines(expected).stream().skip(1).map(Row::fromCsv).toList());
    }

    /**
     * Fills {@code category_sales} as if now were the end of the given minute of this history.
     *
     * @param minute from 1 to {@link #MINUTES}
     */
    void writeAsSeenAt(int minute, DashboardDatabase database) throws SQLException {
        Instant newest = BEGIN.plus(MINUTE.multipliedBy(minute - 1));
        Instant currentMinute = Instant.ofEpochSecond(Instant.now().getEpochSecond() / 60 * 60);
        Duration shift = Duration.between(newest, currentMinute);
        database.write(
                rows.stream()
                        .filter(row -> !row.windowStart().isAfter(newest))
                        .map(row -> row.shifted(shift, newest))
                        .collect(
                                Collectors.joining(
                                        ",",
                                        """
                                        INSERT INTO category_sales
                                          (window_start, window_end, category, total_sales, transaction_count, is_final)
                                        VALUES\s""",
                                        "")));
    }
}
