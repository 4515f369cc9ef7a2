package io.salespulse.datagen;

/** Lets events go as fast as they can be sent, for a time. */
final class FullSpeed implements Pacer {

    private final Ticker ticker;
    private final long forNanos;
    private long startNanos;
    private boolean started;

    /**
     * @param forNanos {@link Long#MAX_VALUE} for no limit
     */
    FullSpeed(long forNanos, Ticker ticker) {
        this.forNanos = forNanos;
        this.ticker = ticker;
    }

    @Override
    public boolean awaitNext() {
        if (Thread.currentThread().isInterrupted()) {
            return false;
        }
        if (forNanos == Long.MAX_VALUE) {
            return true;
        }
        long now = ticker.nanoTime();
        if (!started) {
            startNanos = now;
            started = true;
        }
        return now - startNanos < forNanos;
    }

    @Override
    public long behindNanos() {
        return 0;
    }

    @Override
    public long givenUp() {
        return 0;
    }
}
