package io.salespulse.datagen;

/** What went wrong, in one line. */
final class Failures {

    private Failures() {}

    /** The message of the innermost cause: Kafka wraps what matters. */
    static String rootMessage(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        String message =
                root.getMessage() == null ? root.getClass().getSimpleName() : root.getMessage();
        return message.lines().findFirst().orElse(message);
    }
}
