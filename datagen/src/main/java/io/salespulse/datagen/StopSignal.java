package io.salespulse.datagen;

import java.util.concurrent.CompletableFuture;

/**
 * Turns Ctrl-C and SIGTERM into a request to the working thread, which then ends in its own way:
 * the process exits with the code of the work, not with the signal's.
 */
final class StopSignal {

    private final CompletableFuture<Integer> exitCode = new CompletableFuture<>();
    private final Thread worker;
    private final Thread hook = new Thread(this::stopAndAwait, "stop");
    private volatile boolean requested;

    private StopSignal(Thread worker) {
        this.worker = worker;
    }

    /**
     * Stops the calling thread when a signal comes: sets {@link #isRequested} and interrupts it
     * once.
     */
    static StopSignal install() {
        StopSignal signal = new StopSignal(Thread.currentThread());
        Runtime.getRuntime().addShutdownHook(signal.hook);
        return signal;
    }

    boolean isRequested() {
        return requested;
    }

    /** To be called without a signal, for the same effect; from another thread than the worker. */
    void request() {
        requested = true;
        worker.interrupt();
    }

    /**
     * Must be called when the work has ended in whatever way; a signal that came is answered with
     * this code.
     */
    void complete(int code) {
        exitCode.complete(code);
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The signal has come: the hook is running and ends the process with the code.
            Thread.interrupted();
        }
    }

    private void stopAndAwait() {
        request();
        int code = exitCode.join();
        System.out.flush();
        System.err.flush();
        Runtime.getRuntime().halt(code);
    }
}
