package io.salespulse.datagen;

/** Says when the next event may be sent. */
interface Pacer {

    /**
     * Waits until the next event is due. Returns false if there is none: the time is over or the
     * thread was interrupted.
     */
    boolean awaitNext();

    /**
     * How far the events lag behind their schedule, in nanoseconds; 0 without a schedule. Any
     * thread may ask.
     */
    long behindNanos();

    /** How many events were due but given up when the time was over. */
    long givenUp();
}
