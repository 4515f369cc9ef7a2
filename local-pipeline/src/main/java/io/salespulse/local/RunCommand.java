package io.salespulse.local;

import io.salespulse.local.grafana.Dashboards;
import io.salespulse.local.machine.Ports;
import io.salespulse.local.machine.ProjectLayout;
import io.salespulse.local.pipeline.DataFolder;
import io.salespulse.local.pipeline.LocalPipeline;
import io.salespulse.local.pipeline.PipelineAddresses;
import io.salespulse.local.pipeline.StatusProbe;
import io.salespulse.local.postgres.PostgresServer;
import io.salespulse.local.terminal.Console;
import io.salespulse.local.terminal.LocalPipelineException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code ./run}: the pipeline, until Ctrl-C or for a while. */
@Command(
        name = "./run",
        sortOptions = false,
        usageHelpWidth = 110,
        description = {
            "Starts Kafka, PostgreSQL, Flink with the job, a producer and Grafana on this machine; Ctrl-C stops them.",
            "Data are kept, and the next start goes on where this one stopped. Durations: 30s, 2m, 1h.",
            "Grafana is the one in GRAFANA_HOME, else on the PATH, else fetched once in the background.%n"
        },
        footer = {
            "",
            "Exit codes: 0 done; 1 the audit found differences or the job failed; 2 bad option or environment;",
            "130 interrupted before --for or --audit was done."
        })
final class RunCommand implements Callable<Integer> {

    private static final Duration AUDIT_WAIT = Duration.ofSeconds(30);
    private static final double HISTORY_EVENTS_PER_SECOND = 10;

    @Spec private CommandSpec spec;

    @Option(
            names = "--rate",
            paramLabel = "N",
            defaultValue = "10",
            description =
                    "Events a second that datagen sends, or 'max'; 0 starts no producer. Default: ${DEFAULT-VALUE}")
    private String rate;

    @Option(
            names = "--for",
            paramLabel = "DURATION",
            description = "Stop everything after this time. Default: at Ctrl-C")
    private Duration duration;

    @Option(
            names = "--audit",
            description =
                    "With --for: then stop the producer, compare the table with the topic, and exit with the audit's code.")
    private boolean audit;

    @Option(names = "--clean", description = "Delete the data of earlier runs first.")
    private boolean clean;

    @Option(
            names = "--warm-up",
            paramLabel = "DURATION",
            description = "Fill the time before now with history first, for example 100m.")
    private Duration warmUp;

    @Option(
            names = "--no-job",
            description = "Leave the cluster empty, so that the job can be submitted by hand.")
    private boolean noJob;

    @Option(
            names = "--parallelism",
            paramLabel = "N",
            defaultValue = "2",
            description = "Of the job. Default: ${DEFAULT-VALUE}")
    private int parallelism;

    @Option(
            names = "--job-option",
            paramLabel = "OPTION",
            description =
                    "Option for the job, such as --job-option=--window-size=10s. May be repeated.")
    private List<String> jobOptions = new ArrayList<>();

    @Option(names = "--no-grafana", description = "Start no dashboards, and fetch none.")
    private boolean noGrafana;

    @Option(
            names = "--grafana-mirror",
            paramLabel = "URL",
            defaultValue = "https://dl.grafana.com",
            description =
                    "Fetch Grafana from here; paths as on ${DEFAULT-VALUE}, which is the default.")
    private URI grafanaMirror;

    @Mixin private DataFolderOption dataFolder;

    @Option(
            names = "--kafka-port",
            paramLabel = "PORT",
            defaultValue = "9093",
            description = "Default: ${DEFAULT-VALUE}")
    private int kafkaPort;

    @Option(
            names = "--postgres-port",
            paramLabel = "PORT",
            defaultValue = "5432",
            description = "Default: ${DEFAULT-VALUE}")
    private int postgresPort;

    @Option(
            names = "--flink-port",
            paramLabel = "PORT",
            defaultValue = "8081",
            description = "Web UI and REST. Default: ${DEFAULT-VALUE}")
    private int flinkPort;

    @Option(
            names = "--grafana-port",
            paramLabel = "PORT",
            defaultValue = "3000",
            description = "The dashboards. Default: ${DEFAULT-VALUE}")
    private int grafanaPort;

    @Mixin private HelpOption help;

    private final Console console = Console.ofSystem();

    @Override
    public Integer call() {
        validate();
        ProjectLayout layout = ProjectLayout.fromSystemProperty();
        try (Interruption interruption = Interruption.ofCurrentThread();
                DataFolder folder = DataFolder.open(dataFolder.path(layout))) {
            return interruption.exitCode(run(layout, folder, interruption));
        } catch (CancellationException e) {
            // Ctrl-C during the start; what had been started is stopped.
            Thread.interrupted();
            return Interruption.EXIT_CODE;
        }
    }

