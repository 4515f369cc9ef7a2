package io.salespulse.local;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Ctrl-C (and SIGTERM, SIGHUP) as an event that the main thread notices and answers by stopping in
 * order, while the JVM waits for it.
 */
final class Interruption implements AutoCloseable {

    /** By custom 128 + SIGINT. */
    static final int EXIT_CODE = 130;

    private static final long LONGEST_STOP_SECONDS = 120;

    private final Thread worker;
    private final CountDownLatch requested = new CountDownLatch(1);
    private final CountDownLatch done = new CountDownLatch(1);
    private final Thread hook = new Thread(this::onShutdown, "interruption");
    private volatile int exitCode = EXIT_CODE;
    private volatile boolean steady;

    private Interruption(Thread worker) {
        this.worker = worker;
    }

    /** From now on the current thread is told, and its {@link #close()} is waited for. */
    static Interruption ofCurrentThread() {
        Interruption interruption = new Interruption(Thread.currentThread());
        Runtime.getRuntime().addShutdownHook(interruption.hook);
        return interruption;
    }

    private void onShutdown() {
        if (done.getCount() == 0) {
            return;
        }
        requested.countDown();
        if (!steady) {
            worker.interrupt();
        }
        try {
            if (done.await(LONGEST_STOP_SECONDS, TimeUnit.SECONDS)) {
                Runtime.getRuntime().halt(exitCode);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Waits, and is from then on told by its result instead of by a thread interrupt.
     *
     * @param deadlineNanos on the clock of {@link System#nanoTime()}
     * @return whether it has been interrupted
     */
    boolean awaitUntil(long deadlineNanos) {
        steady = true;
        try {
            return requested.await(
                    Math.max(0, deadlineNanos - System.nanoTime()), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            return true;
        }
    }

    boolean happened() {
        return requested.getCount() == 0;
    }

    /** Sets what the process ends with if it is ending because of an interruption. */
    int exitCode(int code) {
        exitCode = code;
        return code;
    }

    @Override
    public void close() {
        done.countDown();
    }
}
