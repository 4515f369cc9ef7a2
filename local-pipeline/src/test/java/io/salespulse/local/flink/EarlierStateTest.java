package io.salespulse.local.flink;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EarlierStateTest {

    @TempDir private Path folder;
    private Path configuration;
    private Path checkpoints;

    @BeforeEach
    void nameFiles() {
        configuration = folder.resolve("config.yaml");
        checkpoints = folder.resolve("checkpoints");
    }

    @Test
    void asksNothingOfAFirstStart() {
        assertThat(settings()).isEmpty();
    }

    @Test
    void staysOnTheHeapWhereCheckpointsCameFromThere() throws IOException {
        Files.writeString(configuration, "taskmanager.memory.managed.size: '0m'\n");
        Files.createDirectories(checkpoints.resolve("5a1e5"));

        assertThat(settings())
                .containsExactlyInAnyOrderEntriesOf(
                        Map.of(
                                "state.backend.type", "hashmap",
                                "taskmanager.memory.managed.size", "0m"));
    }

    @Test
    void staysThereAtEachStartAfterwards() throws IOException {
        Files.writeString(
                configuration,
                FlinkConfiguration.of(folder, 1, 2, 3, Map.of("state.backend.type", "hashmap"))
                        .toYaml());
        Files.createDirectories(checkpoints.resolve("5a1e5"));

        assertThat(settings()).containsEntry("state.backend.type", "hashmap");
    }

    @Test
    void leavesTheDiskToStateOnDisk() throws IOException {
        Files.writeString(configuration, FlinkConfiguration.of(folder, 1, 2, 3, Map.of()).toYaml());
        Files.createDirectories(checkpoints.resolve("5a1e5"));

        assertThat(settings()).isEmpty();
    }

    @Test
    void movesToDiskWhereNoCheckpointIs() throws IOException {
        Files.writeString(configuration, "taskmanager.memory.managed.size: '0m'\n");
        Files.createDirectories(checkpoints);

        assertThat(settings()).isEmpty();
    }

    private Map<String, String> settings() {
        return EarlierState.settings(configuration, checkpoints);
    }
}
