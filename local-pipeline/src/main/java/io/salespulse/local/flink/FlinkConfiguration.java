package io.salespulse.local.flink;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/** The cluster's {@code config.yaml}. */
final class FlinkConfiguration {

    private final Map<String, String> settings;

    private FlinkConfiguration(Map<String, String> settings) {
        this.settings = settings;
    }

    /**
     * Settings for a cluster on the loopback interface.
     *
     * @param folder the cluster's folder
     * @param extra settings that are added or replace the ones here
     */
    static FlinkConfiguration of(
            Path folder, int rpcPort, int restPort, int slots, Map<String, String> extra) {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("jobmanager.rpc.address", "127.0.0.1");
        settings.put("jobmanager.rpc.port", Integer.toString(rpcPort));
        settings.put("jobmanager.bind-host", "127.0.0.1");
        settings.put("jobmanager.memory.process.size", "768m");
        settings.put("rest.address", "127.0.0.1");
        settings.put("rest.bind-address", "127.0.0.1");
        settings.put("rest.port", Integer.toString(restPort));
        settings.put("taskmanager.host", "127.0.0.1");
        settings.put("taskmanager.bind-host", "127.0.0.1");
        settings.put("taskmanager.numberOfTaskSlots", Integer.toString(slots));
        settings.put("taskmanager.memory.process.size", "1408m");
        // State on disk: so many windows and categories that no heap would hold them cost time, and
        // nothing else. Managed memory is its cache.
        settings.put("state.backend.type", "rocksdb");
        // Most rows that are looked for are new.
        settings.put("state.backend.rocksdb.use-bloom-filter", "true");
        // Else each look for a row may read the index of a whole file again.
        settings.put("state.backend.rocksdb.memory.partitioned-index-filters", "true");
        settings.put("execution.checkpointing.incremental", "true");
        settings.put("taskmanager.memory.managed.size", "256m");
        settings.put("parallelism.default", "1");
        settings.put("io.tmp.dirs", FlinkCluster.temporary(folder).toString());
        settings.put("web.upload.dir", FlinkCluster.temporary(folder).resolve("web").toString());
        settings.put(
                "execution.checkpointing.dir", FlinkRest.fileUri(folder.resolve("checkpoints")));
        settings.put(
                "execution.checkpointing.savepoint-dir",
                FlinkRest.fileUri(folder.resolve("savepoints")));
        settings.put(
                "execution.checkpointing.externalized-checkpoint-retention",
                "RETAIN_ON_CANCELLATION");
        settings.put("execution.checkpointing.num-retained", "3");
        // The driver is in Flink's lib: DriverManager would keep every restarted job's class loader
        // alive.
        settings.put("classloader.parent-first-patterns.additional", "org.postgresql");
        settings.put("heartbeat.interval", "2 s");
        settings.put("heartbeat.timeout", "10 s");
        // A TaskManager waits for a JobManager that was restarted; by default up to 30 s between
        // two attempts.
        settings.put("cluster.registration.max-timeout", "1 s");
        settings.put("cluster.registration.error-delay", "1 s");
        settings.put("cluster.registration.refused-registration-delay", "1 s");
        settings.putAll(extra);
        return new FlinkConfiguration(Map.copyOf(settings));
    }

    /** The settings as a YAML document, sorted by key. */
    String toYaml() {
        return settings.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .map(setting -> setting.getKey() + ": " + quoted(setting.getValue()) + "\n")
                .collect(Collectors.joining());
    }

    /**
     * The part that the processes' memory follows from, in a form that is equal for equal settings.
     */
    String memorySettings() {
        return settings.entrySet().stream()
                .filter(
                        setting ->
                                setting.getKey()
                                        .matches(
                                                "(job|task)manager\\.(memory|cpu|network|number).*"))
                .sorted(Map.Entry.comparingByKey())
                .map(Object::toString)
                .collect(Collectors.joining("\n"));
    }

    private static String quoted(String value) {
        return "'" + value.replace("'", "''") + "'";
    }
}
