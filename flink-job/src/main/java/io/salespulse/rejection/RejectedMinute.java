package io.salespulse.rejection;

import io.salespulse.event.RejectionReason;

/** How many records of one minute were rejected for one reason so far. A Flink POJO. */
public class RejectedMinute {

    private static final long MINUTE_MILLIS = 60_000;

    /** 9999-12-31T23:59:59.999Z. */
    private static final long LAST_MILLISECOND = 253_402_300_799_999L;

    /** Start of the minute of the Kafka record timestamps, in epoch milliseconds. */
    public long minute;

    public RejectionReason reason;
    public long count;

    public RejectedMinute() {}

    public RejectedMinute(long minute, RejectionReason reason, long count) {
        this.minute = minute;
        this.reason = reason;
        this.count = count;
    }

    /**
     * Producers can stamp records as they like where the topic lets them, so a time that no table
     * could hold is brought to the nearest minute of the years 1970 to 9999.
     */
    static RejectedMinute one(Rejection rejection) {
        long inRange = Math.max(0, Math.min(rejection.recordTimestamp, LAST_MILLISECOND));
        return new RejectedMinute(inRange - inRange % MINUTE_MILLIS, rejection.reason, 1);
    }
}
