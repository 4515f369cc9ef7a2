package io.salespulse.datagen;

/** Something that the user can put right; the message is one line that says what and how. */
final class UserException extends RuntimeException {

    UserException(String message) {
        super(message);
    }

    UserException(String message, Throwable cause) {
        super(message, cause);
    }
}
