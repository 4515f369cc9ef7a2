package io.salespulse.replay;

/**
 * The program cannot do its work, or not go on with it. The message is one line that says what is
 * wrong and how to put it right.
 */
final class CannotRunException extends Exception {
    CannotRunException(String message) {
        super(message);
    }

    CannotRunException(String message, Throwable cause) {
        super(message, cause);
    }
}
