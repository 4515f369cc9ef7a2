package io.salespulse.endtoend;

import io.salespulse.local.flink.FlinkCluster;
import io.salespulse.local.flink.ZooKeeperServer;
import io.salespulse.local.kafka.KafkaBroker;
import io.salespulse.local.machine.ProjectLayout;
import io.salespulse.local.postgres.PostgresServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * A real broker, database and Flink session cluster with ZooKeeper, each as processes of its own,
 * shared by all tests of this JVM: the tests keep apart by topics, databases and jobs of their own
 * ({@link Pipeline}). A test that kills a part must leave it running.
 */
public final class Stack {

    private static Stack shared;

    private final ProjectLayout layout = ProjectLayout.fromSystemProperty();
    private final Path folder;
    private final KafkaBroker kafka;
    private final PostgresServer postgres;
    private final ZooKeeperServer zooKeeper;
    private final FlinkCluster flink;
    private String jarId;

    private Stack(Path folder) {
        this.folder = folder;
        kafka = KafkaBroker.builder(layout, folder.resolve("kafka")).start();
        postgres = PostgresServer.builder(layout, folder.resolve("postgres")).start();
        zooKeeper = new ZooKeeperServer(layout, folder.resolve("zookeeper"));
        zooKeeper.start();
        flink =
                FlinkCluster.builder(layout, folder.resolve("flink"))
                        .taskManagers(2)
                        // Every task of every test is young.
                        .taskManagerJvmOptions(List.of("-XX:TieredStopAtLevel=1"))
                        .slots(4)
                        // What the REST interface tells of a job's tasks and checkpoints is up to
                        // 3 s old by default.
                        .configuration("web.refresh-interval", "100 ms")
                        .configuration("rest.cache.checkpoint-statistics.timeout", "100 ms")
                        // So long Flink waits, by default ten minutes, for the metrics of a
                        // TaskManager that was killed, and gives out no others meanwhile.
                        .configuration("web.timeout", "30 s")
                        .highAvailability(zooKeeper)
                        .environment("SALESPULSE_JDBC_PASSWORD", PostgresServer.WRITER)
                        .start();
    }

    /** Starts on the first call; ends with the JVM. */
    public static synchronized Stack shared() {
        if (shared == null) {
            try {
                Stack stack = new Stack(Files.createTempDirectory("salespulse-it"));
                Runtime.getRuntime().addShutdownHook(new Thread(stack::close, "close stack"));
                shared = stack;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return shared;
    }

    public ProjectLayout layout() {
        return layout;
    }

    public KafkaBroker kafka() {
        return kafka;
    }

    public PostgresServer postgres() {
        return postgres;
    }

    public ZooKeeperServer zooKeeper() {
        return zooKeeper;
    }

    public FlinkCluster flink() {
        return flink;
    }

    /** The built job jar, uploaded once. */
    public synchronized String jarId() {
        if (jarId == null) {
            jarId = flink.rest().upload(layout.jobJar());
        }
        return jarId;
    }

    private void close() {
        flink.close();
        zooKeeper.close();
        postgres.close();
        kafka.close();
        try (Stream<Path> files = Files.walk(folder)) {
            files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
        } catch (IOException e) {
            System.err.println("Could not delete " + folder + ": " + e);
        }
    }
}
