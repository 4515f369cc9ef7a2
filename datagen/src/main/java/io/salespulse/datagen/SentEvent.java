package io.salespulse.datagen;

/**
 * What must be kept of an event until its acknowledgement.
 *
 * @param documentFault what is wrong with the document, or null if it is valid
 * @param eventTime in epoch milliseconds; meaningless if the document is at fault, as are category
 *     and cents
 * @param category number of the category in the catalog
 * @param value a copy of the document, or null if nobody asked for it or it was null
 */
record SentEvent(
        RejectionReason documentFault, long eventTime, int category, long cents, byte[] value) {}
