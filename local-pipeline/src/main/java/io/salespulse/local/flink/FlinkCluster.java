package io.salespulse.local.flink;

import io.salespulse.local.machine.Folders;
import io.salespulse.local.machine.Ports;
import io.salespulse.local.machine.ProjectLayout;
import io.salespulse.local.process.JavaCommand;
import io.salespulse.local.process.ManagedProcess;
import io.salespulse.local.process.PidFile;
import io.salespulse.local.process.ProcessService;
import io.salespulse.local.process.Resources;
import io.salespulse.local.process.Service;
import io.salespulse.local.process.Startup;
import io.salespulse.local.terminal.LocalPipelineException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * A Flink session cluster on 127.0.0.1: one JobManager and any number of TaskManagers, each a
 * {@link Service} of its own. Checkpoints and savepoints are kept in the cluster's folder. Without
 * {@link Builder#highAvailability} a JobManager that is restarted knows no job: submit it again
 * from {@link #checkpoints()}.
 */
public final class FlinkCluster implements AutoCloseable {

    private static final Duration READY_TIMEOUT = Duration.ofSeconds(120);

    /** In the cluster's folder: {@code config.yaml} and what the processes log. */
    static final String CONFIGURATION_FOLDER = "conf";

    static final String LOG_CONFIGURATION = "log4j2.properties";

    /** What Flink needs of every JVM that it runs in. */
    static final List<String> MODULE_OPTIONS =
            List.of(
                    "--add-exports=java.rmi/sun.rmi.registry=ALL-UNNAMED",
                    "--add-opens=java.base/java.lang=ALL-UNNAMED",
                    "--add-opens=java.base/java.net=ALL-UNNAMED",
                    "--add-opens=java.base/java.io=ALL-UNNAMED",
                    "--add-opens=java.base/java.nio=ALL-UNNAMED",
                    "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
                    "--add-opens=java.base/java.lang.reflect=ALL-UNNAMED",
                    "--add-opens=java.base/java.text=ALL-UNNAMED",
                    "--add-opens=java.base/java.time=ALL-UNNAMED",
                    "--add-opens=java.base/java.util=ALL-UNNAMED",
                    "--add-opens=java.base/java.util.concurrent=ALL-UNNAMED",
                    "--add-opens=java.base/java.util.concurrent.atomic=ALL-UNNAMED",
                    "--add-opens=java.base/java.util.concurrent.locks=ALL-UNNAMED");

    private final Path lib;
    private final Path cache;
    private final Path folder;
    private final int restPort;
    private final FlinkConfiguration configuration;
    private final Map<String, String> environment;
    private final List<String> taskManagerJvmOptions;
    private final FlinkRest rest;
    private final Service jobManager = new JobManager();
    private final List<TaskManager> taskManagers;

    private FlinkCluster(Builder builder) {
        lib = builder.layout.flinkLib();
        cache = builder.layout.cache();
        folder = builder.folder;
        restPort = Ports.orFree(builder.restPort);
        Map<String, String> extra =
                new LinkedHashMap<>(
                        EarlierState.settings(configurationFile(), checkpointsFolder()));
        extra.putAll(builder.configuration);
        configuration =
                FlinkConfiguration.of(folder, Ports.orFree(0), restPort, builder.slots, extra);
        environment = builder.environment;
        taskManagerJvmOptions = builder.taskManagerJvmOptions;
        rest = new FlinkRest(restPort);
        taskManagers =
                IntStream.rangeClosed(1, builder.taskManagers).mapToObj(TaskManager::new).toList();
    }

    /**
     * Describes a cluster.
     *
     * @param folder for checkpoints, savepoints, logs and configuration; kept between starts
     */
    public static Builder builder(ProjectLayout layout, Path folder) {
        return new Builder(layout, folder.toAbsolutePath().normalize());
    }

    /** Starts all processes at once; returns when the JobManager knows every TaskManager. */
    public void start() {
        prepare();
        Startup.all(services());
    }

    /**
     * Writes the configuration and empties the temporary folder; before the first start of any of
     * the services.
     */
    public void prepare() {
        try {
            Folders.delete(temporary(folder));
            Files.createDirectories(temporary(folder));
            Files.createDirectories(configurationFolder());
            Files.writeString(configurationFile(), configuration.toYaml());
            Resources.copyTo(LOG_CONFIGURATION, logConfiguration());
        } catch (IOException e) {
            throw new LocalPipelineException("Flink cannot write to " + folder + ": " + e, e);
        }
    }

    /** JobManager and TaskManagers, in the order of their start. */
    public List<Service> services() {
        List<Service> services = new ArrayList<>();
        services.add(jobManager);
        services.addAll(taskManagers);
        return services;
    }

    /** The cluster's REST interface. */
    public FlinkRest rest() {
        return rest;
    }

    /** {@code http://127.0.0.1:<port>}: web UI and REST interface. */
    public String url() {
        return "http://127.0.0.1:" + restPort;
    }

    /** Port of {@link #rest()} and of the web UI. */
    public int port() {
        return restPort;
    }

    /** Where its configuration, logs, checkpoints and savepoints lie. */
    public Path folder() {
        return folder;
    }

    /** The checkpoints that jobs have left on disk. */
    public RetainedCheckpoints checkpoints() {
        return new RetainedCheckpoints(checkpointsFolder());
    }

    public Service jobManager() {
        return jobManager;
    }

    /** The TaskManagers in the order of their creation, dead ones included. */
    public List<TaskManager> taskManagers() {
        return taskManagers;
    }

    /**
     * Ends the TaskManagers, then the JobManager. Jobs are not asked: cancel or stop them before.
     */
    @Override
    public void close() {
        List<Service> services = services();
        for (int i = services.size() - 1; i >= 0; i--) {
            services.get(i).close();
        }
    }

    static Path temporary(Path folder) {
        return folder.resolve("tmp");
    }

    private Path configurationFolder() {
        return folder.resolve(CONFIGURATION_FOLDER);
    }

    private Path configurationFile() {
        return configurationFolder().resolve("config.yaml");
    }

    private Path checkpointsFolder() {
        return folder.resolve("checkpoints");
    }

    private Path logConfiguration() {
        return configurationFolder().resolve(LOG_CONFIGURATION);
    }

    private FlinkMemory memory(String command) {
        return FlinkMemory.ask(command, lib, configurationFolder(), configuration, cache);
    }

    private ManagedProcess launch(
            String name,
            String id,
            List<String> jvmOptions,
            FlinkMemory memory,
            String mainClass,
            List<String> extraArguments) {
        Path log = folder.resolve("logs").resolve(id + ".log");
        List<String> options = new ArrayList<>(memory.jvmOptions());
        options.addAll(jvmOptions);
        options.addAll(MODULE_OPTIONS);
        options.add("-Dlog.file=" + log);
        options.add("-Dlog4j2.configurationFile=" + logConfiguration().toUri());
        List<String> arguments = new ArrayList<>();
        arguments.addAll(List.of("--configDir", configurationFolder().toString()));
        arguments.addAll(memory.arguments());
        arguments.addAll(extraArguments);
        String marker = folder + "/" + id;
        return ManagedProcess.builder(
                        name,
                        marker,
                        JavaCommand.mainClass(marker, options, lib, mainClass, arguments))
                .environment(environment)
                // The web UI shows a process's standard output if it lies beside its log with this
                // ending.
                .output(folder.resolve("logs").resolve(id + ".out"))
                .log(log)
                .pidFile(folder.resolve(id + PidFile.SUFFIX))
                .start();
    }

    private final class JobManager extends ProcessService {

        JobManager() {
            super("JobManager");
        }

        @Override
        protected ManagedProcess launch() {
            return FlinkCluster.this.launch(
                    name(),
                    "jobmanager",
                    List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"),
                    memory("GET_JM_RESOURCE_PARAMS"),
                    "org.apache.flink.runtime.entrypoint.StandaloneSessionClusterEntrypoint",
                    List.of());
        }

        @Override
        protected void awaitReady(ManagedProcess process) {
            process.awaitReady(READY_TIMEOUT, rest::answers);
        }
    }

    /** A TaskManager. Its id is the same at every start. */
    public final class TaskManager extends ProcessService {

        private final String id;

        /**
         * A killed TaskManager stays registered until its heartbeat runs out; its successor has the
         * same id.
         */
        private Optional<String> previousAddress = Optional.empty();

        private TaskManager(int number) {
            super("TaskManager " + number);
            id = "taskmanager-" + number;
        }

        /** What the REST interface and the web UI call it. */
        public String id() {
            return id;
        }

        @Override
        protected ManagedProcess launch() {
            previousAddress = registeredAddress();
            return FlinkCluster.this.launch(
                    name(),
                    id,
                    taskManagerJvmOptions,
                    memory("GET_TM_RESOURCE_PARAMS"),
                    "org.apache.flink.runtime.taskexecutor.TaskManagerRunner",
                    List.of("-D", "taskmanager.resource-id=" + id));
        }

        /** Also waits for the JobManager, which must be running or being started. */
        @Override
        protected void awaitReady(ManagedProcess process) {
            process.awaitReady(
                    READY_TIMEOUT,
                    () -> {
                        Optional<String> address = registeredAddress();
                        return address.isPresent() && !address.equals(previousAddress);
                    });
        }

        private Optional<String> registeredAddress() {
            try {
                return rest.taskManagerAddress(id);
            } catch (FlinkRestException e) {
                return Optional.empty();
            }
        }
    }

    /** How the cluster is to run. */
    public static final class Builder {

        private final ProjectLayout layout;
        private final Path folder;
        private final Map<String, String> configuration = new LinkedHashMap<>();
        private final Map<String, String> environment = new LinkedHashMap<>();
        private int restPort;
        private int taskManagers = 1;
        private int slots = 4;
        private List<String> taskManagerJvmOptions = List.of();

        private Builder(ProjectLayout layout, Path folder) {
            this.layout = layout;
            this.folder = folder;
        }

        /** Port of web UI and REST interface; 0, the default, chooses a free one. */
        public Builder restPort(int number) {
            restPort = number;
            return this;
        }

        /** Number of TaskManagers at the start; by default 1. */
        public Builder taskManagers(int count) {
            taskManagers = count;
            return this;
        }

        /** Slots of each TaskManager; by default 4. */
        public Builder slots(int count) {
            slots = count;
            return this;
        }

        /**
         * Keeps what the JobManager must remember in ZooKeeper and in the cluster's folder: a
         * JobManager that is restarted goes on with its jobs.
         */
        public Builder highAvailability(ZooKeeperServer zooKeeper) {
            configuration("high-availability.type", "zookeeper");
            configuration("high-availability.zookeeper.quorum", zooKeeper.address());
            configuration(
                    "high-availability.storageDir",
                    FlinkRest.fileUri(folder.resolve("high-availability")));
            // A JobManager that was killed stays the leader until its session is over.
            configuration("high-availability.zookeeper.client.session-timeout", "6 s");
            configuration("high-availability.zookeeper.client.connection-timeout", "5 s");
            configuration("high-availability.zookeeper.client.retry-wait", "1 s");
            return this;
        }

        /** Adds or replaces a Flink setting. */
        public Builder configuration(String key, String value) {
            configuration.put(key, value);
            return this;
        }

        /**
         * Adds an environment variable for all processes; a submitted job's main method runs in the
         * JobManager.
         */
        public Builder environment(String variable, String value) {
            environment.put(variable, value);
            return this;
        }

        /** Replaces the JVM options of the TaskManagers, memory aside. */
        public Builder taskManagerJvmOptions(List<String> options) {
            taskManagerJvmOptions = List.copyOf(options);
            return this;
        }

        /** The cluster, not started. */
        public FlinkCluster build() {
            return new FlinkCluster(this);
        }

        /** The cluster, ready for jobs. */
        public FlinkCluster start() {
            FlinkCluster cluster = build();
            cluster.start();
            return cluster;
        }
    }
}
