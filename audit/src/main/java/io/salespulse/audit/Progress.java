package io.salespulse.audit;

import java.io.PrintStream;
import java.time.Duration;

/** A line on a terminal that shows how far the reading is; silent where there is no terminal. */
final class Progress {
    private static final long INTERVAL = Duration.ofMillis(200).toNanos();
    private static final String CLEAR_LINE = "\r\u001b[K";

    private final PrintStream terminal;
    private String topic;
    private long total;
    private long done;
    private long startedAt;
    private long shownAt;
    private boolean visible;

    /**
     * @param terminal null for none
     */
    Progress(PrintStream terminal) {
        this.terminal = terminal;
    }

    void start(String newTopic, long newTotal) {
        topic = newTopic;
        total = newTotal;
        done = 0;
        startedAt = System.nanoTime();
        shownAt = startedAt;
    }

    void advance(long more) {
        done += more;
        long now = System.nanoTime();
        if (terminal != null && now - shownAt > INTERVAL) {
            shownAt = now;
            visible = true;
            long percent = Math.min(100, done * 100 / Math.max(1, total));
            double perSecond = done * 1e9 / (now - startedAt);
            String line = "reading %s: %d %% of %s offsets, %s/s";
            terminal.print(
                    CLEAR_LINE
                            + line.formatted(
                                    topic,
                                    percent,
                                    Text.number(total),
                                    Text.number((long) perSecond)));
            terminal.flush();
        }
    }

    void finish() {
        if (visible) {
            terminal.print(CLEAR_LINE);
            terminal.flush();
            visible = false;
        }
    }
}
