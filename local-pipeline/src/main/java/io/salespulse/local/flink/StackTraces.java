package io.salespulse.local.flink;

import java.util.List;

/** Java stack traces as text. */
final class StackTraces {

    private static final String CAUSED_BY = "Caused by: ";

    private StackTraces() {}

    /**
     * Message of the innermost cause, in one line, without its class name where there is a message.
     */
    static String rootCause(String trace) {
        List<String> lines = trace.lines().filter(line -> !line.isBlank()).toList();
        String line =
                lines.stream()
                        .filter(candidate -> candidate.startsWith(CAUSED_BY))
                        .reduce((earlier, later) -> later)
                        .or(() -> lines.stream().filter(StackTraces::namesException).findFirst())
                        .or(() -> lines.stream().findFirst())
                        .orElse("no reason given");
        return line.replaceFirst("^" + CAUSED_BY, "")
                .replaceFirst("^[\\w.$]+(Exception|Error): ", "")
                .strip();
    }

    private static boolean namesException(String line) {
        return line.matches("[\\w.$]+(Exception|Error)(: .*)?");
    }
}
