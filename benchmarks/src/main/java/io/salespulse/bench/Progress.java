package io.salespulse.bench;

import io.salespulse.local.terminal.Console;
import java.time.Duration;

/** A bar for the steps of a benchmark. Thread-safe as its console is. */
final class Progress {

    private static final int WIDTH = 24;
    private static final long SHOW_EVERY_NANOS = 1_000_000_000;

    private final Console console;
    private final int steps;
    private final long startNanos = System.nanoTime();
    private int done = -1;
    private String step = "";
    private long nextNanos = startNanos;

    Progress(Console console, int steps) {
        this.console = console;
        this.steps = steps;
    }

    /** The step before is done, and this one begins. */
    void begin(String name) {
        done++;
        step = name;
        show("");
    }

    /** Something beside the steps. */
    void detail(String what) {
        show(" · then " + what);
    }

    /** How much of the present step is done. */
    void within(long events, long of) {
        if (System.nanoTime() - nextNanos >= 0) {
            show(" · %,d of %,d".formatted(Math.min(events, of), of));
        }
    }

    private void show(String detail) {
        nextNanos = System.nanoTime() + SHOW_EVERY_NANOS;
        int begun = Math.max(0, Math.min(done, steps));
        int filled = steps == 0 ? WIDTH : WIDTH * begun / steps;
        Duration elapsed = Duration.ofNanos(System.nanoTime() - startNanos);
        console.status(
                "[%s%s] %d/%d  %d:%02d  %s%s"
                        .formatted(
                                "#".repeat(filled),
                                "-".repeat(WIDTH - filled),
                                Math.min(done + 1, steps),
                                steps,
                                elapsed.toMinutes(),
                                elapsed.toSecondsPart(),
                                step,
                                detail));
    }

    void end() {
        console.clearStatus();
    }
}
