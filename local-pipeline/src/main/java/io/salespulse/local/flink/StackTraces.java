package io.salespulse.local.flink;

import java.util.List;
import java.util.Optional;

/** Java stack traces as text. */
final class StackTraces {

    private static final String CAUSED_BY = "Caused by: ";

    private StackTraces() {}

    /**
     * Message of the innermost cause, in one line, without its class name where there is a message.
     * A cause of our own goes before others, as it says what to do.
     */
    static String rootCause(String trace) {
        List<String> lines = trace.lines().filter(line -> !line.isBlank()).toList();
        String line =
                lines.stream()
                        .filter(StackTraces::isOurs)
                        .reduce((earlier, later) -> later)
                        .or(() -> innermost(lines))
                        .or(() -> lines.stream().filter(StackTraces::namesException).findFirst())
                        .or(() -> lines.stream().findFirst())
                        .orElse("no reason given");
        return line.replaceFirst("^" + CAUSED_BY, "")
                .replaceFirst("^[\\w.$]+(Exception|Error): ", "")
                .strip();
    }

    private static boolean isOurs(String line) {
        return line.matches("(" + CAUSED_BY + ")?io\\.salespulse\\.[\\w.$]+Exception: .*");
    }

    private static Optional<String> innermost(List<String> lines) {
        return lines.stream()
                .filter(line -> line.startsWith(CAUSED_BY))
                .reduce((earlier, later) -> later);
    }

    private static boolean namesException(String line) {
        return line.matches("[\\w.$]+(Exception|Error)(: .*)?");
    }
}
