package io.salespulse.sink;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;

/** Times as PostgreSQL's driver binds them without a look at any session's time zone. */
public final class Timestamps {

    private Timestamps() {}

    public static OffsetDateTime utc(long epochMillis) {
        return Instant.ofEpochMilli(epochMillis).atOffset(ZoneOffset.UTC);
    }

    /**
     * The same in an array, whose elements the driver hands on as text. A year of five digits, as
     * the end of the last window that can be has one, is written with a sign in ISO 8601, and
     * PostgreSQL takes it only without.
     */
    static String inArray(long epochMillis) {
        String text = utc(epochMillis).toString();
        return text.startsWith("+") ? text.substring(1) : text;
    }
}
