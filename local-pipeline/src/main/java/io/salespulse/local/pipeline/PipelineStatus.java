package io.salespulse.local.pipeline;

import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * What a running pipeline looks like at a moment. Empty values could not be had at that moment.
 *
 * @param events offsets in the topic: its records, and the ends of the transactions of replays
 * @param rows rows in the table
 * @param latestWindow start of the newest window in the table; empty also if it has none
 * @param freshness seconds since a row was last written, by the database's clock; empty also if it
 *     has none
 * @param job the job's state as Flink names it
 */
public record PipelineStatus(
        OptionalLong events,
        OptionalLong rows,
        Optional<Instant> latestWindow,
        OptionalDouble freshness,
        String job) {

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm", Locale.ROOT);

    /** One line; times in the given zone. */
    public String format(ZoneId zone) {
        return "events %s | rows %s | latest window %s | freshness %s | job %s"
                .formatted(
                        number(events),
                        number(rows),
                        latestWindow.map(start -> TIME.format(start.atZone(zone))).orElse("-"),
                        freshness.isPresent()
                                ? String.format(Locale.ROOT, "%.1f s", freshness.getAsDouble())
                                : "-",
                        job);
    }

    private static String number(OptionalLong number) {
        return number.isPresent() ? String.format(Locale.ROOT, "%,d", number.getAsLong()) : "-";
    }
}
