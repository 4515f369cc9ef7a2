package io.salespulse.event;

import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.time.YearMonth;

/**
 * Event times by section 2 of {@code docs/rules.md}, from ASCII bytes to epoch milliseconds.
 *
 * <p>Not thread-safe: it remembers the last date, which neighbouring events share.
 */
final class TimestampParser {

    /** 9999-12-31T23:59:59.999Z. */
    static final long MAX_EPOCH_MILLIS = 253_402_300_799_999L;

    /** None of the accepted forms, or a date or time of day that does not exist. */
    static final int INVALID = -1;

    /** A time not after 1970-01-01T00:00:00Z, or after {@link #MAX_EPOCH_MILLIS}. */
    static final int OUT_OF_RANGE = -2;

    private static final int SHORTEST = "yyyy-MM-ddTHH:mmZ".length();
    private static final int MAX_FRACTION_DIGITS = 9;
    private static final int UTC_FRACTION_DIGITS = 3;
    private static final long MILLIS_PER_SECOND = 1_000L;
    private static final long MILLIS_PER_MINUTE = 60_000L;
    private static final long MILLIS_PER_DAY = 86_400_000L;
    private static final int MAX_OFFSET_MINUTES = 18 * 60;
    private static final int NO_DIGITS = 100;

    // The last date's first eight and last eight characters (they overlap), and its midnight in
    // UTC.
    private long dateHead;
    private long dateTail;
    private long dateMillis;

    private int end;

    TimestampParser() {
        // Any date will do. Without one, ten NUL characters would pass for the last date.
        findDate("1970-01-01".getBytes(StandardCharsets.US_ASCII), 0);
    }

    /**
     * Reads the time that begins at {@code pos}. What follows it, from {@link #end} on, is for the
     * caller to judge.
     *
     * @return epoch milliseconds from 1 to {@link #MAX_EPOCH_MILLIS}, or {@link #INVALID} or {@link
     *     #OUT_OF_RANGE}
     */
    long parseText(byte[] text, int pos) {
        if (pos > text.length - SHORTEST || !findDate(text, pos)) {
            return INVALID;
        }
        int hour = twoDigits(text, pos + 11);
        int minute = twoDigits(text, pos + 14);
        if (hour > 23 || minute > 59 || text[pos + 13] != ':') {
            return INVALID;
        }
        long millis = dateMillis + (hour * 60 + minute) * MILLIS_PER_MINUTE;
        switch (text[pos + 10]) {
            case 'T':
                return withOffset(text, pos + 16, millis);
            case ' ':
                return inUtc(text, pos + 16, millis);
            default:
                return INVALID;
        }
    }

    /** The position after the last text that was a time, in range or not. */
    int end() {
        return end;
    }

    /**
     * Reads the well-formed JSON number in {@code [from, to)}.
     *
     * @return as {@link #parseText}
     */
    static long parseNumber(byte[] number, int from, int to) {
        boolean minus = number[from] == '-';
        long millis = 0;
        for (int pos = minus ? from + 1 : from; pos < to; pos++) {
            if (!JsonBytes.isDigit(number[pos])) {
                return INVALID;
            }
            // Stops growing beyond the limit, so that no number of digits overflows.
            millis = millis > MAX_EPOCH_MILLIS ? millis : millis * 10 + (number[pos] - '0');
        }
        return checkRange(minus ? -millis : millis);
    }

    /** Makes {@link #dateMillis} that of the date at {@code from}. Ten bytes must be there. */
    private boolean findDate(byte[] text, int from) {
        long head = JsonBytes.longAt(text, from);
        long tail = JsonBytes.longAt(text, from + 2);
        if (head == dateHead && tail == dateTail) {
            return true;
        }
        int century = twoDigits(text, from);
        int yearOfCentury = twoDigits(text, from + 2);
        int month = twoDigits(text, from + 5);
        int day = twoDigits(text, from + 8);
        if (century == NO_DIGITS || yearOfCentury == NO_DIGITS || month < 1 || month > 12) {
            return false;
        }
        if (text[from + 4] != '-' || text[from + 7] != '-') {
            return false;
        }
        YearMonth yearMonth = YearMonth.of(century * 100 + yearOfCentury, month);
        if (!yearMonth.isValidDay(day)) {
            return false;
        }
        LocalDate date = yearMonth.atDay(day);
        dateHead = head;
        dateTail = tail;
        dateMillis = date.toEpochDay() * MILLIS_PER_DAY;
        return true;
    }

