package io.salespulse.backfill;

import static io.salespulse.window.Fixtures.TEN;
import static io.salespulse.window.Fixtures.sale;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.salespulse.CollectingSink;
import io.salespulse.InMemoryLog;
import io.salespulse.InMemoryLogSource;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.client.deployment.executors.RemoteExecutor;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.DeploymentOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(180)
class MissingSlotsTest {

    @RegisterExtension
    static final MiniClusterExtension CLUSTER =
            new MiniClusterExtension(
                    new MiniClusterResourceConfiguration.Builder()
                            .setNumberTaskManagers(1)
                            .setNumberSlotsPerTaskManager(2)
                            .build());

    private static final Instant SUBMITTED = Instant.parse("2026-01-15T10:00:00Z");
    private static final Instant LATER = SUBMITTED.plus(MissingSlots.PATIENCE);

    private String name;

    @BeforeEach
    void log(TestInfo test) {
        name = test.getDisplayName();
        InMemoryLog.create(name, 1).append(sale(0, TEN, "Home", 1));
    }

    @AfterEach
    void delete() {
        InMemoryLog.delete(name);
        CollectingSink.lines(name).clear();
    }

    @Test
    void areNamedOnceAfterAWhile() throws Exception {
        JobClient job = submit(3);
        await().until(() -> job.getJobStatus().get() == JobStatus.RUNNING);
        MissingSlots slots = new MissingSlots(cluster(), job.getJobID(), SUBMITTED);

        assertThat(slots.look(LATER.minusMillis(1))).isEmpty();
        assertThat(slots.look(LATER))
                .hasValueSatisfying(
                        reason ->
                                assertThat(reason)
                                        .startsWith(
                                                "the cluster has too few free task slots: the backfill needs 3 at once, "));
        assertThat(slots.look(LATER.plus(MissingSlots.PATIENCE))).isEmpty();
        cancel(job);
    }

    @Test
    void areNotMissedByAJobThatHasThemAll() throws Exception {
        JobClient job = submit(2);
        await().until(() -> !CollectingSink.lines(name).isEmpty());
        MissingSlots slots = new MissingSlots(cluster(), job.getJobID(), SUBMITTED);

        assertThat(slots.look(LATER)).isEmpty();
        cancel(job);
    }

    @Test
    void areNotNamedByAClusterThatDoesNotAnswer() throws Exception {
        JobClient job = submit(1);
        cancel(job);
        Configuration nowhere = cluster();
        nowhere.setString("rest.port", "1");
        nowhere.setString("rest.retry.max-attempts", "0");

        assertThat(new MissingSlots(nowhere, job.getJobID(), SUBMITTED).look(LATER)).isEmpty();
    }

    private JobClient submit(int parallelism) throws Exception {
        StreamExecutionEnvironment environment =
                StreamExecutionEnvironment.getExecutionEnvironment();
        environment.setParallelism(parallelism);
        environment
                .fromSource(
                        new InMemoryLogSource(name), WatermarkStrategy.noWatermarks(), "records")
                .sinkTo(new CollectingSink<>(name, batch -> batch.category(0)));
        return environment.executeAsync(name);
    }

    private static void cancel(JobClient job) throws Exception {
        job.cancel().get(60, TimeUnit.SECONDS);
    }

    private static Configuration cluster() {
        Configuration cluster = new Configuration(CLUSTER.getClientConfiguration());
        cluster.set(DeploymentOptions.TARGET, RemoteExecutor.NAME);
        return cluster;
    }
}
