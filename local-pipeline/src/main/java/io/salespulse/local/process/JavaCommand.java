package io.salespulse.local.process;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Command lines for Java programs, run by the same Java as this JVM. */
public final class JavaCommand {

    private JavaCommand() {}

    /**
     * Runs a main class.
     *
     * @param marker becomes the first argument, {@code -Dsalespulse.process=<marker>}: some systems
     *     show only the beginning of a command line
     * @param lib folder whose jars form the class path
     */
    public static List<String> mainClass(
            String marker,
            List<String> jvmOptions,
            Path lib,
            String mainClass,
            List<String> arguments) {
        return command(marker, jvmOptions, List.of("-cp", lib + "/*", mainClass), arguments);
    }

    /** Runs a jar's main class; parameters as above. */
    public static List<String> jar(
            String marker, List<String> jvmOptions, Path jar, List<String> arguments) {
        return command(marker, jvmOptions, List.of("-jar", jar.toString()), arguments);
    }

    private static List<String> command(
            String marker, List<String> jvmOptions, List<String> program, List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-Dsalespulse.process=" + marker);
        command.addAll(jvmOptions);
        command.addAll(program);
        command.addAll(arguments);
        return command;
    }
}
