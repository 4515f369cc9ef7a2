package io.salespulse.backfill;

import io.salespulse.config.BackfillConfig;
import io.salespulse.config.JobConfig;
import io.salespulse.config.JobSettings;
import io.salespulse.config.StartRefusedException;
import java.io.PrintStream;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.flink.api.common.JobExecutionResult;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.client.cli.ClientOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.DeploymentOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.runtime.jobmanager.scheduler.NoResourceAvailableException;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.ExceptionUtils;

/**
 * Recomputes windows from the topic and corrects their rows: a bounded job into staging tables,
 * then one transaction from there. Safe beside the live job and other backfills, safe to stop at
 * any moment and to repeat.
 */
public final class Backfill {

    private static final String NAME = "sales-analytics backfill";
    private static final long POLL_MILLIS = 500;
    private static final Duration CLIENT_TIMEOUT = Duration.ofSeconds(60);

    private final JobConfig config;
    private final BackfillConfig backfill;
    private final StreamExecutionEnvironment environment;
    private final PrintStream out;
    private final Clock clock = Clock.systemUTC();

    private Backfill(JobConfig config, StreamExecutionEnvironment environment, PrintStream out) {
        this.config = config;
        this.backfill = config.backfill().orElseThrow();
        this.environment = environment;
        this.out = out;
    }

    /**
     * Runs a backfill to its end and prints its report.
     *
     * @param config with a backfill
     * @throws StartRefusedException if it cannot be done, with the reason and the way on
     */
    public static void run(JobConfig config) throws Exception {
        StreamExecutionEnvironment environment =
                StreamExecutionEnvironment.getExecutionEnvironment();
        requireAttached(environment);
        new Backfill(config, environment, System.out).run();
    }

    /** What is left to do when the job has ended needs somebody who waits for that. */
    private static void requireAttached(StreamExecutionEnvironment environment) {
        if (!environment.getConfiguration().get(DeploymentOptions.ATTACHED)) {
            throw new StartRefusedException(
                    "A backfill must be submitted attached, because it merges its result and reports after its"
                            + " Flink job has ended: use './run backfill …' or 'flink run …' without -d. The web UI,"
                            + " REST and application mode submit detached.");
        }
    }

    private void run() throws Exception {
        Instant started = clock.instant();
        try (BackfillSession session = BackfillSession.open(config.jdbc(), backfill.replace());
                Cancellation cancellation = new Cancellation(session)) {
            SortedSet<Long> repairs = backfill.repair() ? session.repairs() : new TreeSet<>();
            if (backfill.repair() && repairs.isEmpty()) {
                out.println("No window is marked in repairs: nothing to do.");
                return;
            }
            BackfillConfig limited = ReplaceLimit.apply(config, backfill, session.liveJob());
            BackfillPlan plan = BackfillPlan.of(config, limited, repairs, clock);
            Report report = new Report(config, plan, out);
            report.begin();
            List<ReadProgress> read = read(session, plan, cancellation);
            long end = end(plan, read, report);
            cancellation.mergeBegins();
            MergeReport merged =
                    new Merge(session, plan.range(), end, backfill.replace(), out).run();
            cancellation.close();
            report.end(
                    read, session.rejected(), merged, Duration.between(started, clock.instant()));
        } catch (SQLException failure) {
            throw new StartRefusedException(
                    "The backfill lost PostgreSQL (%s). Nothing was changed unless it says so above; run it again."
                            .formatted(failure.getMessage()));
        }
    }

    /** Windows to repair were final long ago; the marks say so. */
    private long end(BackfillPlan plan, List<ReadProgress> read, Report report) {
        if (backfill.repair()) {
            return plan.range().to();
        }
        long end = FinalWindows.end(read, config.rules(), config.idleTimeout(), plan.plannedAt());
        report.cut(end);
        return end;
    }

    private List<ReadProgress> read(
            BackfillSession session, BackfillPlan plan, Cancellation cancellation)
            throws Exception {
        JobSettings.applyToBackfill(environment);
        environment.configure(cancelledWithoutClient());
        BackfillGraph.build(environment, config, plan, session.runId());
        JobClient job = environment.executeAsync(NAME);
        cancellation.alsoOf(job);
        follow(job, session, plan);
        return session.progress();
    }

    /** A client that was killed reports no more, and its job is of no use without it. */
    private static Configuration cancelledWithoutClient() {
        Configuration settings = new Configuration();
        settings.set(DeploymentOptions.SHUTDOWN_IF_ATTACHED, true);
        settings.set(ClientOptions.CLIENT_HEARTBEAT_TIMEOUT, CLIENT_TIMEOUT);
        return settings;
    }

    private void follow(JobClient job, BackfillSession session, BackfillPlan plan)
            throws Exception {
        Progress progress = new Progress(out, System.console() != null, plan);
        MissingSlots slots =
                new MissingSlots(environment.getConfiguration(), job.getJobID(), clock.instant());
        CompletableFuture<JobExecutionResult> result = job.getJobExecutionResult();
        try {
            JobStatus status = JobStatus.INITIALIZING;
            while (!status.isGloballyTerminalState() && !isDone(result)) {
                job.reportHeartbeat(clock.millis() + CLIENT_TIMEOUT.toMillis());
                List<ReadProgress> read = session.progress();
                status = status(job);
                progress.show(read, status.name(), clock.instant());
                if (read.isEmpty()) {
                    slots.look(clock.instant()).ifPresent(progress::note);
                }
            }
            // Flink's client asks for the result less and less often, in the end every two seconds.
            (result.isDone() ? result : job.getJobExecutionResult()).get();
        } catch (ExecutionException failure) {
            throw failed(failure.getCause());
        } catch (SQLException | InterruptedException failure) {
            job.cancel();
            throw failure;
        } finally {
            progress.clear();
        }
    }

    private static boolean isDone(CompletableFuture<?> result) throws InterruptedException {
        try {
            result.get(POLL_MILLIS, TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException notYet) {
            return false;
        } catch (ExecutionException failure) {
            return true;
        }
    }

    private static JobStatus status(JobClient job) throws InterruptedException {
        try {
            return job.getJobStatus().get(POLL_MILLIS, TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException unknown) {
            return JobStatus.INITIALIZING;
        }
    }

    private static StartRefusedException failed(Throwable failure) {
        // A cluster that has been up for a while does not even wait for slots.
        if (ExceptionUtils.findSerializedThrowable(
                        failure,
                        NoResourceAvailableException.class,
                        Backfill.class.getClassLoader())
                .isPresent()) {
            return new StartRefusedException(
                    "The cluster had too few free task slots for the backfill's Flink job; nothing was changed. "
                            + MissingSlots.WAYS_ON);
        }
        Throwable cause = ExceptionUtils.stripException(failure, ExecutionException.class);
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return new StartRefusedException(
                "The backfill's Flink job failed: %s. Nothing was changed; run it again when the cause is gone."
                        .formatted(
                                String.valueOf(cause.getMessage()).lines().findFirst().orElse("")));
    }
}
