package io.salespulse.audit;

import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.util.OptionalLong;

/**
 * The three ways to write an event time: docs/rules.md section 2. Results are epoch milliseconds;
 * empty means invalid.
 */
final class EventTime {
    private static final long LATEST = Instant.parse("9999-12-31T23:59:59.999Z").toEpochMilli();
    private static final int LATEST_DIGITS = Long.toString(LATEST).length();
    private static final int MINUTES_LENGTH = "yyyy-MM-ddTHH:mm".length();
    private static final int SECONDS_LENGTH = "yyyy-MM-ddTHH:mm:ss".length();
    private static final int MAX_OFFSET_MINUTES = 18 * 60;
    private static final int MAX_FRACTION_DIGITS = 9;
    private static final int NOT_A_NUMBER = -1;
    private static final long INVALID = Long.MIN_VALUE;

    private EventTime() {}

    /** Reads a JSON number as epoch milliseconds. */
    static OptionalLong ofNumber(String number) {
        boolean whole = endOfDigits(number, 0) == number.length();
        return whole && number.length() <= LATEST_DIGITS
                ? inRange(Long.parseLong(number))
                : OptionalLong.empty();
    }

    /** Reads ISO-8601 with an offset, or a date and a time with a space between them as UTC. */
    static OptionalLong ofText(String text) {
        if (text.length() < MINUTES_LENGTH) {
            return OptionalLong.empty();
        }
        long minutes = minutes(text);
        if (minutes == INVALID) {
            return OptionalLong.empty();
        }
        return switch (text.charAt(10)) {
            case 'T' -> withOffset(text, minutes);
            case ' ' -> inUtc(text, minutes);
            default -> OptionalLong.empty();
        };
    }

    /** The epoch minutes of "yyyy-MM-dd?HH:mm", where an offset is still to be taken off. */
    private static long minutes(String text) {
        int year = digits(text, 0, 4);
        int month = digits(text, 5, 7);
        int day = digits(text, 8, 10);
        int hour = digits(text, 11, 13);
        int minute = digits(text, 14, 16);
        boolean punctuated =
                text.charAt(4) == '-' && text.charAt(7) == '-' && text.charAt(13) == ':';
        boolean onTheClock = hour >= 0 && hour <= 23 && minute >= 0 && minute <= 59;
        boolean inCalendar =
                year >= 0 && month >= 1 && month <= 12 && YearMonth.of(year, month).isValidDay(day);
        if (!punctuated || !onTheClock || !inCalendar) {
            return INVALID;
        }
        return (LocalDate.of(year, month, day).toEpochDay() * 24 + hour) * 60 + minute;
    }

    private static OptionalLong withOffset(String text, long minutes) {
        int seconds = 0;
        int millis = 0;
        int end = MINUTES_LENGTH;
        if (text.length() > SECONDS_LENGTH && text.charAt(MINUTES_LENGTH) == ':') {
            seconds = digits(text, MINUTES_LENGTH + 1, SECONDS_LENGTH);
            end = SECONDS_LENGTH;
            if (text.charAt(SECONDS_LENGTH) == '.') {
                end = endOfDigits(text, SECONDS_LENGTH + 1);
                millis = millis(text, SECONDS_LENGTH + 1, end);
            }
        }
        long offset = offsetMinutes(text, end);
        if (offset == INVALID) {
            return OptionalLong.empty();
        }
        return instant(minutes - offset, seconds, millis);
    }

    private static OptionalLong inUtc(String text, long minutes) {
        boolean hasMillis = text.length() == SECONDS_LENGTH + 4;
        if (!hasMillis && text.length() != SECONDS_LENGTH || text.charAt(MINUTES_LENGTH) != ':') {
            return OptionalLong.empty();
        }
        if (hasMillis && text.charAt(SECONDS_LENGTH) != '.') {
            return OptionalLong.empty();
        }
        int seconds = digits(text, MINUTES_LENGTH + 1, SECONDS_LENGTH);
        int millis = hasMillis ? digits(text, SECONDS_LENGTH + 1, text.length()) : 0;
        return instant(minutes, seconds, millis);
    }

    private static OptionalLong instant(long minutes, int seconds, int millis) {
        if (seconds < 0 || seconds > 59 || millis < 0) {
            return OptionalLong.empty();
        }
        return inRange((minutes * 60 + seconds) * 1_000 + millis);
    }

    private static OptionalLong inRange(long millis) {
        return millis > 0 && millis <= LATEST ? OptionalLong.of(millis) : OptionalLong.empty();
    }

    /** The first three digits of a fraction of 1 to 9; what follows is cut, not rounded. */
    private static int millis(String text, int from, int to) {
        int length = to - from;
        if (length < 1 || length > MAX_FRACTION_DIGITS) {
            return NOT_A_NUMBER;
        }
        int read = digits(text, from, Math.min(to, from + 3));
        return length == 1 ? read * 100 : length == 2 ? read * 10 : read;
    }

    /** Reads Z, ±HH, ±HHmm or ±HH:mm, which must be the rest of the text. */
    private static long offsetMinutes(String text, int from) {
        int length = text.length() - from;
        if (length == 1 && text.charAt(from) == 'Z') {
            return 0;
        }
        boolean signed = length >= 1 && (text.charAt(from) == '+' || text.charAt(from) == '-');
        boolean colon = length == 6 && text.charAt(from + 3) == ':';
        if (!signed || !(length == 3 || length == 5 || colon)) {
            return INVALID;
        }
        int hours = digits(text, from + 1, from + 3);
        int minutes = length == 3 ? 0 : digits(text, text.length() - 2, text.length());
        if (hours < 0 || minutes < 0 || minutes > 59 || hours * 60 + minutes > MAX_OFFSET_MINUTES) {
            return INVALID;
        }
        int total = hours * 60 + minutes;
        return text.charAt(from) == '-' ? -total : total;
    }

    private static int endOfDigits(String text, int from) {
        int end = from;
        while (end < text.length() && isDigit(text.charAt(end))) {
            end++;
        }
        return end;
    }

    /** The number that these few characters write, or {@link #NOT_A_NUMBER}. */
    private static int digits(String text, int from, int to) {
        int value = 0;
        for (int i = from; i < to; i++) {
            char c = text.charAt(i);
            if (!isDigit(c)) {
                return NOT_A_NUMBER;
            }
            value = value * 10 + c - '0';
        }
        return value;
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }
}
