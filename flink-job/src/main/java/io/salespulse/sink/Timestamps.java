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
}
