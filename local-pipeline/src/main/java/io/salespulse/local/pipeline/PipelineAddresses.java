package io.salespulse.local.pipeline;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.salespulse.local.postgres.PostgresServer;
import io.salespulse.local.terminal.LocalPipelineException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Properties;
import org.apache.kafka.clients.CommonClientConfigs;

/**
 * Where a running pipeline is reached on 127.0.0.1. It is kept in the data folder, for the programs
 * beside the pipeline.
 *
 * @param launcherPid the process that runs it
 * @param grafanaPort where Grafana is to be, which may not run; empty if it was not wanted
 */
public record PipelineAddresses(
        long launcherPid, int kafkaPort, int postgresPort, int flinkPort, OptionalInt grafanaPort) {

    private static final String FILE = "pipeline.json";
    private static final ObjectMapper JSON = new ObjectMapper();

    /** {@code 127.0.0.1:<port>}. */
    public String bootstrapServers() {
        return "127.0.0.1:" + kafkaPort;
    }

    /** URL of the database, without user. */
    public String jdbcUrl() {
        return "jdbc:postgresql://127.0.0.1:%d/%s".formatted(postgresPort, PostgresServer.DATABASE);
    }

    /** {@code http://127.0.0.1:<port>}: web UI and REST interface. */
    public String flinkUrl() {
        return "http://127.0.0.1:" + flinkPort;
    }

    /** A new connection; the password of both roles is their name. */
    public Connection connect(String role) throws SQLException {
        Properties properties = new Properties();
        properties.put("user", role);
        properties.put("password", role);
        properties.put("connectTimeout", "5");
        properties.put("socketTimeout", "30");
        return DriverManager.getConnection(jdbcUrl(), properties);
    }

    /** Settings for a Kafka client that gives up within seconds. */
    public Properties kafkaClient() {
        Properties properties = new Properties();
        properties.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers());
        properties.put(CommonClientConfigs.DEFAULT_API_TIMEOUT_MS_CONFIG, "10000");
        properties.put(CommonClientConfigs.REQUEST_TIMEOUT_MS_CONFIG, "5000");
        properties.put(CommonClientConfigs.RECONNECT_BACKOFF_MAX_MS_CONFIG, "500");
        return properties;
    }

    /** Leaves them in the data folder for {@link #read}. */
    public void write(Path dataFolder) {
        ObjectNode json =
                JSON.createObjectNode()
                        .put("launcherPid", launcherPid)
                        .put("kafkaPort", kafkaPort)
                        .put("postgresPort", postgresPort)
                        .put("flinkPort", flinkPort);
        grafanaPort.ifPresent(port -> json.put("grafanaPort", port));
        try {
            Files.writeString(dataFolder.resolve(FILE), json.toPrettyString() + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Takes them away: the pipeline on the folder is about to end, or never began. */
    public static void delete(Path dataFolder) {
        try {
            Files.deleteIfExists(dataFolder.resolve(FILE));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The pipeline that runs on the folder; empty if none does. */
    public static Optional<PipelineAddresses> read(Path dataFolder) {
        Path file = dataFolder.resolve(FILE);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try {
            JsonNode json = JSON.readTree(Files.readString(file));
            PipelineAddresses addresses =
                    new PipelineAddresses(
                            json.path("launcherPid").asLong(),
                            json.path("kafkaPort").asInt(),
                            json.path("postgresPort").asInt(),
                            json.path("flinkPort").asInt(),
                            json.has("grafanaPort")
                                    ? OptionalInt.of(json.path("grafanaPort").asInt())
                                    : OptionalInt.empty());
            return Optional.of(addresses).filter(PipelineAddresses::launcherLives);
        } catch (IOException e) {
            throw new LocalPipelineException("Cannot read " + file + ": " + e.getMessage(), e);
        }
    }

    /**
     * The pipeline that runs on the folder.
     *
     * @throws LocalPipelineException if none does
     */
    public static PipelineAddresses require(Path dataFolder) {
        return read(dataFolder)
                .orElseThrow(
                        () ->
                                new LocalPipelineException(
                                        "No pipeline runs on %s. Start it with ./run, or name its folder with --data-dir."
                                                .formatted(dataFolder)));
    }

    private boolean launcherLives() {
        return ProcessHandle.of(launcherPid)
                .filter(process -> process.info().command().orElse("").endsWith("java"))
                .isPresent();
    }
}
