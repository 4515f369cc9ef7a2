package io.salespulse.local.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PidFileTest {

    private static final String MARKER = "salespulse-pid-file-test";

    @TempDir private Path folder;
    private Path file;
    private Process process;

    @BeforeEach
    void startProcess() throws IOException {
        file = folder.resolve("test.pid");
        process = new ProcessBuilder("sh", "-c", "read -r line", MARKER).start();
    }

    @AfterEach
    void endProcess() {
        process.destroyForcibly();
    }

    @Test
    void killsWhatAnEarlierRunLeft() throws Exception {
        PidFile.write(file, process.pid(), MARKER);

        assertThat(PidFile.stopLeftover(file)).contains(process.pid());

        assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
        assertThat(file).doesNotExist();
    }

    @Test
    void sparesAStrangerWithTheSameId() throws Exception {
        PidFile.write(file, process.pid(), "another marker");

        assertThat(PidFile.stopLeftover(file)).isEmpty();

        assertThat(process.isAlive()).isTrue();
        assertThat(file).doesNotExist();
    }

    @Test
    void ignoresAProcessThatIsGone() throws Exception {
        process.destroyForcibly().waitFor();
        PidFile.write(file, process.pid(), MARKER);

        assertThat(PidFile.stopLeftover(file)).isEmpty();
    }

    @Test
    void ignoresAFileThatWasCutShort() throws IOException {
        Files.writeString(file, process.pid() + "\n");
        assertThat(PidFile.leftover(file)).isEmpty();
        Files.writeString(file, "");
        assertThat(PidFile.leftover(file)).isEmpty();
        assertThat(PidFile.leftover(folder.resolve("none.pid"))).isEmpty();
    }

    @Test
    void deletesOnlyItsOwn() throws IOException {
        PidFile.write(file, 1, MARKER);
        PidFile.delete(file, 2);
        assertThat(file).exists();
        PidFile.delete(file, 1);
        assertThat(file).doesNotExist();
    }
}
