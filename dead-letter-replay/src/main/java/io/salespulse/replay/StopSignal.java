package io.salespulse.replay;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Turns Ctrl-C and SIGTERM into a request to end after the transaction at hand. If that takes too
 * long, the process ends all the same: Kafka then aborts the transaction.
 */
final class StopSignal {
    static final int EXIT_CODE = 130;

    private static final Duration PATIENCE = Duration.ofSeconds(15);

    private final CompletableFuture<Integer> exitCode = new CompletableFuture<>();
    private final Thread hook = new Thread(this::stopAndAwait, "stop");
    private volatile boolean requested;

    static StopSignal install() {
        StopSignal signal = new StopSignal();
        Runtime.getRuntime().addShutdownHook(signal.hook);
        return signal;
    }

    boolean isRequested() {
        return requested;
    }

    /** Must be called when the work has ended; a signal that came is answered with this code. */
    void complete(int code) {
        exitCode.complete(code);
    }

    private void stopAndAwait() {
        if (exitCode.isDone()) {
            return;
        }
        requested = true;
        int code =
                exitCode.completeOnTimeout(EXIT_CODE, PATIENCE.toSeconds(), TimeUnit.SECONDS)
                        .join();
        System.out.flush();
        System.err.flush();
        Runtime.getRuntime().halt(code);
    }
}
