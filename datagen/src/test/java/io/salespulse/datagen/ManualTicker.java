package io.salespulse.datagen;

/** A clock that moves only when it is told to, or slept on. */
final class ManualTicker implements Ticker {

    /** Not near zero and about to overflow, as System.nanoTime() may be. */
    private long nanos = Long.MAX_VALUE - 500_000_000;

    private long oversleepNanos;

    void advanceMillis(long millis) {
        nanos += millis * 1_000_000;
    }

    /** From now on, sleeping takes this much longer than asked. */
    void oversleep(long extraNanos) {
        oversleepNanos = extraNanos;
    }

    @Override
    public long nanoTime() {
        return nanos;
    }

    @Override
    public void sleep(long duration) {
        nanos += duration + oversleepNanos;
    }
}
