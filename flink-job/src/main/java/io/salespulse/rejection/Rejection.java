package io.salespulse.rejection;

import io.salespulse.event.RejectionReason;
import io.salespulse.source.TransactionRecord;

/**
 * A record that is not counted, with everything that its dead letter needs. A Flink POJO, and
 * independent of the record that it was made from, which is reused.
 */
public class Rejection {

    public RejectionReason reason;
    public String detail;
    public int partition;
    public long offset;

    /** Kafka's record timestamp in epoch milliseconds. */
    public long recordTimestamp;

    /** Null if the record has none. */
    public byte[] key;

    /** Null for a tombstone. */
    public byte[] value;

    public String[] headerKeys;

    /** Beside {@link #headerKeys}; an element may be null. */
    public byte[][] headerValues;

    public static Rejection of(TransactionRecord record, RejectionReason reason, String detail) {
        Rejection rejection = new Rejection();
        rejection.reason = reason;
        rejection.detail = detail;
        rejection.partition = record.partition;
        rejection.offset = record.offset;
        rejection.recordTimestamp = record.recordTimestamp;
        rejection.key = record.key;
        rejection.value = record.value;
        rejection.headerKeys = record.headerKeys;
        rejection.headerValues = record.headerValues;
        return rejection;
    }
}
