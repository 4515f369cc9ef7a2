package io.salespulse.local.kafka;

import io.salespulse.local.machine.Ports;
import io.salespulse.local.machine.ProjectLayout;
import io.salespulse.local.process.JavaCommand;
import io.salespulse.local.process.ManagedProcess;
import io.salespulse.local.process.ProcessService;
import io.salespulse.local.process.Resources;
import io.salespulse.local.terminal.LocalPipelineException;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.Uuid;

/**
 * A Kafka broker (KRaft, broker and controller in one process) on 127.0.0.1. It serves requests
 * when {@link #start()} returns; a broker that was killed is back within a few seconds, because its
 * session with the controller is short.
 */
public final class KafkaBroker extends ProcessService {

    private static final Duration FORMAT_TIMEOUT = Duration.ofSeconds(60);
    private static final Duration READY_TIMEOUT = Duration.ofSeconds(90);

    private final Path lib;
    private final Path folder;
    private final int port;
    private final int controllerPort;
    private final List<String> jvmOptions;
    private final Map<String, String> configuration;

    private KafkaBroker(Builder builder) {
        super("Kafka");
        lib = builder.layout.kafkaLib();
        folder = builder.folder;
        port = Ports.orFree(builder.port);
        controllerPort = Ports.orFree(0);
        jvmOptions = builder.jvmOptions;
        configuration = builder.configuration;
    }

    /**
     * Describes a broker.
     *
     * @param folder for data, logs and configuration; kept between starts
     */
    public static Builder builder(ProjectLayout layout, Path folder) {
        return new Builder(layout, folder.toAbsolutePath().normalize());
    }

    /** {@code 127.0.0.1:<port>}. */
    public String bootstrapServers() {
        return "127.0.0.1:" + port;
    }

    public int port() {
        return port;
    }

    @Override
    protected ManagedProcess launch() {
        Path configFile = folder.resolve("server.properties");
        Path logConfig = folder.resolve("log4j2.properties");
        try {
            Resources.copyTo("log4j2.properties", logConfig);
            writeConfiguration(configFile);
        } catch (IOException e) {
            throw new LocalPipelineException("Kafka cannot write to " + folder + ": " + e, e);
        }
        if (!Files.exists(data().resolve("meta.properties"))) {
            format(configFile);
        }
        List<String> options = new ArrayList<>(jvmOptions);
        options.add("-Dlog.file=" + folder.resolve("kafka.log"));
        options.add("-Dlog4j2.configurationFile=" + logConfig.toUri());
        // Without it the gc log and kafka.logs.dir defaults would be searched relative to the
        // working folder.
        options.add("-Dkafka.logs.dir=" + folder);
        return ManagedProcess.builder(
                        name(),
                        marker(),
                        JavaCommand.mainClass(
                                marker(),
                                options,
                                lib,
                                "kafka.Kafka",
                                List.of(configFile.toString())))
                .output(folder.resolve("kafka.out"))
                .log(folder.resolve("kafka.log"))
                .pidFile(folder.resolve("kafka.pid"))
                .start();
    }

    @Override
    protected void awaitReady(ManagedProcess process) {
        // Clients give up on a closed port only after a second; do not make one before the port is
        // open.
        process.awaitReady(READY_TIMEOUT, () -> !Ports.isFree(port));
        try (Admin admin = Admin.create(clientProperties())) {
            process.awaitReady(READY_TIMEOUT, () -> answers(admin));
        }
    }

