package io.salespulse.datagen;

import java.util.concurrent.locks.LockSupport;

/** A monotonic clock that can be waited on. */
interface Ticker {

    Ticker SYSTEM =
            new Ticker() {
                @Override
                public long nanoTime() {
                    return System.nanoTime();
                }

                @Override
                public void sleep(long nanos) {
                    LockSupport.parkNanos(nanos);
                }
            };

    /** Nanoseconds since some fixed but arbitrary time. */
    long nanoTime();

    /**
     * Waits for about this time; returns early, and keeps the interrupt flag, if the thread is
     * interrupted.
     */
    void sleep(long nanos);
}
