package io.salespulse.local.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PostgresBinariesTest {

    @TempDir private Path folder;

    /** Two that start at once in an empty cache. */
    @Test
    void leavesWhatAnotherProcessWasQuickerToUnpack() throws IOException {
        Path target = Files.createDirectory(folder.resolve("target"));
        Files.writeString(target.resolve("postgres"), "theirs");
        Path unpacked = Files.createDirectory(folder.resolve("unpacking"));
        Files.writeString(unpacked.resolve("postgres"), "ours");

        PostgresBinaries.publish(unpacked, target);

        assertThat(target.resolve("postgres")).hasContent("theirs");
        assertThat(unpacked).doesNotExist();
    }
}
