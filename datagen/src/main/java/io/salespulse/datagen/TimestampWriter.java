package io.salespulse.datagen;

import java.time.LocalDate;

/**
 * Writes epoch milliseconds as {@code yyyy-MM-ddTHH:mm:ss.SSSZ} digits into a byte array. Not
 * thread-safe.
 */
final class TimestampWriter {

    static final int LENGTH = "2026-01-15T10:00:00.123Z".length();

    private static final long MILLIS_PER_DAY = 86_400_000;

    private final byte[] datePart = new byte["2026-01-15".length()];
    private long cachedDay = Long.MIN_VALUE;

    /**
     * @param epochMillis of the years 0 to 9999
     */
    void write(long epochMillis, byte[] target, int offset) {
        long day = Math.floorDiv(epochMillis, MILLIS_PER_DAY);
        if (day != cachedDay) {
            cacheDate(day);
        }
        System.arraycopy(datePart, 0, target, offset, datePart.length);
        int millisOfDay = (int) (epochMillis - day * MILLIS_PER_DAY);
        int secondOfDay = millisOfDay / 1000;
        target[offset + 10] = 'T';
        writeDigits(secondOfDay / 3600, 2, target, offset + 11);
        target[offset + 13] = ':';
        writeDigits(secondOfDay / 60 % 60, 2, target, offset + 14);
        target[offset + 16] = ':';
        writeDigits(secondOfDay % 60, 2, target, offset + 17);
        target[offset + 19] = '.';
        writeDigits(millisOfDay % 1000, 3, target, offset + 20);
        target[offset + 23] = 'Z';
    }

    private void cacheDate(long day) {
        LocalDate date = LocalDate.ofEpochDay(day);
        writeDigits(date.getYear(), 4, datePart, 0);
        datePart[4] = '-';
        writeDigits(date.getMonthValue(), 2, datePart, 5);
        datePart[7] = '-';
        writeDigits(date.getDayOfMonth(), 2, datePart, 8);
        cachedDay = day;
    }

    private static void writeDigits(int number, int digits, byte[] target, int offset) {
        int rest = number;
        for (int i = offset + digits - 1; i >= offset; i--) {
            target[i] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
    }
}
