package io.salespulse.local.process;

import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;

/** Waiting for a condition of another process. */
public final class Await {

    private static final Duration POLL_INTERVAL = Duration.ofMillis(50);

    private Await() {}

    /**
     * Polls the condition until it holds.
     *
     * @return whether it held before the time was up
     * @throws CancellationException if the thread is interrupted; its interrupt flag stays set
     */
    public static boolean until(Duration timeout, BooleanSupplier condition) {
        long deadline = System.nanoTime() + timeout.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() >= deadline) {
                return false;
            }
            sleep(POLL_INTERVAL);
        }
        return true;
    }

    /**
     * Sleeps.
     *
     * @throws CancellationException if the thread is interrupted; its interrupt flag stays set
     */
    public static void sleep(Duration time) {
        try {
            Thread.sleep(time.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancellationException("interrupted");
        }
    }
}
