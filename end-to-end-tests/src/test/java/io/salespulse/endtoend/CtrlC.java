package io.salespulse.endtoend;

import java.io.IOException;

/** Ctrl-C, for programs that a test has started. */
final class CtrlC {

    private static final int HEARD = 7;

    private CtrlC() {}

    /**
     * Sends SIGINT.
     *
     * @throws IllegalStateException if programs started here never hear it: they inherit that it is
     *     ignored, and a shell or a JVM that begins so cannot change it
     */
    static void press(Process program) throws IOException, InterruptedException {
        String trap = "trap 'exit %d' INT; kill -INT $$".formatted(HEARD);
        if (exitCode("sh", "-c", trap) != HEARD) {
            throw new IllegalStateException(
                    "SIGINT is ignored here, as in the background of a shell without job control; start the tests in the foreground");
        }
        exitCode("kill", "-INT", Long.toString(program.pid()));
    }

    private static int exitCode(String... command) throws IOException, InterruptedException {
        return new ProcessBuilder(command).start().waitFor();
    }
}
