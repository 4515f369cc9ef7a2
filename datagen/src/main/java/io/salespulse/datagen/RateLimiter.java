package io.salespulse.datagen;

/**
 * Lets events go on an absolute schedule: event i is due i / rate seconds after the first. Waking
 * late from a sleep therefore delays single events but never the rate. After a stall the events
 * that were missed are caught up at {@value #CATCH_UP_SPEED} times the rate, and {@link
 * #behindNanos()} tells of it. Events after the time limit are not due; missed ones that have not
 * been caught up {@value #GRACE_SECONDS} s after it are given up. Not thread-safe but where stated.
 */
final class RateLimiter implements Pacer {

    static final int CATCH_UP_SPEED = 2;
    static final int GRACE_SECONDS = 1;

    /** A lag up to this is the jitter of sleeping; the events are sent at once. */
    static final long TOLERANCE_NANOS = 100_000_000;

    /**
     * Shorter sleeps would cost more than the events between them: at 100,000/s most of the CPU
     * time.
     */
    static final long MIN_SLEEP_NANOS = 500_000;

    private final double eventsPerSecond;
    private final long forNanos;
    private final Ticker ticker;
    private boolean started;
    private long startNanos;
    private long index;
    private boolean catchingUp;
    private long catchUpStart;
    private long catchUpIndex;
    private volatile long behindNanos;
    private long givenUp;

    /**
     * @param eventsPerSecond positive
     * @param forNanos {@link Long#MAX_VALUE} for no limit
     */
    RateLimiter(double eventsPerSecond, long forNanos, Ticker ticker) {
        this.eventsPerSecond = eventsPerSecond;
        this.forNanos = forNanos;
        this.ticker = ticker;
    }

    @Override
    public boolean awaitNext() {
        if (!started) {
            startNanos = ticker.nanoTime();
            started = true;
        }
        long scheduled = nanosFor(index);
        if (scheduled >= forNanos) {
            return false;
        }
        long now = sleepUntil(release(scheduled));
        if (Thread.currentThread().isInterrupted()) {
            return false;
        }
        if (isTooLate(now)) {
            givenUp = (long) Math.ceil(forNanos * eventsPerSecond / 1e9) - index;
            return false;
        }
        long behind = Math.max(0, now - scheduled);
        behindNanos = behind > TOLERANCE_NANOS ? behind : 0;
        index++;
        return true;
    }

    @Override
    public long behindNanos() {
        return behindNanos;
    }

    @Override
    public long givenUp() {
        return givenUp;
    }

    private boolean isTooLate(long now) {
        return forNanos != Long.MAX_VALUE && now - forNanos >= GRACE_SECONDS * 1_000_000_000L;
    }

    /**
     * When the next event may go, in nanoseconds after the start: its scheduled time or its turn in
     * the catching up.
     */
    private long release(long scheduled) {
        long release = catchingUp ? Math.max(scheduled, catchUpTurn()) : scheduled;
        long now = elapsed();
        if (now - release > TOLERANCE_NANOS) {
            catchingUp = true;
            catchUpStart = now;
            catchUpIndex = index;
            return now;
        }
        catchingUp = catchingUp && release > scheduled;
        return release;
    }

    private long catchUpTurn() {
        return catchUpStart + nanosFor(index - catchUpIndex) / CATCH_UP_SPEED;
    }

    private long nanosFor(long events) {
        return (long) (events * 1e9 / eventsPerSecond);
    }

    private long sleepUntil(long release) {
        long now = elapsed();
        while (now < release && !Thread.currentThread().isInterrupted()) {
            ticker.sleep(Math.max(release - now, MIN_SLEEP_NANOS));
            now = elapsed();
        }
        return now;
    }

    private long elapsed() {
        return ticker.nanoTime() - startNanos;
    }
}
