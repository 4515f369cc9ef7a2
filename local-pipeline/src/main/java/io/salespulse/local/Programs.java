package io.salespulse.local;

import io.salespulse.local.machine.ProjectLayout;
import io.salespulse.local.process.JavaCommand;
import io.salespulse.local.terminal.LocalPipelineException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CancellationException;

/**
 * The other programs, run in the foreground: they share this one's terminal and hear its Ctrl-C
 * themselves.
 */
final class Programs {

    private Programs() {}

    /**
     * Runs a jar until it ends.
     *
     * @return its exit code
     * @throws CancellationException if the thread is interrupted; the program has ended then too
     */
    static int run(Path jar, List<String> arguments) {
        Process process = start(jarCommand(jar, arguments));
        try {
            return process.waitFor();
        } catch (InterruptedException e) {
            end(process);
            Thread.currentThread().interrupt();
            throw new CancellationException("interrupted");
        }
    }

    /** Runs a jar and ends this JVM with its exit code, also when both are interrupted. */
    static int become(Path jar, List<String> arguments) {
        return become(jarCommand(jar, arguments));
    }

    /** The same with a command that is not a jar. */
    static int become(ProcessBuilder command) {
        Process process = start(command);
        Thread hook =
                new Thread(
                        () -> {
                            end(process);
                            Runtime.getRuntime().halt(process.exitValue());
                        });
        Runtime.getRuntime().addShutdownHook(hook);
        try {
            return process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Interruption.EXIT_CODE;
        }
    }

    /** Not all programs look at it. */
    private static String rootProperty() {
        return "-D%s=%s"
                .formatted(ProjectLayout.ROOT_PROPERTY, ProjectLayout.fromSystemProperty().root());
    }

    private static ProcessBuilder jarCommand(Path jar, List<String> arguments) {
        ProcessBuilder builder =
                new ProcessBuilder(
                        JavaCommand.jar(
                                jar.toString(),
                                List.of("-XX:+UseSerialGC", rootProperty()),
                                jar,
                                arguments));
        // The local database's passwords are its roles' names; a variable meant for another one
        // must not win.
        builder.environment().remove("SALESPULSE_JDBC_PASSWORD");
        return builder;
    }

    private static Process start(ProcessBuilder command) {
        try {
            return command.inheritIO().start();
        } catch (IOException e) {
            throw new LocalPipelineException(
                    "Could not run " + command.command().get(0) + ": " + e.getMessage(), e);
        }
    }

    private static void end(Process process) {
        process.destroy();
        boolean interrupted = false;
        while (process.isAlive()) {
            try {
                process.waitFor();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
