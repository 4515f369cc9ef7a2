package io.salespulse.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.salespulse.endtoend.Pipeline;
import io.salespulse.local.flink.FlinkRest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Each fault once, with short outages, one after the other on one running pipeline under load.
 * After each the table goes on by itself and equals the topic.
 *
 * <p>{@code -Dsalespulse.faults.seed=} repeats the load of a run.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class FaultIT {

    private static final long SEED =
            Long.getLong("salespulse.faults.seed", new SplittableRandom().nextLong());

    private final List<String> report = new ArrayList<>();
    private Victim victim;

    @BeforeAll
    void start() throws Exception {
        System.out.println("-Dsalespulse.faults.seed=" + SEED);
        victim = new Victim(Pace.SHORT, SEED);
    }

    @AfterAll
    void end() throws Exception {
        report.forEach(System.out::println);
        victim.close();
    }

    /** One that does not recover says more than all that would fail after it. */
    @BeforeEach
    void needsAPipelineThatRuns() {
        assumeThat(victim.hasSurvived()).as("the pipeline survived the fault before").isTrue();
    }

    /** Those that are left out happen within others, too. */
    @ParameterizedTest
    @EnumSource(
            mode = EnumSource.Mode.EXCLUDE,
            names = {"TASK_MANAGER_KILLED", "POSTGRES_STOPPED", "KAFKA_KILLED"})
    @Order(1)
    void survives(Fault fault) throws Exception {
        Duration recovery = victim.survive(fault);

        report.add(
                "%-45s fresh rows after %5.1f s, budget %d s"
                        .formatted(fault, recovery.toMillis() / 1e3, fault.budgetSeconds()));
    }

    @Test
    @Order(2)
    void losesNothingThatKafkaAcknowledged() {
        victim.assertNothingAcknowledgedIsMissing();
    }

    @Test
    @Order(3)
    void leavesNoClassesBehindAfterManyRestarts() throws Exception {
        List<Long> loaded = victim.loadedClassesOverRestarts(Pace.SHORT.restarts());

        assertThat(loaded.get(loaded.size() - 1))
                .as("loaded classes after each restart: %s", loaded)
                .isLessThan(loaded.get(1) + 1_000);
    }

    /** The watermark of the slower one must not be forgotten, nor its events be late. */
    @Test
    @Order(4)
    void countsPartitionsThatAreHoursApartAtTheMomentOfAKill() throws Exception {
        try (Pipeline pipeline = Pipeline.create(2)) {
            pipeline.startJob();
            pipeline.send(0, Pipeline.sale("2026-01-15T10:00:10Z", "Home", "1.00"));
            pipeline.send(1, Pipeline.sale("2026-01-15T13:00:10Z", "Home", "2.00"));
            pipeline.awaitRows("10:00 Home 1.00/1 open", "13:00 Home 2.00/1 open");
            pipeline.stack().flink().rest().checkpoint(pipeline.jobId(), Duration.ofSeconds(60));

            Victim.busyTaskManager(pipeline).kill();
            pipeline.send(0, Pipeline.sale("2026-01-15T10:00:20Z", "Home", "4.00"));
            pipeline.send(1, Pipeline.sale("2026-01-15T13:00:20Z", "Home", "8.00"));

            pipeline.awaitRows("10:00 Home 5.00/2 open", "13:00 Home 10.00/2 open");
            pipeline.assertEqualToTopic();
            victim.awaitAllUp();
        }
    }

    /**
     * The JobManager has outlived the death of ZooKeeper, minutes ago, and finds its way back to
     * the leadership; Flink lists such a job no more once it has ended.
     */
    @Test
    @Order(6)
    void cancelsAJobThatWasSuspended() throws Exception {
        try (Pipeline pipeline = Pipeline.create(1)) {
            pipeline.startJob();
            FlinkRest rest = pipeline.stack().flink().rest();
            pipeline.stack().zooKeeper().freeze();
            Pipeline.await().until(() -> !rest.answers());
            pipeline.stack().zooKeeper().thaw();
            victim.awaitAllUp();
            rest.awaitRunning(pipeline.jobId(), Duration.ofSeconds(60));

            pipeline.cancelJob();
        }
    }

    /** The job waits for it: a rejected record is not dropped to go on. */
    @Test
    @Order(5)
    void waitsForAMissingDeadLetterTopic() throws Exception {
        try (Pipeline pipeline = Pipeline.create(1)) {
            pipeline.startJob();
            pipeline.withAdmin(
                    admin -> admin.deleteTopics(List.of(pipeline.deadLetterTopic())).all().get());
            pipeline.send(0, "not a transaction");
            victim.pass(Pace.SHORT.outage());
            pipeline.createTopic(new NewTopic(pipeline.deadLetterTopic(), 1, (short) 1));
            pipeline.send(0, Pipeline.sale("2026-01-15T10:00:10Z", "Home", "1.00"));

            pipeline.awaitRows("10:00 Home 1.00/1 open");
            pipeline.assertEqualToTopic();
        }
    }
}
