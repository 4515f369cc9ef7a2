package io.salespulse.audit;

import io.salespulse.audit.Differences.Kind;
import io.salespulse.audit.Tally.Cell;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * Compares one snapshot of the tables, and the dead letters read so far, with a recount that has
 * read at least as far as the job had when the snapshot was taken.
 *
 * <p>Between the mark and the snapshot records may arrive that the job has not counted yet. A key
 * without such records must be equal. A key with some must lie between its totals at the mark and
 * its totals now: above or below it differs, and in between, where nobody can tell which records
 * the row holds, it is left out as <em>moving</em>. So no healthy row is called different, and a
 * row is only left out if its numbers are possible.
 *
 * <p>Give it all rows of the range, then call {@link #finish} once. Not thread-safe.
 */
final class Comparison {
    private enum Verdict {
        EQUAL,
        MOVING,
        DIFFERENT
    }

    private final Recount recount;
    private final DeadLetters deadLetters;
    private final Range range;
    private final boolean includeOpen;
    private final Set<Instant> repairs;
    private final Differences differences;
    private long movingDifferences;
    private final Set<Long> comparedWindows = new HashSet<>();
    private final Set<Long> movingWindows = new TreeSet<>();
    private final Counts salesCounts = new Counts();
    private final Counts rejectionCounts = new Counts();
    private final Counts deadLetterCounts = new Counts();

    /**
     * @param range the windows to compare, which must not begin before {@link Recount#boundary};
     *     minutes of rejections are compared if they lie in it whole
     * @param includeOpen whether moving keys must be equal too
     * @param repairs the windows that the pipeline itself says are incomplete, to name the cause
     *     beside a difference
     * @param maxDifferences how many texts of differences are kept
     */
    Comparison(
            Recount recount,
            DeadLetters deadLetters,
            Range range,
            boolean includeOpen,
            Set<Instant> repairs,
            int maxDifferences) {
        this.recount = recount;
        this.deadLetters = deadLetters;
        this.range = range;
        this.includeOpen = includeOpen;
        this.repairs = repairs;
        this.differences = new Differences(maxDifferences);
    }

    /** Takes a row of {@code category_sales} whose window lies in the range. */
    void sales(SalesRow row) {
        SalesKey key = new SalesKey(row.windowStart().toEpochMilli(), row.category());
        Instant windowStart = Instant.ofEpochMilli(key.windowStart());
        Cell cell = windowStart.equals(row.windowStart()) ? recount.sales().get(key) : null;
        if (cell == null) {
            differences.add(
                    Kind.EXTRA_ROW,
                    () ->
                            name(row)
                                    + ": not in the topic; the table has "
                                    + describe(row.totalSales(), row.total()));
            return;
        }
        cell.visit(this);
        if (!row.windowEnd().equals(windowStart.plusMillis(recount.settings().windowSize()))) {
            differences.add(
                    Kind.WRONG_WINDOW_END, () -> name(row) + ": window_end is " + row.windowEnd());
        }
        Total expected = Tally.now(cell);
        Verdict verdict = judge(recount.sales().atMark(cell), expected, expected, row.total());
        note(verdict, key);
        if (verdict == Verdict.DIFFERENT) {
            addWrongRow(row, expected);
        }
    }

    private void addWrongRow(SalesRow row, Total expected) {
        Kind kind =
                row.transactionCount() == expected.count() ? Kind.WRONG_TOTAL : Kind.WRONG_COUNT;
        String line =
                name(row)
                        + ": the table has "
                        + describe(row.totalSales(), row.total())
                        + "; the topic has "
                        + describe(expected.amount(), expected);
        if (row.transactionCount() < expected.count() && row.total().cents() <= expected.cents()) {
            differences.addBehind(kind, () -> line);
        } else {
            differences.add(kind, () -> line);
        }
    }

    /**
     * Takes a row of {@code rejected_events} whose minute lies in the range with its whole length.
     */
    void rejections(RejectionRow row) {
        RejectionKey key = new RejectionKey(row.minute().toEpochMilli(), row.reason());
        boolean wholeMinute = Instant.ofEpochMilli(key.minute()).equals(row.minute());
        Cell cell = wholeMinute ? recount.rejections().get(key) : null;
        if (cell != null) {
            cell.visit(this);
        }
        Total expected = Tally.now(cell);
        Total highest = expected.plusCount(perhapsLate(key));
        Total inTable = new Total(0, row.eventCount());
        Verdict verdict = judge(recount.rejections().atMark(cell), expected, highest, inTable);
        note(verdict, rejectionCounts);
        if (verdict == Verdict.DIFFERENT) {
            String name = "rejected_events " + row.minute() + " " + Text.visible(row.reason());
            addWrongRejections(name, row.eventCount(), expected, highest);
        }
    }

    private void addWrongRejections(String name, long inTable, Total expected, Total highest) {
        String line =
                name
                        + ": the table has "
                        + inTable
                        + "; the topic has "
                        + interval(expected, highest);
        if (highest.count() == 0) {
            differences.add(Kind.EXTRA_REJECTION_ROW, () -> line);
        } else if (inTable == 0) {
            differences.addBehind(Kind.MISSING_REJECTION_ROW, () -> line);
        } else if (inTable < expected.count()) {
            differences.addBehind(Kind.WRONG_REJECTION_COUNT, () -> line);
        } else {
            differences.add(Kind.WRONG_REJECTION_COUNT, () -> line);
        }
    }

    private long perhapsLate(RejectionKey key) {
        return Tally.now(recount.perhapsLate().get(key)).count();
    }

    private Verdict judge(Total atMark, Total now, Total highest, Total inTable) {
        if (isWithin(now, inTable, highest)) {
            return Verdict.EQUAL;
        }
        if (!isWithin(atMark, inTable, highest)) {
            return Verdict.DIFFERENT;
        }
        if (includeOpen) {
            movingDifferences++;
            return Verdict.DIFFERENT;
        }
        return Verdict.MOVING;
    }

    private static boolean isWithin(Total lowest, Total total, Total highest) {
        return lowest.count() <= total.count()
                && total.count() <= highest.count()
                && lowest.cents() <= total.cents()
                && total.cents() <= highest.cents();
    }

    private void note(Verdict verdict, SalesKey key) {
        note(verdict, salesCounts);
        (verdict == Verdict.MOVING ? movingWindows : comparedWindows).add(key.windowStart());
    }

    private static void note(Verdict verdict, Counts counts) {
        if (verdict == Verdict.MOVING) {
            counts.moving++;
        } else {
            counts.compared++;
        }
    }

    /**
     * Looks for what the tables and the dead-letter topic lack and returns the result.
     *
     * @param salesRowsOutOfRange how many rows of {@code category_sales} were not given because
     *     they lie outside of the range
     * @param rejectionRowsOutOfRange likewise for {@code rejected_events}
     */
    Result finish(long salesRowsOutOfRange, long rejectionRowsOutOfRange) {
        findMissingSales();
        findMissingRejections();
        recount.rejectedRecords().forEach(this::findMissingDeadLetters);
        differences.addAll(deadLetters.differences());
        salesCounts.outOfRange = salesRowsOutOfRange;
        rejectionCounts.outOfRange = rejectionRowsOutOfRange;
        return new Result(
                differences,
                movingDifferences,
                range,
                comparedWindows.size(),
                movingWindows.size(),
                salesCounts,
                rejectionCounts,
                deadLetterCounts);
    }

    private void findMissingSales() {
        long size = recount.settings().windowSize();
        List<SalesKey> missing = new ArrayList<>();
        recount.sales()
                .forEach(
                        (key, cell) -> {
                            if (!cell.isVisitedBy(this)
                                    && range.holdsWhole(key.windowStart(), size)) {
                                Total now = Tally.now(cell);
                                Verdict verdict =
                                        judge(recount.sales().atMark(cell), now, now, Total.NONE);
                                note(verdict, key);
                                addIfDifferent(verdict, key, missing::add);
                            }
                        });
        missing.sort(null);
        missing.forEach(this::addMissing);
    }

    private void addMissing(SalesKey key) {
        Total total = Tally.now(recount.sales().get(key));
        Instant windowStart = Instant.ofEpochMilli(key.windowStart());
        differences.addBehind(
                Kind.MISSING_ROW,
                () ->
                        name(windowStart, key.category())
                                + ": not in the table; the topic has "
                                + describe(total.amount(), total));
    }

    private void findMissingRejections() {
        List<RejectionKey> missing = new ArrayList<>();
        recount.rejections()
                .forEach(
                        (key, cell) -> {
                            if (!cell.isVisitedBy(this)
                                    && range.holdsWhole(key.minute(), RejectionKey.MINUTE)) {
                                Total now = Tally.now(cell);
                                Verdict verdict =
                                        judge(
                                                recount.rejections().atMark(cell),
                                                now,
                                                now,
                                                Total.NONE);
                                note(verdict, rejectionCounts);
                                addIfDifferent(verdict, key, missing::add);
                            }
                        });
        missing.sort(null);
        missing.forEach(
                key -> {
                    Total now = Tally.now(recount.rejections().get(key));
                    String name =
                            "rejected_events "
                                    + Instant.ofEpochMilli(key.minute())
                                    + " "
                                    + key.reason();
                    addWrongRejections(name, 0, now, now.plusCount(perhapsLate(key)));
                });
    }

    private static <K> void addIfDifferent(Verdict verdict, K key, Consumer<K> missing) {
        if (verdict == Verdict.DIFFERENT) {
            missing.accept(key);
        }
    }

    private void findMissingDeadLetters(int partition, RejectedRecords records) {
        long removedUpTo = deadLetters.removedUpTo();
        // What was removed from the topic cannot hide a rejection that is still there, so dead
        // letters begin at counted_from.
        Range requested = deadLetters.range().notBefore(recount.settings().countedFrom());
        for (int i = 0; i < records.size(); i++) {
            if (records.hasDeadLetter(i)) {
                deadLetterCounts.compared++;
            } else if (!records.isCertain(i)) {
                continue;
            } else if (records.timestamp(i) <= removedUpTo) {
                deadLetterCounts.unknowable++;
            } else if (!requested.holds(records.timestamp(i))) {
                deadLetterCounts.outOfRange++;
            } else if (!records.isBeforeMark(i) && !includeOpen) {
                deadLetterCounts.moving++;
            } else {
                deadLetterCounts.compared++;
                addMissingDeadLetter(partition, records, i);
            }
        }
    }

    private void addMissingDeadLetter(int partition, RejectedRecords records, int index) {
        differences.addBehind(
                Kind.MISSING_DEAD_LETTER,
                () ->
                        "%s-%d@%d: no dead letter; the record was rejected with %s"
                                .formatted(
                                        recount.settings().topic(),
                                        partition,
                                        records.offset(index),
                                        records.reason(index)));
    }

    private String name(SalesRow row) {
        return name(row.windowStart(), row.category());
    }

    private String name(Instant windowStart, String category) {
        String cause =
                repairs.contains(windowStart)
                        ? " (in table repairs: its state was gone, it needs a backfill)"
                        : "";
        return "category_sales " + windowStart + " " + Text.visible(category) + cause;
    }

    private static String describe(BigDecimal amount, Total total) {
        return amount.toPlainString()
                + " in "
                + Text.number(total.count())
                + (total.count() == 1 ? " record" : " records");
    }

    private static String interval(Total lowest, Total highest) {
        return lowest.equals(highest)
                ? Text.number(lowest.count())
                : Text.number(lowest.count()) + " to " + Text.number(highest.count());
    }

    /** How many keys were compared, and how many were left out for which cause. */
    static final class Counts {
        private long compared;
        private long moving;
        private long outOfRange;
        private long unknowable;

        /** Equal or different. */
        long compared() {
            return compared;
        }

        /**
         * Left out because more records arrived during the audit, with numbers that are possible.
         */
        long moving() {
            return moving;
        }

        /** Left out because of their time. */
        long outOfRange() {
            return outOfRange;
        }

        /** Left out because records that would be needed are no longer in the log. */
        long unknowable() {
            return unknowable;
        }
    }

    /**
     * What one comparison found.
     *
     * @param movingDifferences how many of the differing rows lag only behind records that arrived
     *     during the audit
     * @param range the windows that were compared
     */
    record Result(
            Differences differences,
            long movingDifferences,
            Range range,
            int comparedWindows,
            int movingWindows,
            Counts sales,
            Counts rejections,
            Counts deadLetters) {
        boolean isEqual() {
            return differences.isEmpty();
        }
    }
}
