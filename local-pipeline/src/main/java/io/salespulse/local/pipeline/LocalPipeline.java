package io.salespulse.local.pipeline;

import io.salespulse.local.flink.FlinkCluster;
import io.salespulse.local.flink.FlinkRestException;
import io.salespulse.local.grafana.Dashboards;
import io.salespulse.local.kafka.KafkaBroker;
import io.salespulse.local.kafka.Topics;
import io.salespulse.local.machine.ProjectLayout;
import io.salespulse.local.postgres.PostgresServer;
import io.salespulse.local.process.Service;
import io.salespulse.local.process.Startup;
import io.salespulse.local.process.Supervisor;
import io.salespulse.local.terminal.Console;
import io.salespulse.local.terminal.LocalPipelineException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Future;

/**
 * The whole pipeline on this machine: a closeable made of closeables, started in order and closed
 * in reverse. What ends by itself is started again.
 */
public final class LocalPipeline implements AutoCloseable {

    /** In the data folder. */
    public static final String FLINK_FOLDER = "flink";

    /** Kept free beside the job. */
    private static final int BACKFILL_SLOTS = 2;

    private static final Duration JOB_TIMEOUT = Duration.ofSeconds(90);

    private final Settings settings;
    private final ProjectLayout layout;
    private final Console console;
    private final KafkaBroker kafka;
    private final PostgresServer postgres;
    private final FlinkCluster flink;
    private final Optional<SalesJob> job;
    private final Supervisor supervisor;
    private final Deque<AutoCloseable> started = new ArrayDeque<>();
    private final long startNanos = System.nanoTime();
    private Optional<Producer> producer = Optional.empty();
    private Optional<Dashboards> dashboards = Optional.empty();

    /**
     * What to start.
     *
     * @param dataFolder kept between runs
     * @param kafkaPort 0 for a free one, like the other two
     * @param withJob whether to submit the job
     * @param parallelism of the job
     * @param jobOptions added to the job's arguments
     * @param grafana empty for no dashboards
     */
    public record Settings(
            Path dataFolder,
            int kafkaPort,
            int postgresPort,
            int flinkPort,
            boolean withJob,
            int parallelism,
            List<String> jobOptions,
            Optional<Dashboards.Settings> grafana) {

        public Settings {
            dataFolder = dataFolder.toAbsolutePath().normalize();
            jobOptions = List.copyOf(jobOptions);
        }
    }

    private LocalPipeline(ProjectLayout layout, Settings settings, Console console) {
        this.settings = settings;
        this.layout = layout;
        this.console = console;
        Path folder = settings.dataFolder();
        kafka =
                KafkaBroker.builder(layout, folder.resolve("kafka"))
                        .port(settings.kafkaPort())
                        .build();
        postgres =
                PostgresServer.builder(layout, folder.resolve("postgres"))
                        .port(settings.postgresPort())
                        .build();
        flink =
                FlinkCluster.builder(layout, folder.resolve(FLINK_FOLDER))
                        .restPort(settings.flinkPort())
                        .slots(settings.parallelism() + BACKFILL_SLOTS)
                        // A submitted job's main method runs in the JobManager.
                        .environment("SALESPULSE_JDBC_PASSWORD", PostgresServer.WRITER)
                        .build();
        job = settings.withJob() ? Optional.of(createJob()) : Optional.empty();
        supervisor = new Supervisor(console);
    }

    private SalesJob createJob() {
        List<String> arguments =
                new ArrayList<>(
                        List.of(
                                "--bootstrap-servers",
                                kafka.bootstrapServers(),
                                "--jdbc-url",
                                postgres.jdbcUrl(),
                                "--jdbc-user",
                                PostgresServer.WRITER));
        arguments.addAll(settings.jobOptions());
        return new SalesJob(
                flink,
                layout.jobJar(),
                arguments,
                settings.parallelism(),
                settings.dataFolder().resolve(FLINK_FOLDER).resolve("job-ids"),
                console);
    }

    /**
     * Starts everything; returns when the job is submitted.
     *
     * @throws LocalPipelineException if a part does not start; those that did are stopped then
     */
    public static LocalPipeline start(ProjectLayout layout, Settings settings, Console console) {
        LocalPipeline pipeline = new LocalPipeline(layout, settings, console);
        try {
            pipeline.startParts();
            return pipeline;
        } catch (RuntimeException e) {
            pipeline.close();
            throw e;
        }
    }

