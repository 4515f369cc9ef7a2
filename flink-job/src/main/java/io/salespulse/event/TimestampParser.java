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

    private static final int SEPARATOR_AT = "yyyy-MM-dd".length();
    private static final int MINUTE_END = "yyyy-MM-ddTHH:mm".length();
    private static final int SHORTEST = "yyyy-MM-ddTHH:mmZ".length();
    private static final int MAX_FRACTION_DIGITS = 9;
    private static final long MILLIS_PER_SECOND = 1_000L;
    private static final long MILLIS_PER_MINUTE = 60_000L;
    private static final long MILLIS_PER_DAY = 86_400_000L;
    private static final int MAX_OFFSET_MINUTES = 18 * 60;
    private static final int NO_OFFSET = Integer.MIN_VALUE;
    private static final int NO_DIGITS = 100;

    // The last date's first eight and last eight characters (they overlap), and its midnight in
    // UTC.
    private long dateHead;
    private long dateTail;
    private long dateMillis;

    TimestampParser() {
        // Any date will do. Without one, ten NUL characters would pass for the last date.
        findDate("1970-01-01".getBytes(StandardCharsets.US_ASCII), 0);
    }

    /**
     * Reads the text in {@code [from, to)}.
     *
     * @return epoch milliseconds from 1 to {@link #MAX_EPOCH_MILLIS}, or {@link #INVALID} or {@link
     *     #OUT_OF_RANGE}
     */
    long parseText(byte[] text, int from, int to) {
        if (to - from < SHORTEST || !findDate(text, from)) {
            return INVALID;
        }
        int hour = twoDigits(text, from + SEPARATOR_AT + 1);
        int minute = twoDigits(text, from + SEPARATOR_AT + 4);
        if (hour > 23 || minute > 59 || text[from + SEPARATOR_AT + 3] != ':') {
            return INVALID;
        }
        long millis = dateMillis + (hour * 60 + minute) * MILLIS_PER_MINUTE;
        switch (text[from + SEPARATOR_AT]) {
            case 'T':
                return withOffset(text, from + MINUTE_END, to, millis);
            case ' ':
                return inUtc(text, from + MINUTE_END, to, millis);
            default:
                return INVALID;
        }
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
    private static long withOffset(byte[] text, int from, int to, long minuteMillis) {
        long millis = minuteMillis;
        int pos = from;
        if (text[pos] == ':') {
            int second = second(text, pos, to);
            if (second > 59) {
                return INVALID;
            }
            millis += second * MILLIS_PER_SECOND;
            pos += 3;
            if (pos < to && text[pos] == '.') {
                int fraction = pos + 1;
                pos = skipDigits(text, fraction, to);
                if (pos == fraction || pos > fraction + MAX_FRACTION_DIGITS) {
                    return INVALID;
                }
                millis += millisOfSecond(text, fraction, pos);
            }
        }
        int offset = offsetMinutes(text, pos, to);
        return offset == NO_OFFSET ? INVALID : checkRange(millis - offset * MILLIS_PER_MINUTE);
    }

    /** Reads {@code :ss[.SSS]}. */
    private static long inUtc(byte[] text, int from, int to, long minuteMillis) {
        int second = second(text, from, to);
        if (second > 59) {
            return INVALID;
        }
        long millis = minuteMillis + second * MILLIS_PER_SECOND;
        int pos = from + 3;
        if (pos == to) {
            return checkRange(millis);
        }
        int fraction = pos + 1;
        if (text[pos] != '.' || to - fraction != 3 || skipDigits(text, fraction, to) != to) {
            return INVALID;
        }
        return checkRange(millis + millisOfSecond(text, fraction, to));
    }

    /** The second in {@code :ss}, or more than 59. */
    private static int second(byte[] text, int colon, int to) {
        return to - colon >= 3 && text[colon] == ':' ? twoDigits(text, colon + 1) : NO_DIGITS;
    }

    private static int skipDigits(byte[] text, int from, int to) {
        int pos = from;
        while (pos < to && JsonBytes.isDigit(text[pos])) {
            pos++;
        }
        return pos;
    }

    private static int millisOfSecond(byte[] text, int from, int to) {
        int millis = 0;
        for (int pos = from; pos < from + 3; pos++) {
            millis = millis * 10 + (pos < to ? text[pos] - '0' : 0);
        }
        return millis;
    }

    /**
     * Reads {@code Z}, {@code ±HH}, {@code ±HHmm} or {@code ±HH:mm}, which must end at {@code to}.
     */
    private static int offsetMinutes(byte[] text, int from, int to) {
        int length = to - from;
        if (length == 1) {
            return text[from] == 'Z' ? 0 : NO_OFFSET;
        }
        boolean separated = length == 6;
        if (length != 3 && length != 5 && !(separated && text[from + 3] == ':')) {
            return NO_OFFSET;
        }
        int minute = length == 3 ? 0 : twoDigits(text, to - 2);
        int minutes = twoDigits(text, from + 1) * 60 + minute;
        if (minute > 59 || minutes > MAX_OFFSET_MINUTES) {
            return NO_OFFSET;
        }
        switch (text[from]) {
            case '+':
                return minutes;
            case '-':
                return -minutes;
            default:
                return NO_OFFSET;
        }
    }

    /**
     * The number written by two digits, or {@link #NO_DIGITS}, which is too large for any field of
     * a time.
     */
    private static int twoDigits(byte[] text, int pos) {
        byte tens = text[pos];
        byte ones = text[pos + 1];
        return JsonBytes.isDigit(tens) && JsonBytes.isDigit(ones)
                ? (tens - '0') * 10 + (ones - '0')
                : NO_DIGITS;
    }

    private static long checkRange(long epochMillis) {
        return epochMillis > 0 && epochMillis <= MAX_EPOCH_MILLIS ? epochMillis : OUT_OF_RANGE;
    }
}
