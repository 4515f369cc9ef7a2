package io.salespulse.local.grafana;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.salespulse.local.machine.Ports;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DownloadTest {

    private static final byte[] CONTENT = bytes(200_000, 1);

    @TempDir private Path folder;

    private final List<String> progress = new ArrayList<>();
    private FileServer server;
    private Path file;

    @BeforeEach
    void serve() throws IOException {
        server = new FileServer(CONTENT);
        file = folder.resolve("downloads/archive");
    }

    @AfterEach
    void stopServing() {
        server.close();
    }

    @Test
    void fetchesAFileAndTellsHowFarItIs() throws Exception {
        download(server.uri()).fetchTo(file);

        assertThat(file).hasBinaryContent(CONTENT);
        assertThat(progress).last().isEqualTo("200000 of 200000");
        assertThat(server.requests()).containsExactly("/");
    }

    @Test
    void goesOnWhereATransferBroke() throws Exception {
        server.breakTransfers(2, 70_000);

        download(server.uri()).fetchTo(file);

        assertThat(file).hasBinaryContent(CONTENT);
        assertThat(server.requests()).containsExactly("/", "/ bytes=70000-", "/ bytes=140000-");
        assertThat(progress).last().isEqualTo("200000 of 200000");
    }

    @Test
    void beginsAgainIfTheServerKnowsNoRanges() throws Exception {
        server.ignoreRanges();
        server.breakTransfers(1, 70_000);

        download(server.uri()).fetchTo(file);

        assertThat(file).hasBinaryContent(CONTENT);
        assertThat(server.requests()).containsExactly("/", "/ bytes=70000-");
    }

    @Test
    void keepsWhatATransferThatKeepsBreakingBroughtForTheNextRun() throws Exception {
        server.breakTransfers(5, 10_000);

        assertThatThrownBy(() -> download(server.uri()).fetchTo(file))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("the transfer broke off");
        assertThat(server.requests()).hasSize(5);
        assertThat(file).hasSize(50_000);

        download(server.uri()).fetchTo(file);
        assertThat(file).hasBinaryContent(CONTENT);
        assertThat(server.requests()).last().isEqualTo("/ bytes=50000-");
    }

    @Test
    void refusesAndDeletesAWrongFile() throws Exception {
        byte[] wrong = bytes(1_000, 2);
        server.replaceFile(wrong);

        assertThatThrownBy(() -> download(server.uri()).fetchTo(file))
                .isInstanceOf(IOException.class)
                .hasMessage(
                        "its SHA-256 is %s instead of %s, so it was not used",
                        sha256(wrong), sha256(CONTENT));
        assertThat(file).doesNotExist();
        assertThat(server.requests()).hasSize(1);
    }

    @Test
    void beginsAgainIfWhatAnEarlierRunLeftIsOfAnotherFile() throws Exception {
        Files.createDirectories(file.getParent());
        Files.write(file, bytes(100, 3));

        download(server.uri()).fetchTo(file);

        assertThat(file).hasBinaryContent(CONTENT);
        assertThat(server.requests()).containsExactly("/ bytes=100-", "/");
    }

    @Test
    void usesWhatAnEarlierRunHasCompleted() throws Exception {
        Files.createDirectories(file.getParent());
        Files.write(file, CONTENT);

        download(server.uri()).fetchTo(file);

        assertThat(file).hasBinaryContent(CONTENT);
        assertThat(server.requests()).containsExactly("/ bytes=200000-");
    }

    @Test
    void doesNotRepeatWhatTheServerRefuses() {
        server.answerWithStatus(404);

        assertThatThrownBy(() -> download(server.uri()).fetchTo(file))
                .isInstanceOf(IOException.class)
                .hasMessage("the server answered with status 404");
        assertThat(server.requests()).hasSize(1);
    }

    @Test
    void doesNotRepeatWhatCannotBeReached() {
        URI nobody = URI.create("http://127.0.0.1:" + Ports.orFree(0));

        assertThatThrownBy(() -> download(nobody).fetchTo(file))
                .isInstanceOf(ConnectException.class);
    }

    @Test
    void namesAnUnknownHost() {
        assertThatThrownBy(() -> download(URI.create("http://nowhere.invalid/x")).fetchTo(file))
                .isInstanceOf(IOException.class)
                .hasMessage("unknown host nowhere.invalid");
    }

    @Test
    void canBeInterrupted() {
        Thread.currentThread().interrupt();

        assertThatThrownBy(() -> download(server.uri()).fetchTo(file))
                .isInstanceOf(CancellationException.class);
        assertThat(Thread.interrupted()).isTrue();
    }

    private Download download(URI source) throws Exception {
        return new Download(
                source,
                sha256(CONTENT),
                (bytes, total) -> progress.add(bytes + " of " + total),
                () -> Duration.ZERO);
    }

    private static byte[] bytes(int count, long seed) {
        byte[] bytes = new byte[count];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    private static String sha256(byte[] bytes) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    }
}
