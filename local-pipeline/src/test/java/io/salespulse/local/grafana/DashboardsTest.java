package io.salespulse.local.grafana;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.salespulse.local.machine.Ports;
import io.salespulse.local.process.Supervisor;
import io.salespulse.local.terminal.Console;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DashboardsTest {

    private static final Duration LONG = Duration.ofSeconds(30);

    @TempDir private Path folder;

    private final ByteArrayOutputStream said = new ByteArrayOutputStream();
    private final Console console =
            new Console(new PrintStream(said, true, StandardCharsets.UTF_8), false);
    private final Supervisor supervisor = new Supervisor(console);
    private final int port = Ports.orFree(0);
    private FileServer server;
    private GrafanaDistribution distribution;
    private Optional<String> alertWebhook = Optional.empty();
    private volatile GrafanaServer grafana;

    @BeforeEach
    void serve() throws Exception {
        byte[] archive = GrafanaArchive.complete();
        server = new FileServer(archive);
        distribution =
                new GrafanaDistribution(
                        new GrafanaRelease(
                                GrafanaArchive.VERSION,
                                "42",
                                Map.of("linux-amd64", GrafanaDistributionTest.sha256(archive))),
                        "linux-amd64",
                        server.uri(),
                        folder.resolve("downloads"));
    }

    @AfterEach
    void close() {
        supervisor.close();
        server.close();
    }

    @Test
    void areFetchedStartedWatchedAndStopped() {
        try (Dashboards dashboards = start(Map.of())) {
            awaitSaid("Grafana is ready: http://127.0.0.1:" + port);
            assertThat(lines())
                    .containsExactly(
                            "Fetching Grafana 9.8.7 for linux-amd64 once, in the background, from "
                                    + distribution.archive(),
                            "Grafana is ready: http://127.0.0.1:" + port);
            assertThat(dashboards.progress()).isEmpty();

            grafana.kill();

            awaitSaid("Grafana is back after");
            assertThat(GrafanaServer.answers(port)).isTrue();
        }
        assertThat(grafana.isAlive()).isFalse();
        assertThat(Ports.isFree(port)).isTrue();
    }

    @Test
    void getTheirSettingsFromTheEnvironmentAndTheCheckoutsFiles() throws IOException {
        Path home = FakeGrafana.installIn(folder.resolve("home")).toRealPath();
        try (Dashboards dashboards = start(Map.of("GRAFANA_HOME", home.toString()))) {
            awaitSaid("Grafana is ready");
            assertThat(dashboards.progress()).isEmpty();
        }

        Path data = folder.resolve("data/grafana");
        assertThat(Files.readAllLines(data.resolve("data/arguments")))
                .containsExactly(
                        "server",
                        "--homepath=" + home,
                        "--config=" + folder.resolve("settings/grafana.ini"),
                        "cfg:default.paths.data=" + data.resolve("data"));
        assertThat(Files.readAllLines(data.resolve("data/environment")))
                .contains(
                        "GF_PATHS_DATA=" + data.resolve("data"),
                        "GF_PATHS_LOGS=" + data.resolve("logs"),
                        "GF_PATHS_PLUGINS=" + data.resolve("plugins"),
                        "GF_PATHS_PROVISIONING=" + folder.resolve("settings/provisioning"),
                        "GF_SERVER_HTTP_ADDR=127.0.0.1",
                        "GF_SERVER_HTTP_PORT=" + port,
                        "SALESPULSE_DASHBOARDS=" + folder.resolve("settings/dashboards"),
                        "SALESPULSE_POSTGRES_ADDRESS=127.0.0.1:15432",
                        "SALESPULSE_POSTGRES_SSLMODE=disable",
                        "SALESPULSE_GRAFANA_READER_PASSWORD=grafana_reader");
        assertThat(server.requests()).isEmpty();
    }

    @Test
    void sendAlertsToTheAddressThatIsGiven() throws IOException {
        Path home = FakeGrafana.installIn(folder.resolve("home"));
        alertWebhook = Optional.of("http://127.0.0.1:9/alerts?a=$b");
        try (Dashboards dashboards = start(Map.of("GRAFANA_HOME", home.toString()))) {
            awaitSaid("Grafana is ready");
            assertThat(dashboards.progress()).isEmpty();
        }

        assertThat(Files.readAllLines(folder.resolve("data/grafana/data/environment")))
                .contains(
                        "ALERT_WEBHOOK_URL=http://127.0.0.1:9/alerts?a=$b",
                        "GF_PATHS_PROVISIONING=" + folder.resolve("settings/provisioning-webhook"));
    }

    @Test
    void areMissingWithOneLineIfTheyCannotBeHad() {
        distribution =
                new GrafanaDistribution(
                        GrafanaRelease.CURRENT,
                        "linux-amd64",
                        URI.create("http://nowhere.invalid"),
                        folder.resolve("downloads"));
        try (Dashboards dashboards = start(Map.of())) {
            awaitSaid("No dashboards");
            assertThat(lines())
                    .containsExactly(
                            "No dashboards: Grafana 13.2.2 for linux-amd64 could not be fetched from http://nowhere.invalid/grafana/release/13.2.2/grafana_13.2.2_34846740809_linux_amd64.tar.gz: unknown host nowhere.invalid. Install it yourself and set GRAFANA_HOME to its folder, or name a mirror with --grafana-mirror.");
            assertThat(dashboards.progress()).isEmpty();
        }
    }

    @Test
    void areMissingWithOneLineIfTheirPortIsTaken() throws IOException {
        try (ServerSocket taken = new ServerSocket(port, 1, InetAddress.getLoopbackAddress());
                Dashboards dashboards = start(Map.of())) {
            awaitSaid("No dashboards: Port " + taken.getLocalPort() + ", which Grafana needs, is");
            assertThat(said.toString(StandardCharsets.UTF_8)).contains("--grafana-port");
            assertThat(dashboards.progress()).isEmpty();
        }
    }

    @Test
    void areGivenUpWhenClosedDuringTheStart() throws IOException {
        Path home = folder.resolve("home");
        FakeGrafana.writeDefaults(home);
        FakeGrafana.writeExecutable(home.resolve("bin/grafana"));
        Files.writeString(home.resolve("bin/grafana"), "#!/bin/sh\nexec sleep 100\n");

        Dashboards dashboards = start(Map.of("GRAFANA_HOME", home.toString()));
        await().atMost(LONG).until(() -> grafana != null && grafana.isAlive());
        dashboards.close();

        assertThat(grafana.isAlive()).isFalse();
        assertThat(lines()).isEmpty();
    }

    @Test
    void areGivenUpWhenClosedDuringTheDownload() {
        server.breakTransfers(5, 10);
        Dashboards dashboards = start(Map.of());
        awaitSaid("Fetching");

        dashboards.close();

        assertThat(dashboards.progress()).isEmpty();
        assertThat(lines())
                .containsExactly(
                        "Fetching Grafana 9.8.7 for linux-amd64 once, in the background, from "
                                + distribution.archive());
        assertThat(distribution.installed()).isEmpty();
    }

    @Test
    void tellHowFarTheDownloadIs() {
        assertThat(Dashboards.format(54_000_000, 216_000_000)).isEqualTo("Grafana: 25 % of 216 MB");
        assertThat(Dashboards.format(54_000_000, -1)).isEqualTo("Grafana: 54 MB");
    }

    private Dashboards start(Map<String, String> environment) {
        Dashboards dashboards =
                new Dashboards(environment, distribution, this::create, supervisor, console);
        dashboards.start();
        return dashboards;
    }

    private GrafanaServer create(GrafanaInstallation installation) {
        grafana =
                new GrafanaServer(
                        installation,
                        folder.resolve("settings"),
                        folder.resolve("data/grafana"),
                        port,
                        15432,
                        alertWebhook);
        return grafana;
    }

    private void awaitSaid(String text) {
        await().atMost(LONG)
                .untilAsserted(
                        () -> assertThat(said.toString(StandardCharsets.UTF_8)).contains(text));
    }

    private List<String> lines() {
        return said.toString(StandardCharsets.UTF_8).lines().toList();
    }
}
