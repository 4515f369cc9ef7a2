package io.salespulse.local.flink;

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
import java.util.List;
import java.util.Properties;

/**
 * A ZooKeeper server on 127.0.0.1 that remembers the jobs of a {@link FlinkCluster}, so that its
 * JobManager can be killed. It is the one that Flink itself brings.
 */
public final class ZooKeeperServer extends ProcessService {

    private static final Duration READY_TIMEOUT = Duration.ofSeconds(60);

    /**
     * How often ZooKeeper removes empty container nodes, by default every minute: every 24 days,
     * the most that it takes (of a number that is no {@code int} it uses the default, without a
     * word). In one of them Curator's latch keeps a node for each JobManager that would lead. When
     * ZooKeeper is back from the dead sooner than the session ends, a JobManager leads by the node
     * of that session, which is removed with it. If then the container goes as well, Curator finds
     * nothing at the next loss of the connection, and that JobManager never leads again.
     */
    private static final String NO_REMOVAL_OF_CONTAINERS =
            "-Dznode.container.checkIntervalMs=" + Integer.MAX_VALUE;

    private final Path lib;
    private final Path folder;
    private final int port = Ports.orFree(0);

    /**
     * Describes a server; does not start it.
     *
     * @param folder for data and logs; kept between starts
     */
    public ZooKeeperServer(ProjectLayout layout, Path folder) {
        super("ZooKeeper");
        lib = layout.flinkLib();
        this.folder = folder.toAbsolutePath().normalize();
    }

    /** {@code 127.0.0.1:<port>}. */
    String address() {
        return "127.0.0.1:" + port;
    }

    @Override
    protected ManagedProcess launch() {
        Path configFile = folder.resolve("zoo.cfg");
        Path logConfig = folder.resolve("log4j2.properties");
        try {
            Resources.copyTo("log4j2.properties", logConfig);
            writeConfiguration(configFile);
        } catch (IOException e) {
            throw new LocalPipelineException("ZooKeeper cannot write to " + folder + ": " + e, e);
        }
        String marker = folder + "/zookeeper";
        return ManagedProcess.builder(
                        name(),
                        marker,
                        JavaCommand.mainClass(
                                marker,
                                List.of(
                                        "-Xmx64m",
                                        "-XX:+UseSerialGC",
                                        "-XX:TieredStopAtLevel=1",
                                        NO_REMOVAL_OF_CONTAINERS,
                                        "-Dlog.file=" + folder.resolve("zookeeper.log"),
                                        "-Dlog4j2.configurationFile=" + logConfig.toUri()),
                                lib,
                                "org.apache.flink.runtime.zookeeper.FlinkZooKeeperQuorumPeer",
                                List.of("--zkConfigFile", configFile.toString(), "--peerId", "1")))
                .output(folder.resolve("zookeeper.out"))
                .log(folder.resolve("zookeeper.log"))
                .pidFile(folder.resolve("zookeeper.pid"))
                .start();
    }

    private void writeConfiguration(Path file) throws IOException {
        Properties properties = new Properties();
        properties.setProperty("tickTime", "1000");
        properties.setProperty("dataDir", folder.resolve("data").toString());
        properties.setProperty("clientPort", Integer.toString(port));
        properties.setProperty("clientPortAddress", "127.0.0.1");
        properties.setProperty("admin.enableServer", "false");
        // Flink's starter wants to know the members of the ensemble; one of them stands alone.
        properties.setProperty("server.1", "127.0.0.1:%d:%d".formatted(port + 1, port + 2));
        try (Writer writer = Files.newBufferedWriter(file)) {
            properties.store(writer, null);
        }
    }

    @Override
    protected void awaitReady(ManagedProcess process) {
        process.awaitReady(READY_TIMEOUT, () -> !Ports.isFree(port));
    }
}
