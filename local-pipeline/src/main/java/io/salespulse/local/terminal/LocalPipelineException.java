package io.salespulse.local.terminal;

/**
 * A condition that the person in front of the terminal can understand and change. The message is
 * one or a few complete lines that say what is wrong and how to put it right; no stack trace is
 * needed to read it.
 */
public final class LocalPipelineException extends RuntimeException {

    public LocalPipelineException(String message) {
        super(message);
    }

    public LocalPipelineException(String message, Throwable cause) {
        super(message, cause);
    }
}
