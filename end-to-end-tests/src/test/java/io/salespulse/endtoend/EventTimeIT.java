package io.salespulse.endtoend;

import static io.salespulse.endtoend.Pipeline.await;
import static io.salespulse.endtoend.Pipeline.sale;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Event time through the real parts: what is open, final, corrected and late. */
class EventTimeIT {

    /** Longer than any test: nothing becomes final by silence. */
    private static final String[] NEVER_IDLE = {"--idle-timeout", "1h"};

    private static final String[] SOON_IDLE = {"--idle-timeout", "2s"};

    @Test
    void countsEventsThatAreOutOfOrderWithinTheBound() throws Exception {
        try (Pipeline pipeline = Pipeline.create(1)) {
            pipeline.startJob(1, Optional.empty(), NEVER_IDLE);
            pipeline.send(0, sale("2026-01-15T10:01:59.999Z", "Home", "1"));
            pipeline.send(0, sale("2026-01-15T10:01:00Z", "Home", "2"));
            pipeline.send(0, sale("2026-01-15T10:00:59.999Z", "Home", "4"));
            pipeline.send(0, sale("2026-01-15T10:00:00Z", "Home", "8"));
            pipeline.awaitRows("10:00 Home 12.00/2 open", "10:01 Home 3.00/2 open");

            pipeline.send(0, sale("2026-01-15T10:02:00Z", "Home", "16"));

            pipeline.awaitRows(
                    "10:00 Home 12.00/2 final",
                    "10:01 Home 3.00/2 open",
                    "10:02 Home 16.00/1 open");
            pipeline.assertEqualToTopic();
        }
    }

    @Test
    void correctsAFinalRowWithinTheAllowedLateness() throws Exception {
        try (Pipeline pipeline = Pipeline.create(1)) {
            pipeline.startJob(1, Optional.empty(), NEVER_IDLE);
            pipeline.send(0, sale("2026-01-15T10:00:00Z", "Home", "1"));
            pipeline.send(0, sale("2026-01-15T10:50:00Z", "Sports", "1"));
            pipeline.awaitRows("10:00 Home 1.00/1 final", "10:50 Sports 1.00/1 open");

            pipeline.send(0, sale("2026-01-15T10:00:30Z", "Home", "0.01"));
            pipeline.awaitRows("10:00 Home 1.01/2 final+1", "10:50 Sports 1.00/1 open");
            pipeline.send(0, sale("2026-01-15T10:00:31Z", "Home", "0.01"));

            pipeline.awaitRows("10:00 Home 1.02/3 final+2", "10:50 Sports 1.00/1 open");
            assertThat(pipeline.rejectedEvents()).isEmpty();
            pipeline.assertEqualToTopic();
        }
    }

    @Test
    void sendsLaterEventsToTheDeadLettersAlsoAfterARestoreAndWithAnotherParallelism()
            throws Exception {
        try (Pipeline pipeline = Pipeline.create(2)) {
            pipeline.startJob(2, Optional.empty(), NEVER_IDLE);
            pipeline.send(0, sale("2026-01-15T10:00:00Z", "Home", "1"));
            // The window 10:00 takes events until the partition is at 12:02 (1 h, and 1 min).
            pipeline.send(0, sale("2026-01-15T11:02:00Z", "Sports", "1"));
            pipeline.send(1, sale("2026-01-15T11:01:59.999Z", "Sports", "1"));
            pipeline.send(0, sale("2026-01-15T10:00:59.999Z", "Home", "2"));
            awaitRejections(pipeline, 1);
            Path savepoint = pipeline.stopJobWithSavepoint();

            pipeline.startJob(1, Optional.of(savepoint), NEVER_IDLE);
            pipeline.send(0, sale("2026-01-15T10:00:01Z", "Home", "4"));
            pipeline.send(1, sale("2026-01-15T10:00:02Z", "Home", "8"));

            awaitRejections(pipeline, 2);
            assertThat(pipeline.deadLetters().keySet()).containsExactly("0/2", "0/3");
            assertThat(pipeline.deadLetters().values())
                    .allSatisfy(
                            letter ->
                                    assertThat(Pipeline.header(letter, "error.reason"))
                                            .isEqualTo("LATE_EVENT"));
            await().untilAsserted(
                            () -> assertThat(pipeline.rows()).anyMatch(r -> r.contains("9.00/2")));
            pipeline.assertEqualToTopic();
        }
    }

    @Test
    void doesNotWaitForAnEmptyOrASilentPartition() throws Exception {
        try (Pipeline pipeline = Pipeline.create(3)) {
            pipeline.startJob(2, Optional.empty(), SOON_IDLE);
            pipeline.send(1, sale("2026-01-15T10:00:00Z", "Home", "1"));
            pipeline.awaitRows("10:00 Home 1.00/1 final");

            pipeline.send(0, sale("2026-01-15T10:00:30Z", "Home", "2"));
            pipeline.send(0, sale("2026-01-15T10:05:00Z", "Home", "4"));

            pipeline.awaitRows("10:00 Home 3.00/2 final+1", "10:05 Home 4.00/1 final");
            pipeline.assertEqualToTopic();
        }
    }

