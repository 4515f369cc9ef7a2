package io.salespulse.local.machine;

import io.salespulse.local.terminal.LocalPipelineException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Where the built parts lie in a checkout. All paths are absolute.
 *
 * @param root the checkout's root folder
 */
public record ProjectLayout(Path root) {

    /** System property that holds the checkout's root folder. */
    public static final String ROOT_PROPERTY = "salespulse.root";

    /** Name of {@link #downloads()}, which may lie in a data folder and is no data of it. */
    public static final String DOWNLOADS = "downloads";

    public ProjectLayout {
        root = root.toAbsolutePath().normalize();
    }

    /**
     * The checkout named by the system property {@value #ROOT_PROPERTY}.
     *
     * @throws LocalPipelineException if the property is not set
     */
    public static ProjectLayout fromSystemProperty() {
        String root = System.getProperty(ROOT_PROPERTY);
        if (root == null) {
            throw new LocalPipelineException(
                    "System property "
                            + ROOT_PROPERTY
                            + " is not set: it names the checkout's root folder.");
        }
        return new ProjectLayout(Path.of(root));
    }

    public Path jobJar() {
        return built("flink-job/target/sales-analytics-job.jar");
    }

    public Path datagenJar() {
        return built("datagen/target/datagen.jar");
    }

    public Path auditJar() {
        return built("audit/target/audit.jar");
    }

    public Path deadLetterReplayJar() {
        return built("dead-letter-replay/target/dead-letter-replay.jar");
    }

    /** Built only when it is asked for. */
    public Path benchmarksJar() {
        return built("benchmarks/target/benchmarks.jar");
    }

    /** Folder with the Kafka broker's jars. */
    public Path kafkaLib() {
        return built("local-pipeline/kafka-distribution/target/lib");
    }

    /** Folder with the jars of Flink's JobManager and TaskManager. */
    public Path flinkLib() {
        return built("local-pipeline/flink-distribution/target/lib");
    }

    /** Folder with the numbered, idempotent SQL files. */
    public Path postgresInit() {
        return root.resolve("postgres-init");
    }

    /** Folder with Grafana's settings, {@code provisioning} and {@code dashboards}. */
    public Path grafana() {
        return root.resolve("grafana");
    }

    /**
     * Folder for what was fetched from elsewhere, shared by all data folders. Neither {@code
     * --clean} nor a clean build deletes it.
     */
    public Path downloads() {
        return root.resolve(".local").resolve(DOWNLOADS);
    }

    /**
     * Folder for what is derived from the build and shared by all data folders; it can be deleted
     * at any time.
     */
    public Path cache() {
        return root.resolve("local-pipeline/target/cache");
    }

    private Path built(String path) {
        Path file = root.resolve(path);
        if (!Files.exists(file)) {
            throw new LocalPipelineException(
                    "%s is missing. Build it with ./mvnw package -DskipTests in %s."
                            .formatted(file, root));
        }
        return file;
    }
}
