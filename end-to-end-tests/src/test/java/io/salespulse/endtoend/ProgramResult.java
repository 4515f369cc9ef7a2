package io.salespulse.endtoend;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
        ProcessBuilder builder = command(jar, arguments);
        builder.environment().putAll(environment);
        return of(builder, SharedClasses.of(jar));
    }

    /** Runs a Java program, with the classes that its runs share, to its end. */
    static ProgramResult of(ProcessBuilder program, SharedClasses classes)
            throws IOException, InterruptedException {
        Optional<Path> recorded = classes.useOrRecordIn(program);
        Process process = program.redirectErrorStream(true).start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        if (!process.waitFor(TIMEOUT_MINUTES, TimeUnit.MINUTES)) {
            process.destroyForcibly();
            throw new IllegalStateException(program.command() + " did not end: " + output);
        }
        if (recorded.isPresent() && process.exitValue() == 0 && hasDoneItsWork(program)) {
            classes.keep(recorded.get());
        } else if (recorded.isPresent()) {
            classes.discard(recorded.get());
        }
        return new ProgramResult(process.exitValue(), output);
    }

    /** Not only told how it is used. */
    private static boolean hasDoneItsWork(ProcessBuilder program) {
        return program.command().contains("--bootstrap-servers");
    }

    /** {@code java -jar} with the Java of this test. */
    private static ProcessBuilder command(Path jar, List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(SHORT_LIVED);
        command.add("-jar");
        command.add(jar.toString());
        command.addAll(arguments);
        return new ProcessBuilder(command);
    }

    /** The same with the classes that its runs share, to be started. */
    static ProcessBuilder prepare(Path jar, List<String> arguments) throws IOException {
        ProcessBuilder program = command(jar, arguments);
        SharedClasses.of(jar).useIn(program);
        return program;
    }
}
