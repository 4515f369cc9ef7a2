package io.salespulse.rejection;

import io.salespulse.event.RejectionReason;

/** How many records of one minute were rejected for one reason so far. A Flink POJO. */
public class RejectedMinute {

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

    static RejectedMinute one(Rejection rejection) {
        long minute = rejection.recordTimestamp - Math.floorMod(rejection.recordTimestamp, 60_000L);
        return new RejectedMinute(minute, rejection.reason, 1);
    }
}
