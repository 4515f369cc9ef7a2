package io.salespulse.datagen;

/**
 * The event that {@link TransactionGenerator} has just made. There is one object, overwritten by
 * each call, so whoever needs an event for longer copies what it needs.
 */
final class Event {

    EventKind kind;
    int partition;
    final byte[] key = new byte[DocumentWriter.ID_LENGTH];

    /** Null for a null value. */
    byte[] value;

    /**
     * What is wrong with the document, or null if it is valid; the time rules are applied apart.
     */
    RejectionReason documentFault;

    /** Epoch milliseconds; meaningless if the document is at fault, as are the fields below. */
    long eventTime;

    int category;
    long cents;
}
