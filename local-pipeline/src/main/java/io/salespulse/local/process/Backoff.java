package io.salespulse.local.process;

import java.time.Duration;

/**
 * Pauses between attempts: none before the first, then doubling from 1 s to 30 s. Not thread-safe.
 */
public final class Backoff {

    private static final Duration FIRST = Duration.ofSeconds(1);
    private static final Duration LONGEST = Duration.ofSeconds(30);

    private Duration next = Duration.ZERO;

    /** The pause before the next attempt. */
    public Duration next() {
        Duration pause = next;
        Duration doubled = pause.isZero() ? FIRST : pause.multipliedBy(2);
        next = doubled.compareTo(LONGEST) > 0 ? LONGEST : doubled;
        return pause;
    }

    /** Begins again: without a pause, then with the shortest. */
    public void reset() {
        next = Duration.ZERO;
    }
}
