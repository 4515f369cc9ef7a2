package io.salespulse.local.flink;

import io.salespulse.local.machine.ProjectLayout;
import io.salespulse.local.process.JavaCommand;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * {@code flink run}, attached to a cluster that runs here: the jar's main method runs in a JVM of
 * its own until the job has ended.
 *
 * @param clusterFolder the cluster's folder, for its configuration and the client's log
 * @param address host and port of the cluster's REST interface
 */
public record FlinkClient(ProjectLayout layout, Path clusterFolder, String address) {

    /**
     * The command, to be started by the caller.
     *
     * @param arguments for the jar's main method
     */
    public ProcessBuilder run(Path jar, int parallelism, List<String> arguments) {
        Path configuration = clusterFolder.resolve(FlinkCluster.CONFIGURATION_FOLDER);
        List<String> options = new ArrayList<>(FlinkCluster.MODULE_OPTIONS);
        options.add("-XX:+UseSerialGC");
        options.add("-XX:TieredStopAtLevel=1");
        options.add("-Dlog.file=" + clusterFolder.resolve("logs").resolve("client.log"));
        options.add(
                "-Dlog4j2.configurationFile="
                        + configuration.resolve(FlinkCluster.LOG_CONFIGURATION).toUri());
        List<String> command = new ArrayList<>();
        command.addAll(List.of("run", "-m", address));
        command.addAll(List.of("-p", String.valueOf(parallelism)));
        command.add(jar.toString());
        command.addAll(arguments);
        ProcessBuilder builder =
                new ProcessBuilder(
                        JavaCommand.mainClass(
                                clusterFolder + "/client",
                                options,
                                layout.flinkLib(),
                                "org.apache.flink.client.cli.CliFrontend",
                                command));
        builder.environment().put("FLINK_CONF_DIR", configuration.toString());
        return builder;
    }
}
