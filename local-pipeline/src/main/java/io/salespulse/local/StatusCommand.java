package io.salespulse.local;

import io.salespulse.local.grafana.GrafanaServer;
import io.salespulse.local.machine.ProjectLayout;
import io.salespulse.local.pipeline.PipelineAddresses;
import io.salespulse.local.pipeline.StatusProbe;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code ./run status}: whether a pipeline runs, where, and how it is doing. */
@Command(
        name = "status",
        usageHelpWidth = 110,
        description =
                "Tells whether a pipeline runs on the data folder, where, and how it is doing. Exit code 1 if none runs.")
final class StatusCommand implements Callable<Integer> {

    @Spec private CommandSpec spec;

    @Mixin private DataFolderOption dataFolder;

    @Mixin private HelpOption help;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        Path folder = dataFolder.path(ProjectLayout.fromSystemProperty());
        Optional<PipelineAddresses> running = PipelineAddresses.read(folder);
        if (running.isEmpty()) {
            out.println("No pipeline runs on " + folder + ".");
            out.flush();
            return Launcher.FAILURE;
        }
        print(running.get(), folder, out);
        return Launcher.OK;
    }

    private static void print(PipelineAddresses running, Path folder, PrintWriter out) {
        out.println(
                "Pipeline    running on " + folder + " (process " + running.launcherPid() + ")");
        out.println("Kafka       " + running.bootstrapServers());
        out.println("PostgreSQL  " + running.jdbcUrl());
        out.println("Flink       " + running.flinkUrl());
        running.grafanaPort()
                .ifPresent(port -> out.println("Grafana     " + describeGrafana(port)));
        try (StatusProbe probe = new StatusProbe(running)) {
            out.println(probe.status().format(ZoneId.systemDefault()));
        }
        out.flush();
    }

    private static String describeGrafana(int port) {
        return GrafanaServer.answers(port) ? "http://127.0.0.1:" + port : "not running";
    }
}
