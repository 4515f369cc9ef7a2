package io.salespulse.replay;

import java.io.PrintStream;
import java.time.Duration;

/** A bar on a terminal that shows how far the work is; silent where there is no terminal. */
final class Progress {
    private static final long INTERVAL = Duration.ofMillis(200).toNanos();
    private static final int WIDTH = 30;
    private static final String CLEAR_LINE = "\r\u001b[K";

    private final PrintStream terminal;
    private long shownAt = System.nanoTime();
    private boolean visible;

    /**
     * @param terminal null for none
     */
    Progress(PrintStream terminal) {
        this.terminal = terminal;
    }

    /**
     * @param done of total, in offsets
     * @param what beside the bar
     */
    void show(long done, long total, String what) {
        long now = System.nanoTime();
        if (terminal == null || now - shownAt < INTERVAL) {
            return;
        }
        shownAt = now;
        visible = true;
        terminal.print(CLEAR_LINE + line(done, total, what));
        terminal.flush();
    }

    static String line(long done, long total, String what) {
        double share = total == 0 ? 1 : Math.min(1, (double) done / total);
        int filled = (int) (share * WIDTH);
        return "[%s%s] %3d %%  %s"
                .formatted(
                        "#".repeat(filled), " ".repeat(WIDTH - filled), (int) (share * 100), what);
    }

    void finish() {
        if (visible) {
            terminal.print(CLEAR_LINE);
            terminal.flush();
            visible = false;
        }
    }
}
