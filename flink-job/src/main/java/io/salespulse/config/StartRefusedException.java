package io.salespulse.config;

import org.apache.flink.client.program.ProgramParametrizationException;

/**
 * The job cannot start as it was told to. The message says what is wrong and what to do.
 *
 * <p>There is neither a stack trace, which would say nothing more, nor a cause: the message holds
 * what is to be known of it, and Flink's web UI shows people the innermost one. Of its superclass
 * {@code flink run} shows the message alone.
 */
public final class StartRefusedException extends ProgramParametrizationException {

    public StartRefusedException(String message) {
        super(message);
    }

    @Override
    public synchronized Throwable fillInStackTrace() {
        return this;
    }
}
