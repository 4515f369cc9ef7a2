package io.salespulse.local.flink;

import io.salespulse.local.machine.Folders;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Completed checkpoints on disk. Flink publishes a {@code _metadata} file by renaming it when all
 * else is written: a folder that has one is complete.
 *
 * @param checkpoints folder with {@code <job id>/chk-<number>}
 */
public record RetainedCheckpoints(Path checkpoints) {

    private static final String METADATA = "_metadata";

    /**
     * The newest of these jobs' checkpoints by the time of its completion: numbers of different
     * jobs' checkpoints do not compare.
     *
     * @return a folder that a job can be started from; empty if there is none
     */
    public Optional<Path> newestOf(Collection<String> jobIds) {
        return jobIds.stream()
                .flatMap(jobId -> list(checkpoints.resolve(jobId)).stream())
                .filter(Files::isDirectory)
                .flatMap(checkpoint -> Completed.of(checkpoint).stream())
                .max(Comparator.comparing(Completed::time))
                .map(Completed::folder);
    }

    /** Deletes all checkpoints of a job, which must not be running. */
    public void delete(String jobId) throws IOException {
        Folders.delete(checkpoints.resolve(jobId));
    }

    private static List<Path> list(Path folder) {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> children = Files.list(folder)) {
            return children.toList();
        } catch (NoSuchFileException e) {
            // A running job removes checkpoints that are too old.
            return List.of();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private record Completed(Path folder, FileTime time) {

        static Optional<Completed> of(Path folder) {
            try {
                FileTime time = Files.getLastModifiedTime(folder.resolve(METADATA));
                return Optional.of(new Completed(folder, time));
            } catch (NoSuchFileException e) {
                return Optional.empty();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
