package io.salespulse.config;

/**
 * The job cannot start as it was told to. The message says what is wrong and what to do; there is
 * no stack trace, because the way into this exception says nothing more.
 */
public final class StartRefusedException extends RuntimeException {

    public StartRefusedException(String message) {
        this(message, null);
    }

    public StartRefusedException(String message, Throwable cause) {
        super(message, cause, false, false);
    }
}
