package io.salespulse.local.grafana;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.salespulse.local.terminal.LocalPipelineException;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GrafanaInstallationTest {

    @TempDir private Path temporary;

    private Path folder;

    @BeforeEach
    void resolveLinks() throws IOException {
        folder = temporary.toRealPath();
    }

    @Test
    void isTheOneInGrafanaHomeBeforeTheOneOnThePath() throws IOException {
        Path named = FakeGrafana.installIn(folder.resolve("named"));
        Path onPath = FakeGrafana.installIn(folder.resolve("on-path"));

        assertThat(
                        GrafanaInstallation.find(
                                Map.of(
                                        "GRAFANA_HOME",
                                        named.toString(),
                                        "PATH",
                                        onPath.resolve("bin").toString())))
                .hasValue(new GrafanaInstallation(named.resolve("bin/grafana"), named));
    }

    @Test
    void explainsAGrafanaHomeThatIsNone() {
        Map<String, String> environment = Map.of("GRAFANA_HOME", folder.toString(), "PATH", "");

        assertThatThrownBy(() -> GrafanaInstallation.find(environment))
                .isInstanceOf(LocalPipelineException.class)
                .hasMessage(
                        "GRAFANA_HOME (%s) holds no Grafana: bin/grafana or conf/defaults.ini is missing. Set it to the folder of an unpacked Grafana, or unset it.",
                        folder);
    }

    @Test
    void isFoundOnThePathThroughLinks() throws IOException {
        Path home = FakeGrafana.installIn(folder.resolve("grafana-13.2.2"));
        Path bin = Files.createDirectories(folder.resolve("bin"));
        Files.createSymbolicLink(bin.resolve("grafana"), home.resolve("bin/grafana"));

        assertThat(
                        GrafanaInstallation.find(
                                Map.of("PATH", folder + "/nowhere" + File.pathSeparator + bin)))
                .hasValue(new GrafanaInstallation(home.resolve("bin/grafana"), home));
    }

    @Test
    void isFoundWhereAPackageManagerPutsIt() throws IOException {
        FakeGrafana.writeExecutable(folder.resolve("cellar/bin/grafana"));
        FakeGrafana.writeDefaults(folder.resolve("cellar/share/grafana"));

        assertThat(GrafanaInstallation.find(Map.of("PATH", folder + "/cellar/bin")))
                .hasValue(
                        new GrafanaInstallation(
                                folder.resolve("cellar/bin/grafana"),
                                folder.resolve("cellar/share/grafana")));
    }

    @Test
    void isTheProgramItselfAndNotThePackagesWrapper() throws IOException {
        FakeGrafana.writeExecutable(folder.resolve("usr/sbin/grafana"));
        Path home = FakeGrafana.installIn(folder.resolve("usr/share/grafana"));

        assertThat(GrafanaInstallation.find(Map.of("PATH", folder + "/usr/sbin")))
                .hasValue(new GrafanaInstallation(home.resolve("bin/grafana"), home));
    }

    @Test
    void isNotAnotherProgramOfThatName() throws IOException {
        FakeGrafana.writeExecutable(folder.resolve("bin/grafana"));

        assertThat(GrafanaInstallation.find(Map.of("PATH", folder + "/bin", "GRAFANA_HOME", "")))
                .isEmpty();
    }
}
