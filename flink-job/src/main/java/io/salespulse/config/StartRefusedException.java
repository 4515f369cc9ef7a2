package io.salespulse.config;

/**
 * The job cannot start as it was told to. The message says what is wrong and what to do.
 *
 * <p>There is neither a stack trace, which would say nothing more, nor a cause: the message holds
 * what is to be known of it, and Flink's clients show people the innermost one.
 */
public final class StartRefusedException extends RuntimeException {

    public StartRefusedException(String message) {
        super(message, null, false, false);
    }
}
