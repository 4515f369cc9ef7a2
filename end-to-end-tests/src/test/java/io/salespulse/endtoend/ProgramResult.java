package io.salespulse.endtoend;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * What a program of ours said and how it ended.
 *
 * @param output standard output and error in one
 */
public record ProgramResult(int exitCode, String output) {

    /** For programs that live for seconds: the second compiler would only cost. */
    private static final List<String> SHORT_LIVED =
            List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");

    private static final int TIMEOUT_MINUTES = 5;

    /** Runs {@code java -jar} to its end. */
    public static ProgramResult of(
            Path jar, List<String> arguments, Map<String, String> environment)
            throws IOException, InterruptedException {
        ProcessBuilder builder = command(jar, arguments).redirectErrorStream(true);
        builder.environment().putAll(environment);
        Process process = builder.start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        if (!process.waitFor(TIMEOUT_MINUTES, TimeUnit.MINUTES)) {
            process.destroyForcibly();
            throw new IllegalStateException(jar + " did not end: " + output);
        }
        return new ProgramResult(process.exitValue(), output);
    }

    /** {@code java -jar} with the Java of this test. */
    public static ProcessBuilder command(Path jar, List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(SHORT_LIVED);
        command.add("-jar");
        command.add(jar.toString());
        command.addAll(arguments);
        return new ProcessBuilder(command);
    }
}
