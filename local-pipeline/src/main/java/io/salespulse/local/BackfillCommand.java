package io.salespulse.local;

import io.salespulse.local.flink.FlinkClient;
import io.salespulse.local.machine.ProjectLayout;
import io.salespulse.local.pipeline.LocalPipeline;
import io.salespulse.local.pipeline.PipelineAddresses;
import io.salespulse.local.postgres.PostgresServer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code ./run backfill}: recomputes windows from the topic beside the running pipeline. */
@Command(
        name = "backfill",
        sortOptions = false,
        usageHelpWidth = 110,
        description = {
            "Recomputes windows from the topic and corrects their rows, beside the running pipeline.",
            "Safe at any time, also twice and several at once; Ctrl-C leaves the rows as they are.%n"
        },
        footer = {
            "",
            "Without --replace rows only grow: what is missing or too low is raised to what the topic holds.",
            "Times: 2026-01-15T10:00:00Z. Examples: ./run backfill --from 2026-01-15T00:00:00Z --to 2026-01-16T00:00:00Z",
            "                                       ./run backfill --repair",
            "Exit codes: 0 done; 1 refused or failed; 2 bad option, or no pipeline runs; 130 interrupted."
        })
final class BackfillCommand implements Callable<Integer> {

    @Spec private CommandSpec spec;

    @Option(
            names = "--from",
            paramLabel = "TIME",
            description = "Event time of the first window; widened to whole windows.")
    private String from;

    @Option(
            names = "--to",
            paramLabel = "TIME",
            description =
                    "Event time of the end of the last window, exclusive. Default: as far as windows are final")
    private String to;

    @Option(
            names = "--repair",
            description =
                    "Instead of a range: the windows in the table repairs, which are cleared.")
    private boolean repair;

    @Option(
            names = "--allow-partial",
            description =
                    "When the topic no longer holds the beginning of the range, take what is complete.")
    private boolean allowPartial;

    @Option(
            names = "--replace",
            description =
                    "Make the rows equal to the topic even if that lowers or removes them; only for windows that the job no longer keeps (--state-retention, 1 day).")
    private boolean replace;

    @Option(
            names = "--parallelism",
            paramLabel = "N",
            defaultValue = "2",
            description =
                    "Needs as many free task slots; the pipeline here keeps 2 free. Default: ${DEFAULT-VALUE}")
    private int parallelism;

    @Option(
            names = "--job-option",
            paramLabel = "OPTION",
            description =
                    "Option that the pipeline's job was given, such as --job-option=--window-size=10s. May be repeated.")
    private List<String> jobOptions = new ArrayList<>();

    @Mixin private DataFolderOption dataFolder;

    @Mixin private HelpOption help;

    @Override
    public Integer call() {
        if (!repair && from == null) {
            throw new ParameterException(
                    spec.commandLine(), "Give --from TIME (and --to TIME), or --repair.");
        }
        ProjectLayout layout = ProjectLayout.fromSystemProperty();
        Path folder = dataFolder.path(layout);
        PipelineAddresses running = PipelineAddresses.require(folder);
        ProcessBuilder client =
                new FlinkClient(
                                layout,
                                folder.resolve(LocalPipeline.FLINK_FOLDER),
                                "127.0.0.1:" + running.flinkPort())
                        .run(layout.jobJar(), parallelism, arguments(running));
        client.environment().put("SALESPULSE_JDBC_PASSWORD", PostgresServer.WRITER);
        return Programs.become(client);
    }

    private List<String> arguments(PipelineAddresses running) {
        List<String> arguments =
                new ArrayList<>(
                        List.of(
                                "--mode=backfill",
                                "--bootstrap-servers=" + running.bootstrapServers(),
                                "--jdbc-url=" + running.jdbcUrl(),
                                "--jdbc-user=" + PostgresServer.WRITER));
        addIfGiven(arguments, "--from", from);
        addIfGiven(arguments, "--to", to);
        addIfGiven(arguments, "--repair", repair);
        addIfGiven(arguments, "--allow-partial", allowPartial);
        addIfGiven(arguments, "--replace", replace);
        arguments.addAll(jobOptions);
        return arguments;
    }

    private static void addIfGiven(List<String> arguments, String option, String value) {
        if (value != null) {
            arguments.add(option + "=" + value);
        }
    }

    private static void addIfGiven(List<String> arguments, String option, boolean given) {
        if (given) {
            arguments.add(option);
        }
    }
}
