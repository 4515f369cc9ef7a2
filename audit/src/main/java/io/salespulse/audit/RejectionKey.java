package io.salespulse.audit;

import java.util.Comparator;

/**
 * A row of {@code rejected_events}.
 *
 * @param minute the minute of the Kafka record timestamp, as epoch milliseconds
 * @param reason text, since the table may hold names that no rule has
 */
record RejectionKey(long minute, String reason) implements Comparable<RejectionKey> {
    static final long MINUTE = 60_000;

    /** 9999-12-31T23:59:59.999Z, the last one that counts as it is: docs/rules.md section 7. */
    private static final long LAST_MILLISECOND = 253_402_300_799_999L;

    private static final Comparator<RejectionKey> ORDER =
            Comparator.comparingLong(RejectionKey::minute).thenComparing(RejectionKey::reason);

    static RejectionKey of(long recordTimestamp, Reason reason) {
        long inRange = Math.max(0, Math.min(recordTimestamp, LAST_MILLISECOND));
        return new RejectionKey(inRange - inRange % MINUTE, reason.name());
    }

    @Override
    public int compareTo(RejectionKey other) {
        return ORDER.compare(this, other);
    }
}
