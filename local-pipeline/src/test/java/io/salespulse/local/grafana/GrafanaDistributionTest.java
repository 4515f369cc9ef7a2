package io.salespulse.local.grafana;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.salespulse.local.machine.Ports;
import io.salespulse.local.terminal.LocalPipelineException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GrafanaDistributionTest {

    private static final String PLATFORM = "linux-amd64";
    private static final String PATH = "/grafana/release/9.8.7/grafana_9.8.7_42_linux_amd64.tar.gz";
    private static final Download.Progress UNHEARD = (bytes, total) -> {};

    @TempDir private Path temporary;

    private Path folder;
    private FileServer server;
    private byte[] archive;

    @BeforeEach
    void serve() throws IOException {
        folder = temporary.toRealPath();
        archive = GrafanaArchive.complete();
        server = new FileServer(archive);
    }

    @AfterEach
    void stopServing() {
        server.close();
    }

    @Test
    void isFetchedAndUnpackedOnce() throws Exception {
        GrafanaDistribution distribution = distribution(sha256(archive));
        assertThat(distribution.installed()).isEmpty();

        GrafanaInstallation installation = distribution.fetch(UNHEARD);

        Path home = folder.resolve("grafana-9.8.7-linux-amd64");
        assertThat(installation)
                .isEqualTo(new GrafanaInstallation(home.resolve("bin/grafana"), home));
        assertThat(distribution.installed()).hasValue(installation);
        assertThat(distribution.fetch(UNHEARD)).isEqualTo(installation);
        assertThat(server.requests()).containsExactly(PATH);
        assertThat(names()).containsExactlyInAnyOrder("grafana-9.8.7-linux-amd64", "lock");
    }

    @Test
    void goesOnAfterABrokenTransfer() throws Exception {
        server.breakTransfers(1, 100);

        distribution(sha256(archive)).fetch(UNHEARD);

        assertThat(server.requests()).containsExactly(PATH, PATH + " bytes=100-");
    }

    @Test
    void isNotUnpackedIfItsChecksumIsWrong() throws Exception {
        String other = "0".repeat(64);

        assertThatThrownBy(() -> distribution(other).fetch(UNHEARD))
                .isInstanceOf(LocalPipelineException.class)
                .hasMessage(
                        "Grafana 9.8.7 for linux-amd64 could not be fetched from %s%s: its SHA-256 is %s instead of %s, so it was not used. Install it yourself and set GRAFANA_HOME to its folder, or name a mirror with --grafana-mirror.",
                        server.uri(), PATH, sha256(archive), other);
        assertThat(names()).containsExactly("lock");
    }

    @Test
    void isNotFetchedForAPlatformWhoseChecksumIsNotKnown() {
        GrafanaDistribution distribution =
                new GrafanaDistribution(
                        GrafanaRelease.CURRENT, "darwin-arm64", server.uri(), folder);

        assertThatThrownBy(() -> distribution.fetch(UNHEARD))
                .isInstanceOf(LocalPipelineException.class)
                .hasMessage(
                        "Grafana 13.2.2 for darwin-arm64 is not fetched, as its checksum is not known here. Install it yourself and set GRAFANA_HOME to its folder.");
        assertThat(server.requests()).isEmpty();
    }

    @Test
    void isUnpackedAgainIfThatWasInterrupted() throws Exception {
        Path unfinished = folder.resolve("grafana-9.8.7-linux-amd64-unfinished/grafana-9.8.7/bin");
        Files.createDirectories(unfinished);
        Files.writeString(unfinished.resolve("grafana"), "half");

        distribution(sha256(archive)).fetch(UNHEARD);

        assertThat(folder.resolve("grafana-9.8.7-linux-amd64/bin/grafana"))
                .hasContent(FakeGrafana.script().strip());
        assertThat(names()).containsExactlyInAnyOrder("grafana-9.8.7-linux-amd64", "lock");
    }

    @Test
    void staysWithinItsFolder() throws Exception {
        archive = GrafanaArchive.of(Map.of("../escaped", "x"));
        server.replaceFile(archive);

        assertThatThrownBy(() -> distribution(sha256(archive)).fetch(UNHEARD))
                .isInstanceOf(LocalPipelineException.class)
                .hasMessageContaining(": the archive's ../escaped points out of it.");
        assertThat(folder.resolve("escaped")).doesNotExist();
    }

    @Test
    void explainsThatItCannotBeReached() throws Exception {
        URI nobody = URI.create("http://127.0.0.1:" + Ports.orFree(0));
        GrafanaDistribution distribution =
                new GrafanaDistribution(release(sha256(archive)), PLATFORM, nobody, folder);

        assertThatThrownBy(() -> distribution.fetch(UNHEARD))
                .isInstanceOf(LocalPipelineException.class)
                .hasMessage(
                        "Grafana 9.8.7 for linux-amd64 could not be fetched from %s%s: Connection refused. Install it yourself and set GRAFANA_HOME to its folder, or name a mirror with --grafana-mirror.",
                        nobody, PATH);
    }

    private GrafanaDistribution distribution(String checksum) {
        return new GrafanaDistribution(release(checksum), PLATFORM, server.uri(), folder);
    }

    private static GrafanaRelease release(String checksum) {
        return new GrafanaRelease(GrafanaArchive.VERSION, "42", Map.of(PLATFORM, checksum));
    }

    private String[] names() throws IOException {
        try (var children = Files.list(folder)) {
            return children.map(child -> child.getFileName().toString()).toArray(String[]::new);
        }
    }

    static String sha256(byte[] bytes) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    }
}
