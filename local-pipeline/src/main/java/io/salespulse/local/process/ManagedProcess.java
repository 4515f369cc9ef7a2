package io.salespulse.local.process;

import io.salespulse.local.machine.Executables;
import io.salespulse.local.terminal.LocalPipelineException;
import java.io.File;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;

/**
 * A child process with a log file that neither hears the terminal's Ctrl-C nor outlives this JVM.
 *
 * <p>It runs in a session of its own, so that Ctrl-C reaches only its parent, which can then stop
 * its children in the right order. A watchdog process kills it when this JVM is gone, however it
 * went. Should both be killed, the pid file lets the next start find and kill what is left.
 *
 * <p>Thread-safe.
 */
public final class ManagedProcess implements AutoCloseable {

    private static final Duration KILL_TIMEOUT = Duration.ofSeconds(20);
    private static final int TAIL_BYTES = 16 * 1024;

    private final String name;
    private final Process process;
    private final Process watchdog;
    private final Path output;
    private final Path log;
    private final Path pidFile;
    private final String stopSignal;
    private final Duration stopGrace;
    private final CompletableFuture<Integer> exit;

    private ManagedProcess(Builder builder) {
        name = builder.name;
        output = builder.output;
        log = builder.log;
        pidFile = builder.pidFile;
        stopSignal = builder.stopSignal;
        stopGrace = builder.stopGrace;
        try {
            Files.createDirectories(builder.output.getParent());
            PidFile.stopLeftover(pidFile);
            process = spawn(builder);
            watchdog = Watchdog.over(process.pid(), builder.orphanSignal);
            PidFile.write(pidFile, process.pid(), builder.marker);
        } catch (IOException e) {
            throw new LocalPipelineException(
                    "Could not start %s: %s".formatted(name, e.getMessage()), e);
        }
        exit = process.onExit().thenApply(this::cleanUp);
    }

