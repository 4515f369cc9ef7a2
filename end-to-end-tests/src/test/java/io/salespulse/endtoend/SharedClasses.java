package io.salespulse.endtoend;

import io.salespulse.local.machine.ProjectLayout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The JVM's archives of loaded classes (class-data sharing), one a program: the tests start each
 * program dozens of times, and without an archive most of its CPU time goes into reading and
 * verifying the same classes. One run of each program and build leaves the archive for all others,
 * those of tests that run at once included.
 */
final class SharedClasses {

    /** Nothing that the JVM says about archives may get into a program's output. */
    private static final String SILENCE = "-Xlog:disable";

    private static final Set<Path> RECORDED = new HashSet<>();

    private final Path archive;

    private SharedClasses(Path archive) {
        this.archive = archive;
    }

    /**
     * The archive of a program.
     *
     * @param program its jar, or the folder of its jars
     */
    static SharedClasses of(Path program) throws IOException {
        Path folder =
                ProjectLayout.fromSystemProperty()
                        .root()
                        .resolve("end-to-end-tests/target/shared-classes");
        Files.createDirectories(folder);
        return new SharedClasses(
                folder.resolve(
                        "%s-%d-%s.jsa"
                                .formatted(
                                        program.getFileName(),
                                        Files.getLastModifiedTime(program).toMillis(),
                                        Runtime.version())));
    }

    /** Makes a JVM use the archive, if there is one. */
    void useIn(ProcessBuilder java) {
        if (Files.exists(archive)) {
            java.command().addAll(1, List.of("-XX:SharedArchiveFile=" + archive, SILENCE));
        }
    }

    /**
     * Makes a JVM leave the archive behind when it ends, if nobody has or does yet; else use it.
     *
     * @return the file that it leaves, to be given to {@link #keep} after a run that did the
     *     program's work
     */
    Optional<Path> useOrRecordIn(ProcessBuilder java) throws IOException {
        if (Files.exists(archive) || !firstHere()) {
            useIn(java);
            return Optional.empty();
        }
        Path unfinished =
                archive.resolveSibling(archive.getFileName() + "." + ProcessHandle.current().pid());
        List<String> options = new ArrayList<>(List.of(SILENCE));
        options.add("-XX:ArchiveClassesAtExit=" + unfinished);
        java.command().addAll(1, options);
        return Optional.of(unfinished);
    }

    private boolean firstHere() {
        synchronized (RECORDED) {
            return RECORDED.add(archive);
        }
    }

    /** Gives what a JVM has left to all that are started from now on. */
    void keep(Path recorded) throws IOException {
        if (Files.exists(recorded)) {
            Files.move(recorded, archive, StandardCopyOption.ATOMIC_MOVE);
        }
    }

    /** The run did not do the program's work: another one is to leave the archive. */
    void discard(Path recorded) throws IOException {
        Files.deleteIfExists(recorded);
        synchronized (RECORDED) {
            RECORDED.remove(archive);
        }
    }
}
