package io.salespulse.local.grafana;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GrafanaReleaseTest {

    @ParameterizedTest
    @CsvSource({
        "Linux, amd64, linux-amd64",
        "Linux, aarch64, linux-arm64",
        "Mac OS X, x86_64, darwin-amd64",
        "Mac OS X, aarch64, darwin-arm64",
        "Linux, riscv64, linux-riscv64"
    })
    void namesPlatformsAsGrafanaDoes(String system, String processor, String platform) {
        assertThat(GrafanaRelease.platform(system, processor)).isEqualTo(platform);
    }

    @Test
    void knowsWhereTheArchiveIs() {
        assertThat(
                        GrafanaRelease.CURRENT.archive(
                                URI.create("https://dl.grafana.com"), "linux-amd64"))
                .hasToString(
                        "https://dl.grafana.com/grafana/release/13.2.2/grafana_13.2.2_34846740809_linux_amd64.tar.gz");
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://mirror.example/remote", "http://mirror.example/remote/"})
    void findsItOnAMirrorUnderTheSamePath(String mirror) {
        assertThat(GrafanaRelease.CURRENT.archive(URI.create(mirror), "darwin-arm64"))
                .hasToString(
                        "http://mirror.example/remote/grafana/release/13.2.2/grafana_13.2.2_34846740809_darwin_arm64.tar.gz");
    }

    @Test
    void knowsTheChecksumOfWhatItFetches() {
        assertThat(GrafanaRelease.CURRENT.checksum("linux-amd64"))
                .hasValue("9662c838a09824fdb072e5f6fbdd45b62cf541b20f3d609ea5011e6e5f544c8f");
        assertThat(GrafanaRelease.CURRENT.checksum("darwin-arm64")).isEmpty();
    }
}