    private void validate() {
        if (!rate.matches("max|\\d{1,9}(\\.\\d{1,9})?")) {
            throw new ParameterException(
                    spec.commandLine(),
                    "'%s' is not a rate: --rate takes events a second, or 'max'".formatted(rate));
        }
        if (audit && duration == null) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--audit needs --for: it looks at the table when the producer has stopped");
        }
        if (noJob && audit) {
            throw new ParameterException(
                    spec.commandLine(), "--audit has nothing to compare with --no-job");
        }
        requireInRange("--parallelism", parallelism, 1, 4);
        requireInRange("--kafka-port", kafkaPort, 1, 65535);
        requireInRange("--postgres-port", postgresPort, 1, 65535);
        requireInRange("--flink-port", flinkPort, 1, 65535);
        requireInRange("--grafana-port", grafanaPort, 1, 65535);
    }

    private void requireInRange(String option, int value, int lowest, int highest) {
        if (value < lowest || value > highest) {
            throw new ParameterException(
                    spec.commandLine(),
                    "%s is %d: it must be from %d to %d".formatted(option, value, lowest, highest));
        }
    }

    private int run(ProjectLayout layout, DataFolder folder, Interruption interruption) {
        prepare(folder);
        try (LocalPipeline pipeline =
                LocalPipeline.start(
                        layout,
                        new LocalPipeline.Settings(
                                folder.path(),
                                kafkaPort,
                                postgresPort,
                                flinkPort,
                                !noJob,
                                parallelism,
                                jobOptions,
                                grafana()),
                        console)) {
            pipeline.addresses().write(folder.path());
            warmUp(layout, pipeline);
            // Its start overlaps with the deployment of the job's tasks.
            produce(pipeline);
            pipeline.awaitJob();
            printAddresses(pipeline);
            pipeline.startDashboards();
            showStatus(pipeline, interruption);
            return finish(layout, pipeline, interruption);
        } finally {
            PipelineAddresses.delete(folder.path());
            console.say("Stopped.");
        }
    }

    private Optional<Dashboards.Settings> grafana() {
        return noGrafana
                ? Optional.empty()
                : Optional.of(new Dashboards.Settings(grafanaPort, grafanaMirror));
    }

    private void prepare(DataFolder folder) {
        folder.stopLeftovers()
                .forEach(name -> console.say("Stopped what a killed run had left: " + name));
        if (clean) {
            folder.clean();
        }
        Ports.requireFree(kafkaPort, "Kafka", "--kafka-port");
        Ports.requireFree(postgresPort, "PostgreSQL", "--postgres-port");
        Ports.requireFree(flinkPort, "Flink's web UI", "--flink-port");
        console.say("Starting on the data in " + folder.path());
    }

    private void warmUp(ProjectLayout layout, LocalPipeline pipeline) {
        if (warmUp == null) {
            return;
        }
        if (!isTopicEmpty(pipeline)) {
            console.say(
                    "No history: the topic holds events already, and older ones would be late (--clean starts anew).");
            return;
        }
        Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
        long count = (long) Math.max(1, eventsPerSecond() * warmUp.toSeconds());
        console.say(
                "Sending %,d events of the time since %s ...".formatted(count, now.minus(warmUp)));
        int exitCode =
                Programs.run(
                        layout.datagenJar(),
                        List.of(
                                "--bootstrap-servers",
                                pipeline.addresses().bootstrapServers(),
                                "--history",
                                now.minus(warmUp) + ".." + now,
                                "--count",
                                Long.toString(count)));
        if (exitCode != 0) {
            throw new LocalPipelineException("The history could not be sent; see above.");
        }
    }

    private static boolean isTopicEmpty(LocalPipeline pipeline) {
        try (StatusProbe probe = new StatusProbe(pipeline.addresses())) {
            return probe.events().orElse(0) == 0;
        }
    }

    /** As dense as the live events to come, if that is a number. */
    private double eventsPerSecond() {
        return isProducing() && !rate.equals("max")
                ? Double.parseDouble(rate)
                : HISTORY_EVENTS_PER_SECOND;
    }

    private boolean isProducing() {
        return rate.equals("max") || Double.parseDouble(rate) > 0;
    }

    private void produce(LocalPipeline pipeline) {
        if (isProducing()) {
            pipeline.startProducer(List.of("--rate", rate));
        }
    }

    private void printAddresses(LocalPipeline pipeline) {
        console.say("");
        console.say("  Kafka       " + pipeline.addresses().bootstrapServers());
        console.say("  PostgreSQL  " + pipeline.addresses().jdbcUrl());
        console.say(
                "              as %s or %s, password = name"
                        .formatted(PostgresServer.WRITER, PostgresServer.READER));
        console.say("  Flink       " + pipeline.addresses().flinkUrl());
        console.say("");
    }

    private void showStatus(LocalPipeline pipeline, Interruption interruption) {
        long start = System.nanoTime();
        try (StatusProbe probe = new StatusProbe(pipeline.addresses())) {
            for (int second = 1; !isOver(start) && !pipeline.jobHasFailed(); second++) {
                long next = start + Duration.ofSeconds(second).toNanos();
                if (interruption.awaitUntil(next)) {
                    return;
                }
                console.status(
                        probe.status(pipeline.jobState()).format(ZoneId.systemDefault())
                                + pipeline.downloadProgress().map(" | "::concat).orElse(""));
            }
        }
    }

    private boolean isOver(long startNanos) {
        return duration != null && System.nanoTime() - startNanos >= duration.toNanos();
    }

    private int finish(ProjectLayout layout, LocalPipeline pipeline, Interruption interruption) {
        console.clearStatus();
        if (interruption.happened()) {
            console.say("Stopping ...");
            return duration == null ? Launcher.OK : Interruption.EXIT_CODE;
        }
        if (pipeline.jobHasFailed()) {
            return Launcher.FAILURE;
        }
        pipeline.stopProducer();
        return audit ? audit(layout, pipeline) : Launcher.OK;
    }

    private int audit(ProjectLayout layout, LocalPipeline pipeline) {
        return Programs.run(
                layout.auditJar(),
                List.of(
                        "--bootstrap-servers",
                        pipeline.addresses().bootstrapServers(),
                        "--jdbc-url",
                        pipeline.addresses().jdbcUrl(),
                        "--include-open",
                        "--wait",
                        AUDIT_WAIT.toSeconds() + "s"));
    }
}
