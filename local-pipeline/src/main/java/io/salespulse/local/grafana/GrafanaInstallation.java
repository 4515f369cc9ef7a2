package io.salespulse.local.grafana;

import io.salespulse.local.machine.Executables;
import io.salespulse.local.terminal.LocalPipelineException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Grafana's program on this machine.
 *
 * @param executable understands {@code grafana server}
 * @param home folder with {@code conf/defaults.ini} and {@code public}
 */
record GrafanaInstallation(Path executable, Path home) {

    static final String HOME_VARIABLE = "GRAFANA_HOME";

    private static final String PROGRAM = "grafana";

    /**
     * The one that the variable {@value #HOME_VARIABLE} names, else the one on the PATH; empty if
     * there is neither.
     *
     * @param environment variables by name
     * @throws LocalPipelineException if the variable names something else
     */
    static Optional<GrafanaInstallation> find(Map<String, String> environment) {
        String home = environment.getOrDefault(HOME_VARIABLE, "");
        if (!home.isBlank()) {
            return Optional.of(
                    in(Path.of(home))
                            .orElseThrow(
                                    () ->
                                            new LocalPipelineException(
                                                    "%s (%s) holds no Grafana: bin/grafana or conf/defaults.ini is missing. Set it to the folder of an unpacked Grafana, or unset it."
                                                            .formatted(HOME_VARIABLE, home))));
        }
        return Executables.find(PROGRAM, environment.getOrDefault("PATH", ""))
                .flatMap(GrafanaInstallation::around);
    }

    /** The one in a folder that Grafana's archive was unpacked to, or a package installed to. */
    static Optional<GrafanaInstallation> in(Path folder) {
        return Optional.of(folder.toAbsolutePath().resolve("bin").resolve(PROGRAM))
                .filter(Files::isExecutable)
                .flatMap(GrafanaInstallation::around);
    }

    /**
     * The home lies above the program where the archive was unpacked, and in {@code share} where a
     * package manager installed it.
     */
    private static Optional<GrafanaInstallation> around(Path executable) {
        Path prefix = realPath(executable).getParent().getParent();
        return Stream.of(prefix, prefix.resolve("share/grafana"))
                .filter(home -> Files.isRegularFile(home.resolve("conf/defaults.ini")))
                .findFirst()
                .map(home -> new GrafanaInstallation(inHome(home).orElse(executable), home));
    }

    /** Packages put a wrapper on the PATH, which adds settings of its own. */
    private static Optional<Path> inHome(Path home) {
        return Optional.of(home.resolve("bin").resolve(PROGRAM)).filter(Files::isExecutable);
    }

    private static Path realPath(Path file) {
        try {
            return file.toRealPath();
        } catch (IOException e) {
            throw new LocalPipelineException("Cannot read " + file + ": " + e, e);
        }
    }
}
