package io.salespulse.datagen;

import java.io.BufferedWriter;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Works out what the tables must hold in the end (docs/rules.md, section 7) from the acknowledged
 * records of this run. Within a partition it must be told of records in the order of their offsets.
 * Not thread-safe.
 */
final class ExpectedOutput {

    private static final long MILLIS_PER_MINUTE = 60_000;

    private final PipelineRules rules;
    private final List<String> categories;
    private final long[] highestEventTimes;
    private final Map<CellKey, Cell> cells = new HashMap<>();
    private final Map<RejectionKey, Cell> rejections = new HashMap<>();

    /**
     * @param categories their names, by the number that events carry
     */
    ExpectedOutput(PipelineRules rules, List<String> categories, int partitions) {
        this.rules = rules;
        this.categories = List.copyOf(categories);
        this.highestEventTimes = new long[partitions];
        Arrays.fill(highestEventTimes, PipelineRules.NO_EVENT);
    }

    /**
     * Takes the next record of a partition.
     *
     * @param recordTimestamp Kafka's timestamp of the record, in epoch milliseconds
     */
    void add(int partition, long recordTimestamp, SentEvent event) {
        RejectionReason reason = verdict(partition, recordTimestamp, event);
        if (reason != null) {
            long minute = Math.floorDiv(recordTimestamp, MILLIS_PER_MINUTE) * MILLIS_PER_MINUTE;
            rejections.computeIfAbsent(new RejectionKey(minute, reason), key -> new Cell()).add(0);
            return;
        }
        highestEventTimes[partition] = Math.max(highestEventTimes[partition], event.eventTime());
        CellKey key = new CellKey(rules.windowStart(event.eventTime()), event.category());
        cells.computeIfAbsent(key, absent -> new Cell()).add(event.cents());
    }

    /**
     * The rows of {@code category_sales}, by window start and then by category in the order of
     * {@link String}.
     */
    List<Sales> sales() {
        List<Sales> sales = new ArrayList<>();
        cells.forEach((key, cell) -> sales.add(row(key, cell)));
        sales.sort(Comparator.comparing(Sales::windowStart).thenComparing(Sales::category));
        return sales;
    }

    /**
     * The rows of {@code rejected_events}, by minute and then by reason in the order of rules.md.
     */
    List<Rejections> rejections() {
        List<Rejections> rows = new ArrayList<>();
        rejections.forEach(
                (key, cell) ->
                        rows.add(
                                new Rejections(
                                        Instant.ofEpochMilli(key.minute()),
                                        key.reason(),
                                        cell.count)));
        rows.sort(Comparator.comparing(Rejections::minute).thenComparing(Rejections::reason));
        return rows;
    }

    long countedRecords() {
        return cells.values().stream().mapToLong(cell -> cell.count).sum();
    }

    Map<RejectionReason, Long> rejectedRecords() {
        Map<RejectionReason, Long> records = new EnumMap<>(RejectionReason.class);
        rejections.forEach((key, cell) -> records.merge(key.reason(), cell.count, Long::sum));
        return records;
    }

    /**
     * Writes {@link #sales()} to {@code file} and {@link #rejections()} to {@link #rejectionsFile},
     * as CSV with a header.
     *
     * @throws IOException if a file cannot be written
     */
    void write(Path file) throws IOException {
        writeCsv(file, "window_start,category,total_sales,transaction_count", sales(), Sales::csv);
        writeCsv(rejectionsFile(file), "minute,reason,event_count", rejections(), Rejections::csv);
    }

    /** {@code expected.csv} has {@code expected.rejected.csv} beside it. */
    static Path rejectionsFile(Path file) {
        String name = file.getFileName().toString();
        int dot = name.lastIndexOf('.');
        int end = dot > 0 ? dot : name.length();
        return file.resolveSibling(name.substring(0, end) + ".rejected" + name.substring(end));
    }

    /** Null if the record counts. */
    private RejectionReason verdict(int partition, long recordTimestamp, SentEvent event) {
        if (event.documentFault() != null) {
            return event.documentFault();
        }
        if (rules.isFuture(event.eventTime(), recordTimestamp)) {
            return RejectionReason.FUTURE_TIMESTAMP;
        }
        if (rules.isLate(event.eventTime(), highestEventTimes[partition])) {
            return RejectionReason.LATE_EVENT;
        }
        return null;
    }

    private Sales row(CellKey key, Cell cell) {
        return new Sales(
                Instant.ofEpochMilli(key.windowStart()),
                categories.get(key.category()),
                BigDecimal.valueOf(cell.cents, 2),
                cell.count);
    }

    private static <T> void writeCsv(
            Path file, String header, List<T> rows, Function<T, String> csv) throws IOException {
        try (BufferedWriter writer = Files.newBufferedWriter(file)) {
            writer.write(header);
            writer.write('\n');
            for (T row : rows) {
                writer.write(csv.apply(row));
                writer.write('\n');
            }
        }
    }

    private static String quoted(String text) {
        return text.contains(",") || text.contains("\"")
                ? '"' + text.replace("\"", "\"\"") + '"'
                : text;
    }

    /** A row of {@code category_sales}. */
    record Sales(
            Instant windowStart, String category, BigDecimal totalSales, long transactionCount) {

        private String csv() {
            return windowStart
                    + ","
                    + quoted(category)
                    + ","
                    + totalSales.toPlainString()
                    + ","
                    + transactionCount;
        }
    }

    /**
     * A row of {@code rejected_events}.
     *
     * @param minute of the records' Kafka timestamps, in UTC
     */
    record Rejections(Instant minute, RejectionReason reason, long eventCount) {

        private String csv() {
            return minute + "," + reason + "," + eventCount;
        }
    }

    private record CellKey(long windowStart, int category) {}

    private record RejectionKey(long minute, RejectionReason reason) {}

    private static final class Cell {

        private long cents;
        private long count;

        private void add(long amount) {
            cents = Math.addExact(cents, amount);
            count++;
        }
    }
}
