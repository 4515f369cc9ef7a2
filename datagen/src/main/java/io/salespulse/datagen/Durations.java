package io.salespulse.datagen;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Durations as users write them: {@code 500ms}, {@code 10s}, {@code 1h30m}, {@code 2d}, or ISO-8601
 * ({@code PT10S}).
 */
final class Durations {

    private static final Pattern UNITS =
            Pattern.compile(
                    "(?:([0-9]{1,6})d)?(?:([0-9]{1,8})h)?(?:([0-9]{1,9})m(?!s))?(?:([0-9]{1,9})s)?(?:([0-9]{1,12})ms)?");
    private static final Duration LONGEST = Duration.ofDays(36_500);

    private Durations() {}

    /**
     * @return not negative, whole milliseconds, at most 36500 days
     * @throws IllegalArgumentException with a message that says what is allowed
     */
    static Duration parse(String text) {
        Matcher units = UNITS.matcher(text);
        Duration duration = units.matches() && !text.isEmpty() ? sum(units) : parseIso(text);
        if (duration.isNegative()
                || duration.compareTo(LONGEST) > 0
                || duration.getNano() % 1_000_000 != 0) {
            throw invalid(text, null);
        }
        return duration;
    }

    private static Duration sum(Matcher units) {
        return Duration.ofDays(number(units, 1))
                .plusHours(number(units, 2))
                .plusMinutes(number(units, 3))
                .plusSeconds(number(units, 4))
                .plusMillis(number(units, 5));
    }

    private static long number(Matcher units, int group) {
        return units.group(group) == null ? 0 : Long.parseLong(units.group(group));
    }

    private static Duration parseIso(String text) {
        try {
            return Duration.parse(text);
        } catch (DateTimeParseException e) {
            throw invalid(text, e);
        }
    }

    private static IllegalArgumentException invalid(String text, Throwable cause) {
        return new IllegalArgumentException(
                "'"
                        + text
                        + "' is not a duration: give 500ms, 10s, 2m, 1h30m, 1d or ISO-8601 such as PT10S",
                cause);
    }
}
