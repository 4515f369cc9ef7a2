package io.salespulse.local.grafana;

import java.net.URI;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * A published version of Grafana.
 *
 * @param build a number in the archives' names that does not follow from the version
 * @param checksums SHA-256 of the archive in lower-case hexadecimal digits, by platform
 */
record GrafanaRelease(String version, String build, Map<String, String> checksums) {

    static final GrafanaRelease CURRENT =
            new GrafanaRelease(
                    "13.2.2",
                    "34846740809",
                    Map.of(
                            "linux-amd64",
                            "9662c838a09824fdb072e5f6fbdd45b62cf541b20f3d609ea5011e6e5f544c8f"));

    GrafanaRelease {
        checksums = Map.copyOf(checksums);
    }

    /** This machine's platform as Grafana names it, for example {@code linux-amd64}. */
    static String platform() {
        return platform(System.getProperty("os.name"), System.getProperty("os.arch"));
    }

    static String platform(String system, String processor) {
        String name = system.toLowerCase(Locale.ROOT);
        return (name.startsWith("mac") ? "darwin" : name)
                + "-"
                + switch (processor) {
                    case "amd64", "x86_64" -> "amd64";
                    case "aarch64", "arm64" -> "arm64";
                    default -> processor;
                };
    }

    /** SHA-256 of the platform's archive; empty if it is not known. */
    Optional<String> checksum(String platform) {
        return Optional.ofNullable(checksums.get(platform));
    }

    /** Name of the folder that the archive consists of. */
    String folder() {
        return "grafana-" + version;
    }

    /**
     * Address of the platform's archive.
     *
     * @param source {@code https://dl.grafana.com} or a mirror of it with the same paths
     */
    URI archive(URI source, String platform) {
        return URI.create(
                "%s/grafana/release/%s/grafana_%s_%s_%s.tar.gz"
                        .formatted(
                                source.toString().replaceFirst("/+$", ""),
                                version,
                                version,
                                build,
                                platform.replace('-', '_')));
    }
}
