package io.salespulse.source;

import io.salespulse.event.RejectionReason;

/**
 * One record of the topic after parsing: a valid transaction, or a rejection if {@link
 * #rejectionReason} is set.
 *
 * <p>Flat and mutable on purpose. The deserializer reuses one instance for every record of its
 * subtask, so that an event costs no object: whoever receives it copies what it keeps. The class is
 * a Flink POJO, which needs its public fields.
 */
public class TransactionRecord {

    public static final String[] NO_HEADER_KEYS = {};
    public static final byte[][] NO_HEADER_VALUES = {};

    /** Null for a valid transaction. */
    public RejectionReason rejectionReason;

    /** What is wrong in words; null for a valid transaction. */
    public String rejectionDetail;

    /** Event time in epoch milliseconds; only for a valid transaction. */
    public long eventTime;

    /** The amount in cents; only for a valid transaction. */
    public long cents;

    /** Only for a valid transaction. */
    public String category;

    /** A dead letter that was sent to the topic again: docs/rules.md section 8. */
    public boolean replayed;

    public int partition;
    public long offset;

    /** Kafka's record timestamp in epoch milliseconds. */
    public long recordTimestamp;

    /** The original key; null if the record has none. */
    public byte[] key;

    /** The original value; null for a tombstone. */
    public byte[] value;

    /** The original headers in order; a key may repeat. */
    public String[] headerKeys = NO_HEADER_KEYS;

    /** Beside {@link #headerKeys}; an element may be null. */
    public byte[][] headerValues = NO_HEADER_VALUES;

    public boolean isRejected() {
        return rejectionReason != null;
    }
}
