package io.salespulse.local.postgres;

import io.salespulse.local.machine.Executables;
import io.salespulse.local.terminal.LocalPipelineException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * How a program that refuses to run as root, as PostgreSQL does, is run nevertheless: unchanged for
 * an ordinary user; for root in a user namespace of its own, where it is nobody and yet owns root's
 * files; where namespaces are forbidden (most containers), really as nobody, who then is given the
 * data folder.
 */
enum Unprivileged {
    UNCHANGED(List.of()),
    NAMESPACE(List.of("unshare", "--user")),
    NOBODY(List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"));

    private static final int NOBODY_ID = 65534;

    private final List<String> prefix;

    Unprivileged(List<String> prefix) {
        this.prefix = prefix;
    }

    /**
     * The way for this user on this machine.
     *
     * @throws LocalPipelineException if this user is root and there is none
     */
    static Unprivileged detect() {
        if (!Executables.outputOf("id", "-u").equals(Optional.of("0"))) {
            return UNCHANGED;
        }
        return Stream.of(NAMESPACE, NOBODY)
                .filter(way -> Executables.succeeds(way.command(List.of("true"))))
                .findFirst()
                .orElseThrow(
                        () ->
                                new LocalPipelineException(
                                        "PostgreSQL refuses to run as root, and neither unshare nor setpriv works here."
                                                + " Run this as an ordinary user."));
    }

    /** The command, prefixed; it keeps the process id it is started with. */
    List<String> command(List<String> command) {
        List<String> prefixed = new ArrayList<>(prefix);
        prefixed.addAll(command);
        return prefixed;
    }

    /**
     * Lets the program own a folder.
     *
     * @throws LocalPipelineException if it could not reach it
     */
    void own(Path folder) throws IOException {
        if (this != NOBODY) {
            return;
        }
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.toList()) {
                Files.setAttribute(file, "unix:uid", NOBODY_ID);
                Files.setAttribute(file, "unix:gid", NOBODY_ID);
            }
        }
        requireReachable(folder);
    }

    /** Checks that the program may read the folder. */
    void requireReachable(Path folder) {
        if (!Executables.succeeds(command(List.of("test", "-r", folder.toString())))) {
            throw new LocalPipelineException(
                    "PostgreSQL refuses to run as root, and the user nobody may not enter %s."
                                    .formatted(folder)
                            + " Run this as an ordinary user, or with the checkout and --data-dir in a folder that others may"
                            + " enter.");
        }
    }
}