    /**
     * All processes are launched at once and awaited in order: each needs a processor for seconds,
     * none needs another.
     */
    private void startParts() {
        flink.prepare();
        List<Service> services = new ArrayList<>(List.of(kafka, postgres));
        services.addAll(flink.services());
        services.forEach(started::push);
        try (Startup startup = new Startup()) {
            List<Future<?>> starting = services.stream().<Future<?>>map(startup::begin).toList();
            for (int i = 0; i < services.size(); i++) {
                startup.await(starting.get(i));
                ready(services.get(i).name(), "ready");
                if (services.get(i) == kafka) {
                    Topics.createMissing(kafka.clientProperties());
                } else if (services.get(i) == flink.jobManager()) {
                    // While the TaskManager is still on its way.
                    job.ifPresent(this::submit);
                }
            }
        }
        started.push(supervisor);
        services.forEach(supervisor::watch);
    }

    /**
     * Waits until the job's tasks run, and watches over it from then on. Does nothing if there is
     * no job.
     *
     * @throws LocalPipelineException if they do not
     */
    public void awaitJob() {
        job.ifPresent(
                submitted -> {
                    submitted.awaitRunning(JOB_TIMEOUT);
                    ready("Job", "running");
                    submitted.watch();
                });
    }

    private void submit(SalesJob submitted) {
        started.push(submitted);
        try {
            ready("Job", "submitted, " + SalesJob.describe(submitted.submit()));
        } catch (FlinkRestException e) {
            throw new LocalPipelineException("The job does not start: " + e.getMessage(), e);
        }
    }

    private void ready(String name, String what) {
        console.say(
                "%6.1f s  %-13s %s".formatted((System.nanoTime() - startNanos) / 1e9, name, what));
    }

    /**
     * Starts datagen beside the pipeline.
     *
     * @param arguments as on its command line, without the broker's address
     */
    public void startProducer(List<String> arguments) {
        List<String> all =
                new ArrayList<>(List.of("--bootstrap-servers", kafka.bootstrapServers()));
        all.addAll(arguments);
        Producer created = new Producer(layout, settings.dataFolder().resolve("datagen"), all);
        created.start();
        producer = Optional.of(created);
        supervisor.watch(created);
    }

    /** Ends datagen; every event that it has sent is acknowledged. */
    public void stopProducer() {
        producer.ifPresent(
                running -> {
                    supervisor.release(running);
                    running.stop();
                });
        producer = Optional.empty();
    }

    /**
     * Begins to show the dashboards, if the settings say so; returns at once. Called when the rows
     * flow: Grafana's start needs a processor for seconds.
     */
    public void startDashboards() {
        settings.grafana()
                .ifPresent(
                        grafana -> {
                            Dashboards created =
                                    Dashboards.of(
                                            grafana,
                                            layout,
                                            settings.dataFolder().resolve("grafana"),
                                            postgres.port(),
                                            supervisor,
                                            console);
                            started.push(created);
                            created.start();
                            dashboards = Optional.of(created);
                        });
    }

    /** How far Grafana's download is; empty if there is none under way. */
    public Optional<String> downloadProgress() {
        return dashboards.flatMap(Dashboards::progress);
    }

    /** Where it is reached, from now until it is closed. */
    public PipelineAddresses addresses() {
        return new PipelineAddresses(
                ProcessHandle.current().pid(),
                kafka.port(),
                postgres.port(),
                flink.port(),
                settings.grafana()
                        .map(Dashboards.Settings::port)
                        .map(OptionalInt::of)
                        .orElse(OptionalInt.empty()));
    }

    /** The job's state, also of one that was submitted by hand, or {@code none}. */
    public String jobState() {
        return job.map(SalesJob::state).orElseGet(() -> SalesJob.stateOn(flink.rest()));
    }

    /** Whether the job has failed for good and the console has said why; false if there is none. */
    public boolean jobHasFailed() {
        return job.map(SalesJob::hasFailed).orElse(false);
    }

    /**
     * Stops datagen, takes a last checkpoint, then stops the job and all processes. Also done in
     * full when interrupted.
     */
    @Override
    public void close() {
        boolean interrupted = Thread.interrupted();
        stopProducer();
        while (!started.isEmpty()) {
            closePart(started.pop());
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void closePart(AutoCloseable part) {
        try {
            part.close();
        } catch (Exception e) {
            // The others are closed all the same.
            console.say("While stopping: " + e);
        }
    }
}