    /** Reads {@code [:ss[.f]]} and the offset. */
    private long withOffset(byte[] text, int pos, long minuteMillis) {
        if (JsonBytes.byteAt(text, pos) != ':') {
            return readOffset(text, pos, minuteMillis);
        }
        int second = twoDigits(text, pos + 1);
        if (second > 59) {
            return INVALID;
        }
        long millis = minuteMillis + second * MILLIS_PER_SECOND;
        end = pos + 3;
        if (JsonBytes.byteAt(text, end) == '.') {
            int fraction = end + 1;
            millis += readFraction(text, fraction);
            if (end == fraction || end > fraction + MAX_FRACTION_DIGITS) {
                return INVALID;
            }
        }
        return readOffset(text, end, millis);
    }

    /** Reads {@code Z}, {@code ±HH}, {@code ±HHmm} or {@code ±HH:mm} after a local time. */
    private long readOffset(byte[] text, int pos, long localMillis) {
        byte sign = JsonBytes.byteAt(text, pos);
        if (sign == 'Z') {
            end = pos + 1;
            return checkRange(localMillis);
        }
        if (sign != '+' && sign != '-') {
            return INVALID;
        }
        int minutes = twoDigits(text, pos + 1) * 60;
        end = pos + 3;
        byte next = JsonBytes.byteAt(text, end);
        if (next == ':' || JsonBytes.isDigit(next)) {
            int minuteAt = next == ':' ? end + 1 : end;
            int minute = twoDigits(text, minuteAt);
            if (minute > 59) {
                return INVALID;
            }
            minutes += minute;
            end = minuteAt + 2;
        }
        if (minutes > MAX_OFFSET_MINUTES) {
            return INVALID;
        }
        return checkRange(localMillis - (sign == '+' ? minutes : -minutes) * MILLIS_PER_MINUTE);
    }

    /** Reads {@code :ss[.SSS]}. */
    private long inUtc(byte[] text, int pos, long minuteMillis) {
        int second = twoDigits(text, pos + 1);
        if (second > 59 || JsonBytes.byteAt(text, pos) != ':') {
            return INVALID;
        }
        long millis = minuteMillis + second * MILLIS_PER_SECOND;
        end = pos + 3;
        if (JsonBytes.byteAt(text, end) == '.') {
            int fraction = end + 1;
            millis += readFraction(text, fraction);
            if (end != fraction + UTC_FRACTION_DIGITS) {
                return INVALID;
            }
        }
        return checkRange(millis);
    }

    /** Reads all digits at {@code pos} as a fraction of a second, cut to milliseconds. */
    private int readFraction(byte[] text, int pos) {
        int millis = 0;
        int placeValue = 100;
        end = pos;
        for (byte b; JsonBytes.isDigit(b = JsonBytes.byteAt(text, end)); end++) {
            millis += (b - '0') * placeValue;
            placeValue /= 10;
        }
        return millis;
    }

    /**
     * The number written by two digits, or {@link #NO_DIGITS}, which is too large for any field of
     * a time.
     */
    private static int twoDigits(byte[] text, int pos) {
        byte tens = JsonBytes.byteAt(text, pos);
        byte ones = JsonBytes.byteAt(text, pos + 1);
        return JsonBytes.isDigit(tens) && JsonBytes.isDigit(ones)
                ? (tens - '0') * 10 + (ones - '0')
                : NO_DIGITS;
    }

    private static long checkRange(long epochMillis) {
        return epochMillis > 0 && epochMillis <= MAX_EPOCH_MILLIS ? epochMillis : OUT_OF_RANGE;
    }
}
