package io.salespulse.local.pipeline;

import io.salespulse.local.machine.Folders;
import io.salespulse.local.machine.ProjectLayout;
import io.salespulse.local.process.PidFile;
import io.salespulse.local.terminal.LocalPipelineException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The folder with everything that a pipeline keeps between runs, locked for one pipeline at a time.
 */
public final class DataFolder implements AutoCloseable {

    private static final String MARKER = ".salespulse-data";
    private static final String LOCK = "lock";
    private static final String OWNER = "owner" + PidFile.SUFFIX;

    /** Written by the script before this program runs. */
    private static final String BUILD_LOG = "build.log";

    private final Path path;
    private final FileChannel channel;

    private DataFolder(Path path, FileChannel channel) {
        this.path = path;
        this.channel = channel;
    }

    /**
     * Creates the folder if it is missing and locks it until {@link #close()} or the end of this
     * JVM.
     *
     * @throws LocalPipelineException if it cannot be written, holds something else, or is in use
     */
    public static DataFolder open(Path folder) {
        Path path = folder.toAbsolutePath().normalize();
        try {
            Files.createDirectories(path);
            requireOurs(path);
            Files.writeString(
                    path.resolve(MARKER), "Data of ./run; ./run --clean deletes this folder.\n");
            return new DataFolder(path, lock(path));
        } catch (IOException e) {
            throw new LocalPipelineException(
                    "Cannot write to the data folder %s (%s). Make it writable or choose another one with --data-dir."
                            .formatted(path, reason(e)),
                    e);
        }
    }

    private static void requireOurs(Path path) throws IOException {
        if (Files.exists(path.resolve(MARKER))) {
            return;
        }
        try (Stream<Path> children = Files.list(path)) {
            if (children.map(child -> child.getFileName().toString())
                    .anyMatch(name -> !Set.of(BUILD_LOG, ProjectLayout.DOWNLOADS).contains(name))) {
                throw new LocalPipelineException(
                        "%s is not empty and was not made by ./run. Choose another folder with --data-dir."
                                .formatted(path));
            }
        }
    }

    private static FileChannel lock(Path path) throws IOException {
        FileChannel channel =
                FileChannel.open(
                        path.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        if (!isLocked(channel)) {
            channel.close();
            throw new LocalPipelineException(
                    "A pipeline is running on %s already%s. Stop it with Ctrl-C, or start another one with --data-dir and other ports."
                            .formatted(path, owner(path)));
        }
        PidFile.write(
                path.resolve(OWNER),
                ProcessHandle.current().pid(),
                ProcessHandle.current().info().command().orElse("java"));
        return channel;
    }

    private static boolean isLocked(FileChannel channel) throws IOException {
        try {
            FileLock lock = channel.tryLock();
            return lock != null;
        } catch (OverlappingFileLockException e) {
            return false;
        }
    }

    private static String owner(Path path) {
        return PidFile.leftover(path.resolve(OWNER))
                .map(process -> " (process " + process.pid() + ")")
                .orElse("");
    }

    private static String reason(IOException e) {
        return e.getClass().getSimpleName().replace("Exception", "")
                + (e.getMessage() == null ? "" : ": " + e.getMessage());
    }

    /** Absolute. */
    public Path path() {
        return path;
    }

    /**
     * Ends processes that a launcher left behind which was killed.
     *
     * @return the names of those that were still alive, with their ids
     */
    public List<String> stopLeftovers() {
        try (Stream<Path> files = Files.walk(path, 2)) {
            return files.filter(file -> file.toString().endsWith(PidFile.SUFFIX))
                    .filter(file -> !file.getFileName().toString().equals(OWNER))
                    .flatMap(DataFolder::stopLeftover)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Stream<String> stopLeftover(Path pidFile) {
        try {
            String name = pidFile.getFileName().toString().replace(PidFile.SUFFIX, "");
            return PidFile.stopLeftover(pidFile).stream()
                    .map(pid -> name + " (process " + pid + ")");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Deletes what earlier runs left. */
    public void clean() {
        try (Stream<Path> children = Files.list(path)) {
            for (Path child : children.toList()) {
                if (!Set.of(MARKER, LOCK, OWNER, BUILD_LOG, ProjectLayout.DOWNLOADS)
                        .contains(child.getFileName().toString())) {
                    Folders.delete(child);
                }
            }
        } catch (IOException e) {
            throw new LocalPipelineException("Cannot delete the data in " + path + ": " + e, e);
        }
    }

    @Override
    public void close() {
        try {
            Files.deleteIfExists(path.resolve(OWNER));
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
