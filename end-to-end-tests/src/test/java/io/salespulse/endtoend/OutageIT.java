package io.salespulse.endtoend;

import static io.salespulse.endtoend.Pipeline.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.salespulse.local.FlinkCluster.TaskManager;
import io.salespulse.local.FlinkRest;
import io.salespulse.local.Service;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * A part is stopped or killed while events arrive, and comes back: the table goes on within seconds
 * and equals the topic in the end, without anybody's help.
 */
class OutageIT {

    /** From the moment at which the part is back. */
    private static final Duration RECOVERY = Duration.ofSeconds(15);

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final List<String> LOAD =
            List.of(
                    "--rate",
                    "500",
                    "--max-out-of-orderness",
                    "5s",
                    "--malformed-ratio",
                    "0.01",
                    "--duplicate-ratio",
                    "0.01");

    private final Stack stack = Stack.shared();

    @AfterEach
    void startWhatIsDown() {
        if (!stack.postgres().isAlive()) {
            stack.postgres().start();
        }
        if (!stack.kafka().isAlive()) {
            stack.kafka().start();
        }
        stack.flink().taskManagers().stream()
                .filter(taskManager -> !taskManager.isAlive())
                .forEach(Service::start);
    }

    @Test
    void survivesARestartOfPostgres() throws Exception {
        survivesAnOutageOfPostgres(Service::stop);
    }

    @Test
    void survivesTheDeathOfPostgres() throws Exception {
        survivesAnOutageOfPostgres(Service::kill);
    }

    private void survivesAnOutageOfPostgres(Consumer<Service> end) throws Exception {
        try (Pipeline pipeline = Pipeline.create(4);
                RunningProgram datagen = startUnderLoad(pipeline, "--late-ratio", "0.01")) {
            awaitCheckpointWithRows(pipeline);
            List<Long> processes = taskManagerProcesses();
            end.accept(stack.postgres());
            awaitFailure(pipeline);
            stack.postgres().start();

            awaitFreshRows(pipeline);
            assertThat(taskManagerProcesses()).isEqualTo(processes);
            assertEqualInTheEnd(pipeline, datagen);
        }
    }

    @Test
    void survivesTheDeathOfATaskManagerBesideASpareOne() throws Exception {
        try (Pipeline pipeline = Pipeline.create(4);
                RunningProgram datagen = startUnderLoad(pipeline, "--late-ratio", "0.01")) {
            awaitCheckpointWithRows(pipeline);
            TaskManager victim = taskManagersOf(pipeline).get(0);
            victim.kill();

            awaitFreshRows(pipeline);
            assertThat(victim.isAlive()).isFalse();
            assertThat(taskManagersOf(pipeline)).doesNotContain(victim);
            victim.start();
            assertEqualInTheEnd(pipeline, datagen);
        }
    }

    @Test
    void countsNothingAsLateBecauseOfARestartOfKafka() throws Exception {
        try (Pipeline pipeline = Pipeline.create(4);
                RunningProgram datagen = startUnderLoad(pipeline)) {
            awaitCheckpointWithRows(pipeline);
            List<Long> processes = taskManagerProcesses();
            stack.kafka().restart();

            awaitFreshRows(pipeline);
            assertThat(taskManagerProcesses()).isEqualTo(processes);
            assertEqualInTheEnd(pipeline, datagen);
            assertThat(pipeline.rejectedEvents()).doesNotContainKey("LATE_EVENT");
        }
    }

    private static RunningProgram startUnderLoad(Pipeline pipeline, String... options)
            throws IOException {
        pipeline.startJob();
        List<String> load = new ArrayList<>(LOAD);
        load.addAll(List.of(options));
        return pipeline.startDatagen(load.toArray(String[]::new));
    }

    /** The job must have something to go back to, and more than nothing in it. */
    private static void awaitCheckpointWithRows(Pipeline pipeline) {
        await().atMost(PATIENCE).until(() -> !pipeline.rows().isEmpty());
        pipeline.stack().flink().rest().checkpoint(pipeline.jobId(), PATIENCE);
    }

    private List<Long> taskManagerProcesses() {
        assertThat(stack.flink().taskManagers()).allMatch(Service::isAlive);
        return stack.flink().taskManagers().stream().map(Service::pid).toList();
    }

    private List<TaskManager> taskManagersOf(Pipeline pipeline) {
        Set<String> ids = stack.flink().rest().taskManagersOf(pipeline.jobId());
        return stack.flink().taskManagers().stream()
                .filter(taskManager -> ids.contains(taskManager.id()))
                .toList();
    }

    /** The outage must have reached the job, or the test would show nothing. */
    private void awaitFailure(Pipeline pipeline) {
        await().atMost(PATIENCE)
                .until(() -> !stack.flink().rest().exceptions(pipeline.jobId()).isEmpty());
    }

    /** The table holds more records than the topic does now: some that are yet to come. */
    private static void awaitFreshRows(Pipeline pipeline) {
        long now = pipeline.recordCount();
        await().atMost(RECOVERY)
                .untilAsserted(() -> assertThat(recordsInTables(pipeline)).isGreaterThan(now));
    }

    private static long recordsInTables(Pipeline pipeline) {
        return Long.parseLong(
                pipeline.query(
                                """
                SELECT coalesce((SELECT sum(transaction_count) FROM category_sales), 0)
                  + coalesce((SELECT sum(event_count) FROM rejected_events), 0)
                """)
                        .get(0));
    }

    private void assertEqualInTheEnd(Pipeline pipeline, RunningProgram datagen) throws Exception {
        long seen = pipeline.recordCount();
        await().atMost(PATIENCE).until(() -> pipeline.recordCount() >= seen + 1000);
        ProgramResult sent = datagen.terminate();
        assertThat(sent.exitCode()).as(sent.output()).isZero();
        pipeline.assertEqualToTopic();
        assertThat(stack.flink().rest().job(pipeline.jobId()).map(FlinkRest.Job::state))
                .isEqualTo(Optional.of("RUNNING"));
    }
}
