package io.salespulse.local.flink;

/** The JobManager did not answer, or refused; the message is one line. */
public final class FlinkRestException extends RuntimeException {

    FlinkRestException(String message) {
        super(message);
    }

    FlinkRestException(String message, Throwable cause) {
        super(message, cause);
    }
}