    @Test
    void runsWithMoreSubtasksThanPartitions() throws Exception {
        try (Pipeline pipeline = Pipeline.create(1)) {
            pipeline.startJob(4, Optional.empty(), SOON_IDLE);
            pipeline.send(0, sale("2026-01-15T10:00:00Z", "Home", "1"));
            pipeline.send(0, sale("2026-01-15T10:05:00Z", "Beauty", "2"));

            pipeline.awaitRows("10:00 Home 1.00/1 final", "10:05 Beauty 2.00/1 final");
            pipeline.assertEqualToTopic();
        }
    }

    @Test
    void finishesTheLastWindowsOfAQuietTopicAndGoesOnNormally() throws Exception {
        try (Pipeline pipeline = Pipeline.create(2)) {
            pipeline.startJob(2, Optional.empty(), SOON_IDLE);
            pipeline.send(0, sale("2026-01-15T10:00:10Z", "Home", "1"));
            pipeline.send(1, sale("2026-01-15T10:01:10Z", "Home", "2"));
            pipeline.awaitRows("10:00 Home 1.00/1 final", "10:01 Home 2.00/1 final");

            // Five minutes later in event time, with an old one among them.
            pipeline.send(0, sale("2026-01-15T10:06:00Z", "Home", "4"));
            pipeline.send(1, sale("2026-01-15T10:00:20Z", "Home", "8"));

            pipeline.awaitRows(
                    "10:00 Home 9.00/2 final+1",
                    "10:01 Home 2.00/1 final",
                    "10:06 Home 4.00/1 final");
            pipeline.assertEqualToTopic();
        }
    }

    @Test
    void finishesTheLastWindowOfATopicThatIsQuietSinceARestore() throws Exception {
        try (Pipeline pipeline = Pipeline.create(2)) {
            pipeline.startJob(2, Optional.empty(), NEVER_IDLE);
            pipeline.send(0, sale("2026-01-15T10:00:10Z", "Home", "1"));
            pipeline.awaitRows("10:00 Home 1.00/1 open");
            Path savepoint = pipeline.stopJobWithSavepoint();

            pipeline.startJob(2, Optional.of(savepoint), SOON_IDLE);

            pipeline.awaitRows("10:00 Home 1.00/1 final");
        }
    }

    @Test
    void losesNothingOfPartitionsTwoHoursApart() throws Exception {
        try (Pipeline pipeline = Pipeline.create(2)) {
            pipeline.startJob(2, Optional.empty(), SOON_IDLE);
            pipeline.send(0, sale("2026-01-15T12:00:00Z", "Home", "1"));
            pipeline.send(0, sale("2026-01-15T12:03:00Z", "Home", "2"));
            pipeline.awaitRows("12:00 Home 1.00/1 final", "12:03 Home 2.00/1 final");

            pipeline.send(1, sale("2026-01-15T10:00:00Z", "Home", "4"));
            pipeline.send(1, sale("2026-01-15T10:03:00Z", "Home", "8"));

            pipeline.awaitRows(
                    "10:00 Home 4.00/1 final",
                    "10:03 Home 8.00/1 final",
                    "12:00 Home 1.00/1 final",
                    "12:03 Home 2.00/1 final");
            assertThat(pipeline.rejectedEvents()).isEmpty();
            pipeline.assertEqualToTopic();
        }
    }

    @Test
    void countsAWindowOnceThatStraddlesAFailure() throws Exception {
        try (Pipeline pipeline = Pipeline.create(2)) {
            String job = pipeline.startJob(2, Optional.empty(), NEVER_IDLE[0], NEVER_IDLE[1]);
            pipeline.send(0, sale("2026-01-15T10:00:00Z", "Home", "1"));
            pipeline.send(1, sale("2026-01-15T10:00:01Z", "Home", "2"));
            pipeline.awaitRows("10:00 Home 3.00/2 open");
            pipeline.stack().flink().rest().checkpoint(job, Duration.ofSeconds(30));
            pipeline.send(0, sale("2026-01-15T10:00:02Z", "Home", "4"));
            pipeline.awaitRows("10:00 Home 7.00/3 open");
            pipeline.cancelJob();
            pipeline.send(1, sale("2026-01-15T10:00:03Z", "Home", "8"));

            Path checkpoint =
                    pipeline.stack()
                            .flink()
                            .checkpoints()
                            .newestOf(java.util.List.of(job))
                            .orElseThrow();
            pipeline.startJob(2, Optional.of(checkpoint), NEVER_IDLE);

            pipeline.awaitRows("10:00 Home 15.00/4 open");
            pipeline.send(0, sale("2026-01-15T10:02:00Z", "Home", "16"));
            pipeline.send(1, sale("2026-01-15T10:02:00Z", "Home", "32"));
            pipeline.awaitRows("10:00 Home 15.00/4 final", "10:02 Home 48.00/2 open");
            pipeline.assertEqualToTopic();
        }
    }

    private static void awaitRejections(Pipeline pipeline, long count) {
        await().untilAsserted(
                        () ->
                                assertThat(pipeline.rejectedEvents())
                                        .isEqualTo(Map.of("LATE_EVENT", count)));
    }

    /** Its end has a year of five digits. */
    @Test
    void countsTheLastMinuteThatCanBe() throws Exception {
        try (Pipeline pipeline = Pipeline.createWithTimesOfProducers(1)) {
            pipeline.startJob();
            pipeline.sendAt(
                    Instant.parse("9999-12-31T23:59:59.999Z"),
                    0,
                    sale("9999-12-31T23:59:59.999Z", "Home", "1"));

            pipeline.awaitRows("23:59 Home 1.00/1 open");
            pipeline.assertEqualToTopic();
        }
    }
}
