package io.salespulse.audit;

import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The result of an audit as text.
 *
 * @param boundary the start of the first window that could be recounted, in epoch milliseconds
 * @param heartbeatAge how long ago the job gave a sign of life; empty if never
 */
record Report(
        Recount recount,
        DeadLetters deadLetters,
        Comparison.Result result,
        long boundary,
        Duration timeReading,
        Optional<Duration> heartbeatAge) {

    /** Whether all that could be compared is equal. */
    boolean isEqual() {
        return result.isEqual();
    }

    /** Whether the trimming of the log left no window to compare, though the table has rows. */
    boolean isOfNothing() {
        long windows = result.comparedWindows() + result.movingWindows();
        boolean trimmed = boundary > recount.settings().countedFrom();
        return isEqual() && trimmed && windows == 0 && result.sales().outOfRange() > 0;
    }

    /**
     * Prints what was read, what was compared, what was left out and why, the differences, and the
     * result as the last line.
     */
    void print(PrintWriter out) {
        printReading(out);
        printConservation(out);
        printNotes(out);
        printCompared(out);
        printDifferences(out);
        printSummary(out);
        out.flush();
    }

    private void printReading(PrintWriter out) {
        double seconds = Math.max(0.001, timeReading.toMillis() / 1e3);
        out.printf(
                "read     %s records of %s in %.1f s (%s/s) and %s dead letters%n",
                Text.number(recount.records()),
                recount.settings().topic(),
                seconds,
                Text.number((long) (recount.records() / seconds)),
                Text.number(deadLetters.read()));
    }

    private void printConservation(PrintWriter out) {
        out.printf(
                "records  %s = %s counted + %s rejected + %s outside%n",
                Text.number(recount.records()),
                Text.number(recount.counted()),
                Text.number(recount.rejected()),
                Text.number(recount.outside()));
        Map<Reason, Long> byReason = recount.rejectedByReason();
        if (!byReason.isEmpty()) {
            out.printf(
                    "rejected %s%n",
                    byReason.entrySet().stream()
                            .map(entry -> Text.number(entry.getValue()) + " " + entry.getKey())
                            .collect(Collectors.joining(" + ")));
        }
    }

    private void printNotes(PrintWriter out) {
        if (recount.replayed() > 0) {
            out.printf(
                    "note     %s of the counted records are replayed dead letters%n",
                    Text.number(recount.replayed()));
        }
        long countedFrom = recount.settings().countedFrom();
        if (countedFrom > 0) {
            out.printf(
                    "note     the pipeline counts from %s on%n", Instant.ofEpochMilli(countedFrom));
        }
        if (boundary > countedFrom) {
            out.printf(
                    "note     the log was trimmed: windows before %s can no longer be recounted%n",
                    Instant.ofEpochMilli(boundary));
        }
        if (recount.isTrimmed() && recount.hasProducerTimestamps()) {
            out.printf(
                    "note     the log was trimmed and producers set its timestamps: where it begins is only as sure as they are%n");
        }
        if (recount.perhapsLateCount() > 0) {
            out.printf(
                    "note     %s records of windows that cannot be recounted may have been late%n",
                    Text.number(recount.perhapsLateCount()));
        }
    }

    private void printCompared(PrintWriter out) {
        out.printf(
                "compared %s rows of %s windows in category_sales%n",
                Text.number(result.sales().compared()), Text.number(result.comparedWindows()));
        out.printf(
                "compared %s rows in rejected_events%n",
                Text.number(result.rejections().compared()));
        out.printf(
                "compared %s rejected records with the dead letters, %s of them repeated%n",
                Text.number(result.deadLetters().compared()), Text.number(deadLetters.repeated()));
        printLeftOut(out);
    }

    private void printLeftOut(PrintWriter out) {
        String moving = "as records for them arrived during the audit";
        String range = "outside of " + rangeText();
        leftOut(
                out,
                result.sales().moving(),
                "rows of " + result.movingWindows() + " windows in category_sales, " + moving);
        leftOut(out, result.sales().outOfRange(), "rows in category_sales, " + range);
        leftOut(out, result.rejections().moving(), "rows in rejected_events, " + moving);
        leftOut(
                out,
                result.rejections().outOfRange(),
                "rows in rejected_events, minutes not wholly in the range");
        leftOut(
                out,
                result.deadLetters().moving(),
                "rejected records, as they arrived during the audit");
        leftOut(out, result.deadLetters().outOfRange(), "rejected records, out of the range");
        leftOut(
                out,
                result.deadLetters().unknowable(),
                "rejected records, whose dead letters may have been removed");
        leftOut(out, deadLetters.outOfRange(), "dead letters, out of the range");
        leftOut(
                out,
                deadLetters.ofRemovedRecords(),
                "dead letters of records that are no longer in the log");
        leftOut(out, deadLetters.ofOtherTopics(), "dead letters of other topics");
    }

    private static void leftOut(PrintWriter out, long count, String what) {
        if (count > 0) {
            out.printf("left out %s %s%n", Text.number(count), what);
        }
    }

    private String rangeText() {
        Range range = result.range();
        String from = Instant.ofEpochMilli(range.from()).toString();
        return range.to() == Long.MAX_VALUE
                ? "the range from " + from
                : from + " to " + Instant.ofEpochMilli(range.to());
    }

    private void printDifferences(PrintWriter out) {
        Differences differences = result.differences();
        differences.lines().forEach(line -> out.printf("differs  %s%n", line));
        long hidden = differences.total() - differences.lines().size();
        if (hidden > 0) {
            out.printf(
                    "differs  … and %s more (--max-differences shows more)%n", Text.number(hidden));
        }
        if (result.movingDifferences() > 0) {
            out.printf(
                    "hint     %s of these rows lag only behind records that arrived during the audit: use --include-open when"
                            + " no producer runs%n",
                    Text.number(result.movingDifferences()));
        }
        if (differences.areAllBehind()) {
            out.printf(
                    "hint     all of it is too little, not too much: the job is behind, down, or has lost data (its last"
                            + " heartbeat: %s); --wait gives it more time%n",
                    heartbeatAge
                            .map(age -> Text.number(age.toSeconds()) + " s ago")
                            .orElse("none"));
        }
    }

    private void printSummary(PrintWriter out) {
        if (isOfNothing()) {
            out.printf("nothing compared: the log no longer holds any window of the table whole%n");
        } else if (isEqual()) {
            out.printf(
                    "equal: %s rows of %s windows, %s rejection counts, %s dead letters%n",
                    Text.number(result.sales().compared()),
                    Text.number(result.comparedWindows()),
                    Text.number(result.rejections().compared()),
                    Text.number(result.deadLetters().compared()));
        } else {
            out.printf(
                    "different: %s%n",
                    result.differences().counts().entrySet().stream()
                            .map(
                                    entry ->
                                            entry.getKey().label()
                                                    + " "
                                                    + Text.number(entry.getValue()))
                            .collect(Collectors.joining(", ")));
        }
    }
}
