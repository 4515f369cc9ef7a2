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

    private static final Comparator<RejectionKey> ORDER =
            Comparator.comparingLong(RejectionKey::minute).thenComparing(RejectionKey::reason);

    static RejectionKey of(long recordTimestamp, Reason reason) {
        return new RejectionKey(Math.floorDiv(recordTimestamp, MINUTE) * MINUTE, reason.name());
    }

    @Override
    public int compareTo(RejectionKey other) {
        return ORDER.compare(this, other);
    }
}
