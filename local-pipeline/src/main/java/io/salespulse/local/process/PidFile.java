package io.salespulse.local.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A file with a process id and, in a second line, a text of that process's command line. The text
 * tells our process from a stranger that was given the same id later.
 */
public final class PidFile {

    /** End of every such file's name. */
    public static final String SUFFIX = ".pid";

    private PidFile() {}

    /**
     * Writes the file, over an older one.
     *
     * @param marker a text that occurs in the process's command line
     */
    public static void write(Path file, long pid, String marker) throws IOException {
        Files.writeString(file, pid + "\n" + marker + "\n");
    }

    /** Deletes the file if it still names that process. */
    static void delete(Path file, long pid) {
        try {
            if (Files.exists(file)
                    && Files.readString(file).lines().findFirst().equals(Optional.of("" + pid))) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The live process that the file names, if it is still the one that wrote it. */
    public static Optional<ProcessHandle> leftover(Path file) {
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try {
            List<String> lines = Files.readAllLines(file);
            if (lines.size() < 2 || !lines.get(0).matches("\\d{1,18}")) {
                return Optional.empty();
            }
            return ProcessHandle.of(Long.parseLong(lines.get(0)))
                    .filter(process -> commandLine(process).contains(lines.get(1)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Kills the process that an earlier JVM left behind, if any, and deletes the file.
     *
     * @return the killed process's id
     */
    public static Optional<Long> stopLeftover(Path file) throws IOException {
        Optional<ProcessHandle> leftover = leftover(file);
        leftover.ifPresent(PidFile::killTree);
        Files.deleteIfExists(file);
        return leftover.map(ProcessHandle::pid);
    }

    private static void killTree(ProcessHandle process) {
        List<ProcessHandle> tree =
                Stream.concat(Stream.of(process), process.descendants()).toList();
        CompletableFuture<?>[] exits =
                tree.stream().map(ProcessHandle::onExit).toArray(CompletableFuture[]::new);
        tree.forEach(ProcessHandle::destroyForcibly);
        CompletableFuture.allOf(exits).orTimeout(10, TimeUnit.SECONDS).join();
    }

    /**
     * Command line of a process; empty for one that has ended but was not collected by its parent.
     */
    public static String commandLine(ProcessHandle process) {
        return process.info().commandLine().orElse("");
    }
}
