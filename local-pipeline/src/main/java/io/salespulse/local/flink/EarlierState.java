package io.salespulse.local.flink;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What a folder's earlier checkpoints ask of the cluster. The state backend that wrote a checkpoint
 * is the only one that can read it, and clusters of earlier versions kept state on the heap.
 */
final class EarlierState {

    private static final Map<String, String> ON_THE_HEAP =
            Map.of(
                    "state.backend.type", "hashmap",
                    "taskmanager.memory.managed.size", "0m");

    private EarlierState() {}

    /**
     * Settings that let a job go on from the newest checkpoint in the folder.
     *
     * @param configuration the {@code config.yaml} of the folder's last cluster, which need not
     *     exist
     * @param checkpoints need not exist
     */
    static Map<String, String> settings(Path configuration, Path checkpoints) {
        try {
            if (!Files.exists(configuration) || isEmpty(checkpoints)) {
                return Map.of();
            }
            return Files.readString(configuration).contains("state.backend.type: 'rocksdb'")
                    ? Map.of()
                    : ON_THE_HEAP;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isEmpty(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return true;
        }
        try (Stream<Path> children = Files.list(folder)) {
            return children.findAny().isEmpty();
        }
    }
}
