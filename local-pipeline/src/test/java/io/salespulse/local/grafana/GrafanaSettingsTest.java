package io.salespulse.local.grafana;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The checkout's files and the program agree on the names of variables. */
class GrafanaSettingsTest {

    private static final Path SETTINGS = Path.of("../grafana").toAbsolutePath().normalize();
    private static final Pattern VARIABLE = Pattern.compile("\\$([A-Z][A-Z_]*)");

    @Test
    void everyVariableThatTheFilesReadIsSet() throws IOException {
        Map<String, String> variables =
                new GrafanaServer(
                                new GrafanaInstallation(Path.of("grafana"), Path.of(".")),
                                SETTINGS,
                                Path.of("data"),
                                3000,
                                5432,
                                Optional.of("http://127.0.0.1:9"))
                        .environment();

        assertThat(variables.keySet()).containsAll(namesIn("provisioning"));
        assertThat(variables.keySet()).containsAll(namesIn("provisioning-webhook"));
        assertThat(Path.of(variables.get("GF_PATHS_PROVISIONING"))).isDirectory();
        assertThat(Path.of(variables.get("SALESPULSE_DASHBOARDS"))).isDirectory();
    }

    private static Set<String> namesIn(String folder) throws IOException {
        Set<String> names = new TreeSet<>();
        try (Stream<Path> files = Files.walk(SETTINGS.resolve(folder))) {
            for (Path file :
                    files.filter(Files::isRegularFile)
                            .filter(each -> !each.endsWith("rules.yaml"))
                            .toList()) {
                for (String line : Files.readAllLines(file)) {
                    Matcher variable = VARIABLE.matcher(line.replaceFirst("#.*", ""));
                    while (variable.find()) {
                        names.add(variable.group(1));
                    }
                }
            }
        }
        return names;
    }
}
