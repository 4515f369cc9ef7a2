package io.salespulse.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * Cents and counts by window and category.
 *
 * @param byWindow by the window's start in epoch milliseconds, then by category
 */
record Sums(Map<Long, Map<String, Sum>> byWindow) {

    /** Of one window and category. Mutable, for loops that add. */
    static final class Sum {
        long cents;
        long count;

        Sum() {}

        Sum(long cents, long count) {
            this.cents = cents;
            this.count = count;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Sum sum && sum.cents == cents && sum.count == count;
        }

        @Override
        public int hashCode() {
            return Long.hashCode(31 * cents + count);
        }

        @Override
        public String toString() {
            return BigDecimal.valueOf(cents, 2).toPlainString() + "/" + count;
        }
    }

    Sums() {
        this(new HashMap<>());
    }

    /** Reads a file of datagen's {@code --expected-output}, or one of {@link #write}. */
    static Sums read(Path file) throws IOException {
        Sums sums = new Sums();
        try (BufferedReader lines = Files.newBufferedReader(file)) {
            String line = lines.readLine();
            while ((line = lines.readLine()) != null) {
                String[] cells = line.split(",");
                sums.put(
                        Instant.parse(cells[0]).toEpochMilli(),
                        cells[1],
                        new BigDecimal(cells[2]),
                        Long.parseLong(cells[3]));
            }
        }
        return sums;
    }

    /** Reads what a job has written. */
    static Sums read(Connection connection) throws SQLException {
        Sums sums = new Sums();
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
            statement.setFetchSize(10_000);
            ResultSet rows =
                    statement.executeQuery(
                            """
                            SELECT (extract(epoch FROM window_start) * 1000)::bigint, category, total_sales, transaction_count
                            FROM category_sales WHERE window_start < '2100-01-01'
                            """);
            while (rows.next()) {
                sums.put(
                        rows.getLong(1), rows.getString(2), rows.getBigDecimal(3), rows.getLong(4));
            }
        }
        connection.setAutoCommit(true);
        return sums;
    }

    private void put(long windowStart, String category, BigDecimal total, long count) {
        long cents = total.movePointRight(2).longValueExact();
        of(windowStart).put(category, new Sum(cents, count));
    }

    Map<String, Sum> of(long windowStart) {
        return byWindow.computeIfAbsent(windowStart, start -> new HashMap<>());
    }

    /** Number of rows. */
    long size() {
        return byWindow.values().stream().mapToLong(Map::size).sum();
    }

    /** Number of events in all rows. */
    long count() {
        return byWindow.values().stream()
                .flatMap(window -> window.values().stream())
                .mapToLong(sum -> sum.count)
                .sum();
    }

    void write(Path file) throws IOException {
        try (PrintWriter out = new PrintWriter(Files.newBufferedWriter(file))) {
            out.println("window_start,category,total_sales,transaction_count");
            byWindow.forEach(
                    (start, window) ->
                            window.forEach(
                                    (category, sum) ->
                                            out.println(
                                                    "%s,%s,%s,%d"
                                                            .formatted(
                                                                    Instant.ofEpochMilli(start),
                                                                    category,
                                                                    BigDecimal.valueOf(sum.cents, 2)
                                                                            .toPlainString(),
                                                                    sum.count))));
        }
    }

    /**
     * Makes sure that a measurement has counted what it says it has counted.
     *
     * @throws VoidRunException if these are not the expected sums
     */
    void requireEqual(Sums expected, String what) {
        if (!equals(expected)) {
            throw new VoidRunException(
                    "%s is void: %,d rows with %,d events, but expected were %,d with %,d. First difference: %s"
                            .formatted(
                                    what,
                                    size(),
                                    count(),
                                    expected.size(),
                                    expected.count(),
                                    firstDifference(expected)));
        }
    }

    private String firstDifference(Sums expected) {
        for (var window : new TreeMap<>(expected.byWindow).entrySet()) {
            for (var row : new TreeMap<>(window.getValue()).entrySet()) {
                Sum found = byWindow.getOrDefault(window.getKey(), Map.of()).get(row.getKey());
                if (!row.getValue().equals(found)) {
                    return "%s %s is %s, not %s"
                            .formatted(
                                    Instant.ofEpochMilli(window.getKey()),
                                    row.getKey(),
                                    found,
                                    row.getValue());
                }
            }
        }
        return "a row that should not be there";
    }
}
