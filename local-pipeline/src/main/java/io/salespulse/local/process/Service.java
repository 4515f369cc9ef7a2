package io.salespulse.local.process;

import io.salespulse.local.terminal.LocalPipelineException;

/**
 * A part of the pipeline that runs as a process of its own and keeps its data between runs. Methods
 * return when what they say holds. {@link #kill()}, {@link #freeze()} and {@link #thaw()} may be
 * called from any thread.
 */
public interface Service extends AutoCloseable {

    /** What messages call it, for example {@code Kafka}. */
    String name();

    /**
     * Starts the process on its data and ports, which are the same at every start, and waits until
     * it serves requests.
     *
     * @throws IllegalStateException if it is running
     * @throws LocalPipelineException if it does not become ready
     */
    void start();

    /** Whether the process exists; also true for a frozen one. */
    boolean isAlive();

    /**
     * Id of the current process.
     *
     * @throws IllegalStateException if it was never started
     */
    long pid();

    /** Waits until the current process has ended, for whatever reason; its exit code. */
    int awaitExit() throws InterruptedException;

    /**
     * Ends the process cleanly, or kills it if that takes too long. Does nothing if it is not
     * running.
     */
    void stop();

    /** SIGKILL. Does nothing if it is not running. */
    void kill();

    /** SIGSTOP: the process keeps its connections but does nothing until {@link #thaw()}. */
    void freeze();

    /** SIGCONT. */
    void thaw();

    /** {@link #stop()}, then {@link #start()}. */
    default void restart() {
        stop();
        start();
    }

    /** {@link #stop()}. */
    @Override
    default void close() {
        stop();
    }
}
