package io.salespulse.replay;

/** Why a record was rejected: docs/rules.md section 1. */
enum Reason {
    NULL_VALUE,
    MALFORMED_JSON,
    MISSING_FIELD,
    INVALID_TIMESTAMP,
    INVALID_AMOUNT,
    INVALID_CATEGORY,
    FUTURE_TIMESTAMP,
    LATE_EVENT
}
