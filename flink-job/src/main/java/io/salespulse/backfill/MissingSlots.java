package io.salespulse.backfill;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.flink.api.common.JobID;
import org.apache.flink.client.deployment.executors.RemoteExecutor;
import org.apache.flink.client.program.rest.RestClusterClient;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.DeploymentOptions;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.runtime.execution.ExecutionState;
import org.apache.flink.runtime.rest.handler.legacy.messages.ClusterOverviewWithVersion;
import org.apache.flink.runtime.rest.messages.job.JobDetailsInfo;
import org.apache.flink.runtime.rest.messages.job.JobDetailsInfo.JobVertexDetailsInfo;

/**
 * Why a job that was accepted does not begin: its tasks wait for slots. Flink calls that running,
 * and waits for minutes ({@code slot.request.timeout}) before it names the reason.
 */
final class MissingSlots {

    static final Duration PATIENCE = Duration.ofSeconds(10);

    /** What to do about it. */
    static final String WAYS_ON =
            "Wait until another job ends, start another TaskManager, or give a lower parallelism (flink run -p,"
                    + " ./run backfill --parallelism).";

    private static final long ANSWER_SECONDS = 5;

    private final Configuration cluster;
    private final JobID job;
    private Instant nextLook;
    private boolean said;

    MissingSlots(ReadableConfig cluster, JobID job, Instant submitted) {
        this.cluster = Configuration.fromMap(cluster.toMap());
        this.job = job;
        this.nextLook = submitted.plus(PATIENCE);
    }

    /**
     * Asks the cluster every {@link #PATIENCE} until there is something to say.
     *
     * @return what is missing and how to get it; only once, and only from a cluster of processes
     */
    Optional<String> look(Instant now) throws InterruptedException {
        if (said || now.isBefore(nextLook)) {
            return Optional.empty();
        }
        nextLook = now.plus(PATIENCE);
        Optional<String> found = ask();
        said = found.isPresent();
        return found;
    }

    private Optional<String> ask() throws InterruptedException {
        if (!RemoteExecutor.NAME.equals(cluster.get(DeploymentOptions.TARGET))) {
            return Optional.empty();
        }
        try (RestClusterClient<String> client = new RestClusterClient<>(cluster, "backfill")) {
            return explain(
                    client.getJobDetails(job).get(ANSWER_SECONDS, TimeUnit.SECONDS),
                    client.getClusterOverview().get(ANSWER_SECONDS, TimeUnit.SECONDS));
        } catch (InterruptedException interrupted) {
            throw interrupted;
        } catch (ExecutionException | TimeoutException noAnswer) {
            // This is only a hint. A cluster that is gone ends the job, which says so.
            return Optional.empty();
        } catch (Exception cannotConnect) {
            throw new IllegalStateException(cannotConnect);
        }
    }

    private static Optional<String> explain(
            JobDetailsInfo job, ClusterOverviewWithVersion cluster) {
        int needed =
                job.getJobVertexInfos().stream()
                        .mapToInt(JobVertexDetailsInfo::getParallelism)
                        .max()
                        .orElse(0);
        boolean waits = job.getJobVertexInfos().stream().anyMatch(MissingSlots::waitsForSlots);
        if (!waits || cluster.getNumSlotsAvailable() >= needed) {
            return Optional.empty();
        }
        return Optional.of(
                "the cluster has too few free task slots: the backfill needs %d at once, %d of %d are free. %s"
                        .formatted(
                                needed,
                                cluster.getNumSlotsAvailable(),
                                cluster.getNumSlotsTotal(),
                                WAYS_ON));
    }

    private static boolean waitsForSlots(JobVertexDetailsInfo vertex) {
        Map<ExecutionState, Integer> tasks = vertex.getTasksPerState();
        return tasks.getOrDefault(ExecutionState.CREATED, 0)
                        + tasks.getOrDefault(ExecutionState.SCHEDULED, 0)
                > 0;
    }
}
