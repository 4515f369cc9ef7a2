package io.salespulse.local.flink;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RetainedCheckpointsTest {

    private static final Instant NOON = Instant.parse("2026-01-15T12:00:00Z");

    @TempDir private Path folder;
    private RetainedCheckpoints retained;

    @BeforeEach
    void setUp() {
        retained = new RetainedCheckpoints(folder.resolve("checkpoints"));
    }

    private Path completed(String path, Instant time) throws IOException {
        Path checkpoint = Files.createDirectories(folder.resolve(path));
        Path metadata = Files.createFile(checkpoint.resolve("_metadata"));
        Files.setLastModifiedTime(metadata, FileTime.from(time));
        return checkpoint;
    }

    @Test
    void findsNoneBeforeTheFirstRun() {
        assertThat(retained.newestOf(Set.of("aaaa", "bbbb"))).isEmpty();
    }

    @Test
    void comparesTimesAcrossJobsAndNotNumbers() throws IOException {
        completed("checkpoints/aaaa/chk-900", NOON);
        Path newest = completed("checkpoints/bbbb/chk-3", NOON.plusSeconds(1));

        assertThat(retained.newestOf(Set.of("aaaa", "bbbb"))).contains(newest);
    }

    @Test
    void passesOverAnUnfinishedOne() throws IOException {
        Path newest = completed("checkpoints/aaaa/chk-1", NOON);
        Files.createDirectories(folder.resolve("checkpoints/aaaa/chk-2"));
        Files.createDirectories(folder.resolve("checkpoints/aaaa/shared"));

        assertThat(retained.newestOf(Set.of("aaaa", "bbbb"))).contains(newest);
    }

    @Test
    void leavesOutOtherJobs() throws IOException {
        Path ours = completed("checkpoints/aaaa/chk-1", NOON);
        completed("checkpoints/bbbb/chk-2", NOON.plusSeconds(1));

        assertThat(retained.newestOf(Set.of("aaaa"))).contains(ours);
        assertThat(retained.newestOf(Set.of())).isEmpty();
    }

    @Test
    void deletesAJobsCheckpoints() throws IOException {
        completed("checkpoints/aaaa/chk-1", NOON);
        Path kept = completed("checkpoints/bbbb/chk-1", NOON);

        retained.delete("aaaa");

        assertThat(folder.resolve("checkpoints/aaaa")).doesNotExist();
        assertThat(kept).exists();
    }
}
