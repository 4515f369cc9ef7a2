package io.salespulse.bench;

/** A measurement whose rows are not what they must be, so that its times mean nothing. */
final class VoidRunException extends RuntimeException {

    VoidRunException(String message) {
        super(message);
    }
}
