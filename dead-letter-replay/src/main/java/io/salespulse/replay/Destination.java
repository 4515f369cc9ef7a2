package io.salespulse.replay;

/** Where the dead letters go that are to be sent. */
interface Destination {
    void accept(DeadLetter letter) throws CannotRunException;

    /** Must be called after the last one. */
    void finish() throws CannotRunException;
}
