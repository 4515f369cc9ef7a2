package io.salespulse.endtoend;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A program of ours beside the test; {@link #close} kills it if it still runs. */
public final class RunningProgram implements AutoCloseable {

    private static final int TIMEOUT_MINUTES = 2;

    private final Process process;
    private final Path output;

    private RunningProgram(Process process, Path output) {
        this.process = process;
        this.output = output;
    }

    /** Starts {@code java -jar}. */
    public static RunningProgram start(Path jar, List<String> arguments) throws IOException {
        Path output = Files.createTempFile("salespulse-it", ".out");
        ProcessBuilder builder =
                ProgramResult.prepare(jar, arguments)
                        .redirectErrorStream(true)
                        .redirectOutput(output.toFile());
        Process process = builder.start();
        process.getOutputStream().close();
        return new RunningProgram(process, output);
    }

    public boolean isRunning() {
        return process.isAlive();
    }

    /** SIGTERM, as from {@code kill} or {@code docker stop}; waits for the end. */
    public ProgramResult terminate() throws IOException, InterruptedException {
        process.destroy();
        return awaitEnd();
    }

    /** Waits until the program ends by itself. */
    public ProgramResult awaitEnd() throws IOException, InterruptedException {
        if (!process.waitFor(TIMEOUT_MINUTES, TimeUnit.MINUTES)) {
            throw new IllegalStateException("did not end: " + Files.readString(output));
        }
        return new ProgramResult(process.exitValue(), Files.readString(output));
    }

    @Override
    public void close() throws IOException {
        process.destroyForcibly().onExit().join();
        Files.delete(output);
    }
}
