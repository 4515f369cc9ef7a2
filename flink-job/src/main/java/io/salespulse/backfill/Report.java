package io.salespulse.backfill;

import io.salespulse.config.JobConfig;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** What a backfill says, from its range to its numbers. */
final class Report {

    private final JobConfig config;
    private final BackfillPlan plan;
    private final PrintStream out;

    Report(JobConfig config, BackfillPlan plan, PrintStream out) {
        this.config = config;
        this.plan = plan;
        this.out = out;
    }

    void begin() {
        plan.notes().forEach(note -> out.println("note       " + note));
        out.printf(
                "backfill   %s of topic %s: %,d records to read%n",
                windows(plan.range().to()), config.kafka().topic(), plan.offsetCount());
    }

    private String windows(long end) {
        String to =
                end == BackfillPlan.OPEN_END
                        ? "the last final one"
                        : String.valueOf(Instant.ofEpochMilli(end));
        int repairs = plan.range().only().size();
        return repairs > 0
                ? "%,d windows to repair".formatted(repairs)
                : "windows from %s to %s".formatted(Instant.ofEpochMilli(plan.range().from()), to);
    }

    /** Says which windows of the range are left out because they are not final. */
    void cut(long end) {
        long to = plan.range().to();
        if (end >= to) {
            return;
        }
        if (end <= plan.range().from()) {
            out.println("note       no window of the range is final yet, so none is written");
        } else if (to == BackfillPlan.OPEN_END) {
            out.printf("note       windows are final up to %s%n", Instant.ofEpochMilli(end));
        } else {
            out.printf(
                    "note       cut at %s: later windows are not final yet%n",
                    Instant.ofEpochMilli(end));
        }
    }

    /**
     * @param rejected records per reason
     */
    void end(
            List<ReadProgress> read,
            Map<String, Long> rejected,
            MergeReport merged,
            Duration duration) {
        long records = read.stream().mapToLong(partition -> partition.recordCount).sum();
        long rejectedRecords = rejected.values().stream().mapToLong(Long::longValue).sum();
        line(
                "records",
                "%,d read = %,d in these windows + %,d in others + %,d rejected%s",
                records,
                merged.counted(),
                records - merged.counted() - rejectedRecords,
                rejectedRecords,
                reasons(rejected));
        line("computed", "%,d rows of %,d windows", merged.rows(), merged.windows());
        line("written", "%,d rows that were missing", merged.added());
        MergeReport.Change corrected = merged.corrected();
        line(
                "corrected",
                "%,d rows: %,d → %,d transactions, %,.2f → %,.2f in sales",
                corrected.rows(),
                corrected.countBefore(),
                corrected.countAfter(),
                corrected.salesBefore(),
                corrected.salesAfter());
        line("finished", "%,d rows were complete and are now final", merged.finished());
        if (merged.removed() > 0) {
            line("removed", "%,d rows that are not in the topic", merged.removed());
        }
        line("unchanged", "%,d rows", merged.unchanged());
        left("cents", merged.otherCents(), "count as much as the topic but differ in cents");
        left("higher", merged.higher(), "count more than the topic");
        left("foreign", merged.notInTopic(), "are not in the topic");
        merged.examples().forEach(example -> line("", "%s", example));
        if (merged.rejectedRaised() > 0) {
            line("rejected", "%,d counts in rejected_events were too low", merged.rejectedRaised());
        }
        if (merged.repairsCleared() > 0) {
            line("repairs", "%,d windows cleared", merged.repairsCleared());
        }
        line(
                "duration",
                "%.1f s (%,d records/s)",
                duration.toMillis() / 1e3,
                Progress.rate(records, duration));
    }

    private void left(String name, long rows, String what) {
        if (rows > 0) {
            line(name, "%,d rows %s: left as they are, --replace corrects them", rows, what);
        } else if (name.equals("cents")) {
            line(name, "0 rows %s", what);
        }
    }

    private static String reasons(Map<String, Long> rejected) {
        return rejected.isEmpty()
                ? ""
                : rejected.entrySet().stream()
                        .map(reason -> "%s %,d".formatted(reason.getKey(), reason.getValue()))
                        .collect(Collectors.joining(", ", " (", ")"));
    }

    private void line(String name, String format, Object... values) {
        out.printf("%-10s %s%n", name, String.format(Locale.ROOT, format, values));
    }
}
