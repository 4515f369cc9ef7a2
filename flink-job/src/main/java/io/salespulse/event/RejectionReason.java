package io.salespulse.event;

/**
 * Why a record does not count; {@code docs/rules.md} defines each. Names are data: they are stored
 * in {@code rejected_events} and in the dead-letter topic's {@code error.reason}.
 */
public enum RejectionReason {
    /** The value is not exactly one JSON object in strict UTF-8. */
    MALFORMED_JSON,
    /** No usable {@code transaction_id}, {@code timestamp}, {@code amount} or category. */
    MISSING_FIELD,
    /** {@code timestamp} is in none of the accepted forms, or out of range. */
    INVALID_TIMESTAMP,
    /**
     * {@code amount} is not a plain JSON number from 0 to 999,999,999.99 with at most two fraction
     * digits.
     */
    INVALID_AMOUNT,
    /**
     * The category is not a string of 1 to 100 code points, is blank, or holds a character that
     * cannot be stored.
     */
    INVALID_CATEGORY,
    /** The record has no value (a tombstone). */
    NULL_VALUE,
    /** The event time is too far after the Kafka record timestamp. */
    FUTURE_TIMESTAMP,
    /** The record's window was beyond the allowed lateness in its partition. */
    LATE_EVENT
}
