package io.salespulse.local.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.salespulse.local.terminal.LocalPipelineException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataFolderTest {

    @TempDir private Path parent;

    @Test
    void isCreatedAndCanBeOpenedAgain() {
        Path path = parent.resolve("new/data");
        DataFolder.open(path).close();
        try (DataFolder folder = DataFolder.open(path)) {
            assertThat(folder.path()).isEqualTo(path).isDirectory();
        }
    }

    @Test
    void isForOnePipelineAtATime() {
        try (DataFolder first = DataFolder.open(parent)) {
            assertThatThrownBy(() -> DataFolder.open(first.path()))
                    .isInstanceOf(LocalPipelineException.class)
                    .hasMessage(
                            "A pipeline is running on %s already (process %d). Stop it with Ctrl-C, or start another one with --data-dir and other ports.",
                            parent, ProcessHandle.current().pid());
        }
    }

    @Test
    void refusesAFolderOfSomethingElse() throws IOException {
        Files.createFile(parent.resolve("thesis.txt"));
        assertThatThrownBy(() -> DataFolder.open(parent))
                .isInstanceOf(LocalPipelineException.class)
                .hasMessage(
                        "%s is not empty and was not made by ./run. Choose another folder with --data-dir.",
                        parent);
        assertThat(parent).isDirectoryContaining("glob:**thesis.txt");
    }

    @Test
    void acceptsTheFolderOfTheFirstBuildAndOfDownloads() throws IOException {
        Files.createFile(parent.resolve("build.log"));
        Files.createDirectory(parent.resolve("downloads"));
        DataFolder.open(parent).close();
        assertThat(parent.resolve(".salespulse-data")).exists();
    }

    @Test
    void explainsThatItCannotBeWritten() throws IOException {
        Path file = Files.createFile(parent.resolve("file"));
        assertThatThrownBy(() -> DataFolder.open(file))
                .isInstanceOf(LocalPipelineException.class)
                .hasMessage(
                        "Cannot write to the data folder %s (FileAlreadyExists: %1$s). Make it writable or choose another one with --data-dir.",
                        file);
    }

    @Test
    void forgetsEarlierRunsOnRequest() throws IOException {
        try (DataFolder folder = DataFolder.open(parent)) {
            Files.createDirectories(parent.resolve("kafka/data"));
            Files.createFile(parent.resolve("kafka/data/00000000.log"));
            Files.createFile(parent.resolve("build.log"));
            Files.createDirectory(parent.resolve("downloads"));

            folder.clean();

            assertThat(parent)
                    .isDirectoryNotContaining("glob:**kafka")
                    .isDirectoryContaining("glob:**build.log")
                    .isDirectoryContaining("glob:**downloads");
        }
        DataFolder.open(parent).close();
    }

    @Test
    void knowsOfNoLeftoversInANewFolder() {
        try (DataFolder folder = DataFolder.open(parent)) {
            assertThat(folder.stopLeftovers()).isEmpty();
        }
    }
}
