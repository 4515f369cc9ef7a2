package io.salespulse.audit;

/**
 * Why a record was rejected: docs/rules.md section 1, in the order in which the rules are judged.
 */
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