    private static Process spawn(Builder builder) throws IOException {
        List<String> command = new ArrayList<>(OwnSession.PREFIX);
        command.addAll(builder.command);
        ProcessBuilder child =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.appendTo(builder.output.toFile()));
        child.environment().putAll(builder.environment);
        Process process = child.start();
        process.getOutputStream().close();
        return process;
    }

    private int cleanUp(Process ended) {
        Watchdog.dismiss(watchdog);
        PidFile.delete(pidFile, ended.pid());
        return ended.exitValue();
    }

    /**
     * Prepares a process.
     *
     * @param name what error messages call it
     * @param marker a text that occurs in the command and in no other process's: by it a leftover
     *     is recognised
     */
    public static Builder builder(String name, String marker, List<String> command) {
        return new Builder(name, marker, command);
    }

    String name() {
        return name;
    }

    long pid() {
        return process.pid();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /**
     * Completes with the exit code when the process has ended; 128 + signal number if a signal
     * ended it.
     */
    public CompletableFuture<Integer> onExit() {
        return exit.copy();
    }

    /**
     * Waits until the probe holds.
     *
     * @throws LocalPipelineException if the process ends before that or the time is up; with the
     *     last lines of its log
     */
    public void awaitReady(Duration timeout, BooleanSupplier probe) {
        boolean ready = Await.until(timeout, () -> !isAlive() || probe.getAsBoolean());
        if (!isAlive()) {
            throw new LocalPipelineException(
                    "%s ended while starting (exit code %d). The last lines of %s:%n%s"
                            .formatted(name, process.exitValue(), lastWritten(), lastLines(15)));
        }
        if (!ready) {
            throw new LocalPipelineException(
                    "%s did not become ready within %d s. The last lines of %s:%n%s"
                            .formatted(name, timeout.toSeconds(), lastWritten(), lastLines(15)));
        }
    }

    /** Stops the process and its descendants from being scheduled (SIGSTOP). */
    void freeze() {
        signal("STOP", process.toHandle());
        process.descendants().forEach(descendant -> signal("STOP", descendant));
    }

    /** Undoes {@link #freeze()} (SIGCONT). */
    void thaw() {
        process.descendants().forEach(descendant -> signal("CONT", descendant));
        signal("CONT", process.toHandle());
    }

    /** Kills the process and its descendants (SIGKILL); returns when it is gone. */
    void kill() {
        List<ProcessHandle> descendants = process.descendants().toList();
        process.destroyForcibly();
        descendants.forEach(ProcessHandle::destroyForcibly);
        awaitExit(KILL_TIMEOUT);
    }

    /**
     * Asks the process to end, kills it if it has not within its grace; returns when it is gone.
     */
    void stop() {
        if (isAlive()) {
            signal(stopSignal, process.toHandle());
            thaw();
            if (!awaitExit(stopGrace)) {
                kill();
            }
        }
    }

    @Override
    public void close() {
        stop();
    }

    /** The end of the log, or of the output if that was written later, for error messages. */
    public String lastLines(int count) {
        List<String> lines = tail(lastWritten());
        return String.join(
                System.lineSeparator(),
                lines.subList(Math.max(0, lines.size() - count), lines.size()));
    }

    private Path lastWritten() {
        return lastModified(log) >= lastModified(output) ? log : output;
    }

    private static long lastModified(Path file) {
        File plain = file.toFile();
        return plain.length() == 0 ? 0 : plain.lastModified();
    }

    private static List<String> tail(Path path) {
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "r")) {
            byte[] tail = new byte[(int) Math.min(file.length(), TAIL_BYTES)];
            file.seek(file.length() - tail.length);
            file.readFully(tail);
            return new String(tail, StandardCharsets.UTF_8).lines().toList();
        } catch (FileNotFoundException e) {
            return List.of();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private boolean awaitExit(Duration timeout) {
        try {
            exit.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            // A process that is being ended is waited for even when the caller is in a hurry.
            Thread.interrupted();
            boolean ended = awaitExit(timeout);
            Thread.currentThread().interrupt();
            return ended;
        }
    }

    static void signal(String signal, ProcessHandle target) {
        // The shell's own kill: a minimal system has no /bin/kill. A target that has just ended is
        // no error.
        Executables.outputOf(
                "sh", "-c", "kill -s \"$1\" \"$2\"", "sh", signal, Long.toString(target.pid()));
    }

    /** How a process is to run. */
    public static final class Builder {

        private final String name;
        private final String marker;
        private final List<String> command;
        private Map<String, String> environment = Map.of();
        private Path output;
        private Path log;
        private Path pidFile;
        private String stopSignal = "TERM";
        private String orphanSignal = "KILL";
        private Duration stopGrace = Duration.ofSeconds(15);

        private Builder(String name, String marker, List<String> command) {
            this.name = Objects.requireNonNull(name, "name");
            this.marker = Objects.requireNonNull(marker, "marker");
            this.command = List.copyOf(command);
            if (command.stream().noneMatch(argument -> argument.contains(marker))) {
                throw new IllegalArgumentException("no argument contains the marker " + marker);
            }
        }

        /** Variables added to this JVM's environment. */
        public Builder environment(Map<String, String> variables) {
            environment = Map.copyOf(variables);
            return this;
        }

        /** File that standard output and error are appended to; needed. */
        public Builder output(Path file) {
            output = file;
            return this;
        }

        /** File whose last lines explain a failure; by default the output. */
        public Builder log(Path file) {
            log = file;
            return this;
        }

        /**
         * File that holds the process id while the process lives; by default {@code <output>.pid}.
         */
        public Builder pidFile(Path file) {
            pidFile = file;
            return this;
        }

        /** Signal name that asks for a clean end; by default TERM. */
        public Builder stopSignal(String signal) {
            stopSignal = signal;
            return this;
        }

        /** Signal name that ends the process when this JVM is gone; by default KILL. */
        public Builder orphanSignal(String signal) {
            orphanSignal = signal;
            return this;
        }

        /** How long a clean end may take before the process is killed; by default 15 s. */
        Builder stopGrace(Duration grace) {
            stopGrace = grace;
            return this;
        }

        /**
         * Starts the process; first kills a leftover named by the pid file.
         *
         * @throws LocalPipelineException if the program cannot be run
         */
        public ManagedProcess start() {
            Objects.requireNonNull(output, "output");
            log = log == null ? output : log;
            pidFile =
                    pidFile == null
                            ? output.resolveSibling(output.getFileName() + ".pid")
                            : pidFile;
            return new ManagedProcess(this);
        }
    }

    /** The command prefix that keeps the terminal's Ctrl-C and hang-up from a child. */
    private static final class OwnSession {

        static final List<String> PREFIX = prefix();

        private static List<String> prefix() {
            if (Executables.find("setsid").isPresent()) {
                return List.of("setsid");
            }
            if (Executables.find("perl").isPresent()) {
                // macOS has no setsid program.
                return List.of("perl", "-MPOSIX", "-e", "POSIX::setsid(); exec @ARGV or die $!");
            }
            return List.of("sh", "-c", "trap '' INT HUP; exec \"$@\"", "sh");
        }
    }

    /**
     * A shell that waits on a pipe from this JVM; the pipe's end without a word means that the JVM
     * is gone.
     */
    private static final class Watchdog {

        private static final String SCRIPT =
                """
                trap '' INT HUP TERM
                read -r dismissed || {
                  kill -s "$2" "$1"
                  kill -s CONT "$1"
                  [ "$2" = KILL ] || { sleep 5; kill -s KILL "$1"; }
                }
                """;

        static Process over(long pid, String signal) throws IOException {
            List<String> command = new ArrayList<>(OwnSession.PREFIX);
            command.addAll(
                    List.of("sh", "-c", SCRIPT, "salespulse-watchdog", Long.toString(pid), signal));
            return new ProcessBuilder(command)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
        }

        static void dismiss(Process watchdog) {
            try (OutputStream pipe = watchdog.getOutputStream()) {
                pipe.write('\n');
            } catch (IOException e) {
                // Only a watchdog that is gone already cannot be told; it has nobody left to watch.
                watchdog.destroyForcibly();
            }
        }
    }
}
