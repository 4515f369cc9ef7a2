package io.salespulse.datagen;

/**
 * Why a record is not counted: the names that the pipeline's tables and headers use (docs/rules.md,
 * section 1).
 */
enum RejectionReason {
    NULL_VALUE,
    MALFORMED_JSON,
    MISSING_FIELD,
    INVALID_TIMESTAMP,
    INVALID_AMOUNT,
    INVALID_CATEGORY,
    FUTURE_TIMESTAMP,
    LATE_EVENT
}