    private static boolean answers(Admin admin) {
        try {
            return !admin.describeCluster().nodes().get(5, TimeUnit.SECONDS).isEmpty();
        } catch (ExecutionException | TimeoutException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Connection properties for a client in this JVM that notices a returned broker quickly. */
    public Properties clientProperties() {
        Properties properties = new Properties();
        properties.put(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers());
        properties.put(AdminClientConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, "200");
        return properties;
    }

    private void format(Path configFile) {
        String marker = marker() + "-format";
        ManagedProcess format =
                ManagedProcess.builder(
                                "Kafka's storage tool",
                                marker,
                                JavaCommand.mainClass(
                                        marker,
                                        List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"),
                                        lib,
                                        "kafka.tools.StorageTool",
                                        List.of(
                                                "format",
                                                "--cluster-id",
                                                clusterId(),
                                                "--config",
                                                configFile.toString())))
                        .output(folder.resolve("kafka-format.out"))
                        .start();
        try (format) {
            int exitCode = format.onExit().get(FORMAT_TIMEOUT.toSeconds(), TimeUnit.SECONDS);
            if (exitCode != 0) {
                throw new LocalPipelineException(
                        "Kafka's storage could not be formatted in %s:%n%s"
                                .formatted(data(), format.lastLines(10)));
            }
        } catch (ExecutionException | TimeoutException e) {
            throw new LocalPipelineException("Kafka's storage could not be formatted: " + e, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LocalPipelineException("Interrupted while formatting Kafka's storage", e);
        }
    }

    /** Kafka's own choice never begins with a dash, which its tool would take for an option. */
    static String clusterId() {
        return Uuid.randomUuid().toString();
    }

    private void writeConfiguration(Path file) throws IOException {
        Properties properties = new Properties();
        properties.putAll(brokerConfiguration());
        properties.putAll(configuration);
        try (Writer writer = Files.newBufferedWriter(file)) {
            properties.store(writer, null);
        }
    }

    private Map<String, String> brokerConfiguration() {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("process.roles", "broker,controller");
        settings.put("node.id", "1");
        settings.put(
                "listeners",
                "PLAINTEXT://127.0.0.1:%d,CONTROLLER://127.0.0.1:%d"
                        .formatted(port, controllerPort));
        settings.put("advertised.listeners", "PLAINTEXT://127.0.0.1:" + port);
        settings.put("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT");
        settings.put("inter.broker.listener.name", "PLAINTEXT");
        settings.put("controller.listener.names", "CONTROLLER");
        settings.put("controller.quorum.voters", "1@127.0.0.1:" + controllerPort);
        settings.put("log.dirs", data().toString());
        settings.put("auto.create.topics.enable", "false");
        // A killed broker may register again only when its old session has run out (default 9 s).
        settings.put("broker.session.timeout.ms", "3000");
        settings.put("broker.heartbeat.interval.ms", "500");
        settings.put("group.initial.rebalance.delay.ms", "0");
        for (String topic :
                List.of(
                        "offsets.topic",
                        "transaction.state.log",
                        "share.coordinator.state.topic")) {
            settings.put(topic + ".replication.factor", "1");
            settings.put(topic + ".num.partitions", "4");
        }
        settings.put("transaction.state.log.min.isr", "1");
        settings.put("share.coordinator.state.topic.min.isr", "1");
        // The cleaner's default of 128 MB is a quarter of the heap; it serves small compacted
        // topics only.
        settings.put("log.cleaner.dedupe.buffer.size", Integer.toString(8 * 1024 * 1024));
        settings.put("num.network.threads", "2");
        settings.put("num.io.threads", "4");
        return settings;
    }

    private Path data() {
        return folder.resolve("data");
    }

    private String marker() {
        return folder + "/kafka";
    }

    /** How the broker is to run. */
    public static final class Builder {

        private final ProjectLayout layout;
        private final Path folder;
        private int port;
        private List<String> jvmOptions =
                List.of("-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");
        private Map<String, String> configuration = Map.of();

        private Builder(ProjectLayout layout, Path folder) {
            this.layout = layout;
            this.folder = folder;
        }

        /**
         * Port for clients; 0, the default, chooses a free one, which stays the same at every
         * start.
         */
        public Builder port(int number) {
            port = number;
            return this;
        }

        /**
         * Replaces the JVM's options; by default 512 MB of heap and a compiler that halves the time
         * to start.
         */
        public Builder jvmOptions(List<String> options) {
            jvmOptions = List.copyOf(options);
            return this;
        }

        /** Broker settings that are added or replace the ones here. */
        public Builder configuration(Map<String, String> settings) {
            configuration = Map.copyOf(settings);
            return this;
        }

        /** The broker, not started. */
        public KafkaBroker build() {
            return new KafkaBroker(this);
        }

        /** The broker, serving requests. */
        public KafkaBroker start() {
            KafkaBroker broker = build();
            broker.start();
            return broker;
        }
    }
}
