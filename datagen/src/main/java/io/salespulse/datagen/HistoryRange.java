package io.salespulse.datagen;

import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;

/**
 * A range of event times.
 *
 * @param from inclusive, after 1970-01-01
 * @param to exclusive, later than {@code from}
 */
record HistoryRange(Instant from, Instant to) {

    private static final String ALLOWED =
            "give FROM..TO with FROM before TO, such as 2026-01-15T10:00:00Z..2026-01-15T12:00:00Z or 2026-01-15..2026-01-16"
                    + " (days in UTC)";

    HistoryRange {
        if (!from.isBefore(to) || from.toEpochMilli() <= 0) {
            throw new IllegalArgumentException(
                    "'" + from + ".." + to + "' is not a range: " + ALLOWED);
        }
    }

    /**
     * @throws IllegalArgumentException with a message that says what is allowed
     */
    static HistoryRange parse(String text) {
        String[] ends = text.split("\\.\\.", -1);
        if (ends.length != 2) {
            throw new IllegalArgumentException("'" + text + "' is not a range: " + ALLOWED);
        }
        return new HistoryRange(instant(ends[0], text), instant(ends[1], text));
    }

    /** {@code count} times, spread evenly over the range in the order of the index. */
    EventTimes spread(long count) {
        long start = from.toEpochMilli();
        double length = to.toEpochMilli() - start;
        return index -> start + (long) (length * index / count);
    }

    private static Instant instant(String end, String text) {
        try {
            return end.contains("T")
                    ? OffsetDateTime.parse(end).toInstant()
                    : LocalDate.parse(end).atStartOfDay(ZoneOffset.UTC).toInstant();
        } catch (DateTimeParseException e) {
            throw new IllegalArgumentException("'" + text + "' is not a range: " + ALLOWED, e);
        }
    }
}
