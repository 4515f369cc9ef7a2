package io.salespulse.local.terminal;

import java.io.PrintStream;
import java.util.Objects;

/**
 * Lines for the person in front of the terminal. A status is overwritten by the next one on a
 * terminal, and is a line of its own elsewhere. Thread-safe.
 */
public final class Console {

    private static final String ERASE_LINE = "\r\033[K";

    private final PrintStream out;
    private final boolean terminal;
    private boolean statusShown;

    /**
     * Lines to a stream.
     *
     * @param terminal whether a status can be overwritten there
     */
    public Console(PrintStream out, boolean terminal) {
        this.out = Objects.requireNonNull(out);
        this.terminal = terminal;
    }

    /** The standard output. */
    public static Console ofSystem() {
        return new Console(System.out, System.console() != null);
    }

    /** Prints a line that stays. */
    public synchronized void say(String line) {
        clearStatus();
        out.println(line);
        out.flush();
    }

    /** Shows the newest status. */
    public synchronized void status(String line) {
        clearStatus();
        if (terminal) {
            out.print(line);
            statusShown = true;
        } else {
            out.println(line);
        }
        out.flush();
    }

    /** Leaves the cursor at the beginning of an empty line, for output of others. */
    public synchronized void clearStatus() {
        if (statusShown) {
            out.print(ERASE_LINE);
            out.flush();
            statusShown = false;
        }
    }
}
