package io.salespulse.bench;

import io.salespulse.local.flink.FlinkCluster;
import io.salespulse.local.kafka.KafkaBroker;
import io.salespulse.local.machine.Folders;
import io.salespulse.local.machine.ProjectLayout;
import io.salespulse.local.postgres.PostgresServer;
import io.salespulse.local.process.Service;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A broker, a database and a Flink cluster for measurements, each as processes of its own. */
final class BenchStack implements AutoCloseable {

    /** The broker's compiler must not be the short one that suits a quick start. */
    private static final List<String> BROKER_OPTIONS = List.of("-Xmx1g");

    private final ProjectLayout layout = ProjectLayout.fromSystemProperty();
    private final Path folder;
    private final KafkaBroker kafka;
    private final PostgresServer postgres;
    private final FlinkCluster flink;
    private final Map<Path, String> uploads = new TreeMap<>();
    private int databases;

    private BenchStack(Path folder, Settings settings) {
        this.folder = folder;
        List<AutoCloseable> started = new ArrayList<>();
        try {
            kafka =
                    KafkaBroker.builder(layout, folder.resolve("kafka"))
                            .jvmOptions(BROKER_OPTIONS)
                            .start();
            started.add(kafka);
            postgres = PostgresServer.builder(layout, folder.resolve("postgres")).start();
            started.add(postgres);
            FlinkCluster.Builder cluster =
                    FlinkCluster.builder(layout, folder.resolve("flink"))
                            .slots(4)
                            .environment("SALESPULSE_JDBC_PASSWORD", PostgresServer.WRITER);
            settings.flinkSettings().forEach(cluster::configuration);
            if (!settings.jvmOptions().isEmpty()) {
                cluster.taskManagerJvmOptions(settings.jvmOptions());
            }
            flink = cluster.start();
        } catch (RuntimeException e) {
            started.forEach(BenchStack::closeQuietly);
            throw e;
        }
    }

    private static void closeQuietly(AutoCloseable service) {
        try {
            service.close();
        } catch (Exception e) {
            System.err.println("Could not stop a process of the benchmark: " + e);
        }
    }

    /**
     * How the measured processes run.
     *
     * @param jvmOptions of TaskManager and loops alike
     * @param flinkSettings beyond those of {@code ./run}
     */
    record Settings(List<String> jvmOptions, Map<String, String> flinkSettings) {}

    /** Starts everything in a new folder below the given one. */
    static BenchStack start(Path parent, Settings settings) throws IOException {
        Files.createDirectories(parent);
        return new BenchStack(Files.createTempDirectory(parent, "stack-"), settings);
    }

    ProjectLayout layout() {
        return layout;
    }

    /** For files of a measurement; deleted at the end. */
    Path folder() {
        return folder;
    }

    String bootstrapServers() {
        return kafka.bootstrapServers();
    }

    FlinkCluster flink() {
        return flink;
    }

    Service taskManager() {
        return flink.taskManagers().get(0);
    }

    /** A jar's id on the cluster; uploads it the first time. */
    String uploaded(Path jar) {
        return uploads.computeIfAbsent(jar, flink.rest()::upload);
    }

    /** CPU seconds so far of everything beside the TaskManager. */
    Map<String, Double> othersCpu() {
        return Map.of(
                "JobManager", ProcessCpu.seconds(flink.jobManager().pid()),
                "Kafka", ProcessCpu.seconds(kafka.pid()),
                "PostgreSQL", ProcessCpu.seconds(postgres.pid()));
    }

    double taskManagerCpu() {
        return ProcessCpu.seconds(taskManager().pid());
    }

    /** Sends a workload into a new topic. */
    Workload.Sent send(String topic, long events, Workload.Shape shape)
            throws IOException, InterruptedException {
        return Workload.send(layout, bootstrapServers(), folder, topic, events, shape);
    }

    /** A new, empty database with the schema. */
    Database createDatabase() throws SQLException {
        Database database = new Database("bench_" + ++databases);
        superuser(
                "CREATE DATABASE %s TEMPLATE %s"
                        .formatted(database.name(), PostgresServer.DATABASE));
        return database;
    }

    private void superuser(String sql) throws SQLException {
        try (Connection admin = postgres.connectAsSuperuser();
                Statement statement = admin.createStatement()) {
            statement.execute(sql);
        }
    }

    @Override
    public void close() {
        closeQuietly(flink);
        closeQuietly(postgres);
        closeQuietly(kafka);
        try {
            Folders.delete(folder);
        } catch (IOException e) {
            System.err.println("Could not delete " + folder + ": " + e);
        }
    }

    /** A database of a run's own; {@link #close} drops it. */
    final class Database implements AutoCloseable {

        private final String name;

        private Database(String name) {
            this.name = name;
        }

        String name() {
            return name;
        }

        String jdbcUrl() {
            return "jdbc:postgresql://127.0.0.1:%d/%s".formatted(postgres.port(), name);
        }

        Connection connect(String role) throws SQLException {
            return DriverManager.getConnection(jdbcUrl(), role, role);
        }

        Connection connectAsSuperuser() throws SQLException {
            return postgres.connectAsSuperuser(name);
        }

        @Override
        public void close() throws SQLException {
            superuser("DROP DATABASE %s WITH (FORCE)".formatted(name));
        }
    }
}
