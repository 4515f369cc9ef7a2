package io.salespulse.faults;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Path;

/** Counts the classes of another JVM with the JDK's own tools. */
final class LoadedClasses {

    private LoadedClasses() {}

    /** How many classes a process has loaded and not unloaded, after a garbage collection. */
    static long of(long pid) throws IOException, InterruptedException {
        run("jcmd", Long.toString(pid), "GC.run");
        String[] lines = run("jstat", "-class", Long.toString(pid)).strip().split("\n");
        String[] columns = lines[lines.length - 1].strip().split("\\s+");
        return Long.parseLong(columns[0]) - Long.parseLong(columns[2]);
    }

    private static String run(String tool, String... arguments)
            throws IOException, InterruptedException {
        String[] command = new String[arguments.length + 1];
        command[0] = Path.of(System.getProperty("java.home"), "bin", tool).toString();
        System.arraycopy(arguments, 0, command, 1, arguments.length);
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        if (process.waitFor() != 0) {
            throw new IllegalStateException(output);
        }
        return output;
    }
}
