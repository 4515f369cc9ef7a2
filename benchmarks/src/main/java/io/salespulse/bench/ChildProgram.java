package io.salespulse.bench;

import io.salespulse.local.terminal.LocalPipelineException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A Java program beside this one whose CPU time is watched. {@link #close} kills it. */
final class ChildProgram implements AutoCloseable {

    private static final int LOOK_EVERY_MILLIS = 10;

    private final Process process;
    private final Path log;
    private final long start = System.nanoTime();
    private final Thread killer;
    private double cpuSeconds;

    private ChildProgram(List<String> command, Path log) throws IOException {
        this.log = log;
        process =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile())
                        .start();
        process.getOutputStream().close();
        killer = new Thread(process::destroyForcibly, "kill child");
        Runtime.getRuntime().addShutdownHook(killer);
    }

    /** Starts {@code java -jar}. */
    static ChildProgram start(Path jar, List<String> arguments, Path log) throws IOException {
        return start(List.of(), List.of("-jar", jar.toString()), arguments, log);
    }

    /** Starts a main class of this program's class path. */
    static ChildProgram start(
            Class<?> main, List<String> jvmOptions, List<String> arguments, Path log)
            throws IOException {
        return start(
                jvmOptions,
                List.of("-cp", System.getProperty("java.class.path"), main.getName()),
                arguments,
                log);
    }

    private static ChildProgram start(
            List<String> jvmOptions, List<String> program, List<String> arguments, Path log)
            throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(jvmOptions);
        command.addAll(program);
        command.addAll(arguments);
        return new ChildProgram(command, log);
    }

    boolean isRunning() {
        return process.isAlive();
    }

    /** The last value that was seen; seconds of user and system time. */
    double cpuSeconds() {
        cpuSeconds = Math.max(cpuSeconds, ProcessCpu.seconds(process.pid()));
        return cpuSeconds;
    }

    /**
     * Waits for the program's end.
     *
     * @return what it took as a whole; its last 10 ms may be missing
     * @throws LocalPipelineException if it did not end with 0
     */
    Sample await(long events) throws InterruptedException, IOException {
        try (this) {
            while (!process.waitFor(LOOK_EVERY_MILLIS, TimeUnit.MILLISECONDS)) {
                cpuSeconds();
            }
            requireSuccess();
            return new Sample(events, cpuSeconds, (System.nanoTime() - start) / 1e9, Map.of());
        }
    }

    /**
     * Asks the program to end (SIGTERM) and waits for that.
     *
     * @throws LocalPipelineException if it has ended already: what was measured had no load
     */
    void stop() throws InterruptedException, IOException {
        try (this) {
            if (!process.isAlive()) {
                throw new LocalPipelineException(
                        "A program of the benchmark ended too early (exit code %d):%n%s"
                                .formatted(process.exitValue(), Files.readString(log)));
            }
            process.destroy();
            process.waitFor();
        }
    }

    private void requireSuccess() throws IOException {
        if (process.exitValue() != 0) {
            throw new LocalPipelineException(
                    "A program of the benchmark failed (exit code %d):%n%s"
                            .formatted(process.exitValue(), Files.readString(log)));
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
        try {
            Runtime.getRuntime().removeShutdownHook(killer);
        } catch (IllegalStateException e) {
            // This JVM is ending, and the hook does its work.
            return;
        }
    }
}
