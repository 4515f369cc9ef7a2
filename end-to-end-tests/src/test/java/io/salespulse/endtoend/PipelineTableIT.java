package io.salespulse.endtoend;

import static io.salespulse.endtoend.Pipeline.await;
import static io.salespulse.endtoend.Pipeline.sale;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.salespulse.local.flink.FlinkCluster;
import io.salespulse.local.flink.FlinkRest;
import io.salespulse.local.postgres.PostgresServer;
import io.salespulse.local.process.Service;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/** One log and one set of rules: what the job refuses, and where it begins to count. */
class PipelineTableIT {

    @Test
    void refusesOtherRules() {
        try (Pipeline pipeline = Pipeline.create(1)) {
            pipeline.startJob();
            pipeline.cancelJob();

            assertRefused(pipeline, "--window-size is PT30S, but was PT1M", "--window-size", "30s");
            assertRefused(
                    pipeline,
                    "--allowed-lateness is PT2H, but was PT1H",
                    "--allowed-lateness",
                    "2h");
        }
    }

    @Test
    void refusesATopicThatWasCreatedAnew() {
        try (Pipeline pipeline = Pipeline.create(1)) {
            pipeline.startJob();
            pipeline.cancelJob();
            createAnew(pipeline);

            assertRefused(pipeline, "was deleted and created again");
            assertRefused(pipeline, "TRUNCATE category_sales, rejected_events, repairs, pipeline");
        }
    }

    /** Flink restores its offsets, and they are there, but in another log. */
    @Test
    void stopsForGoodWhenItsTopicWasCreatedAnewMeanwhile() {
        try (Pipeline pipeline = Pipeline.create(1)) {
            pipeline.startJob();
            pipeline.send(0, sale("2026-01-15T10:00:00Z", "Home", "1"));
            pipeline.awaitRows("10:00 Home 1.00/1 open");
            FlinkCluster flink = pipeline.stack().flink();
            flink.rest().checkpoint(pipeline.jobId(), Duration.ofSeconds(60));
            flink.taskManagers().forEach(Service::kill);

            createAnew(pipeline);
            pipeline.send(0, sale("2026-01-15T10:00:00Z", "Home", "2"));
            pipeline.send(0, sale("2026-01-15T10:00:01Z", "Home", "4"));
            flink.taskManagers().forEach(Service::start);

            assertStopsForGood(pipeline, "was deleted and created again while the job counted it");
            assertThat(pipeline.rows()).containsExactly("10:00 Home 1.00/1 open");
        }
    }

    private static void createAnew(Pipeline pipeline) {
        pipeline.withAdmin(admin -> admin.deleteTopics(List.of(pipeline.topic())).all().get());
        await().until(
                        () ->
                                !pipeline.withAdmin(admin -> admin.listTopics().names().get())
                                        .contains(pipeline.topic()));
        pipeline.createTopic(new NewTopic(pipeline.topic(), 1, (short) 1));
    }

    private static void assertStopsForGood(Pipeline pipeline, String... reasons) {
        FlinkRest rest = pipeline.stack().flink().rest();
        String job = pipeline.jobId();
        await().untilAsserted(
                        () -> assertThat(rest.job(job).orElseThrow().state()).isEqualTo("FAILED"));
        assertThat(String.join("\n", rest.exceptions(job))).contains(reasons);
    }

    @Test
    void refusesAnotherTopic() {
        try (Pipeline pipeline = Pipeline.create(1);
                Pipeline other = Pipeline.create(1)) {
            pipeline.startJob();
            pipeline.cancelJob();

            assertRefused(
                    pipeline,
                    "This database was counted from topic '%s', not from '%s'"
                            .formatted(pipeline.topic(), other.topic()),
                    "--topic",
                    other.topic());
        }
    }

    @Test
    void refusesTopicsThatCannotGiveExactResults() {
        try (Pipeline pipeline = Pipeline.create(1, Map.of("cleanup.policy", "compact"))) {
            assertRefused(pipeline, "is compacted");
            assertRefused(pipeline, "'no-such-topic' does not exist", "--topic", "no-such-topic");
            assertRefused(
                    pipeline,
                    "'no-such-topic' does not exist",
                    "--dead-letter-topic",
                    "no-such-topic");
        }
    }

    @Test
    void namesWhatCannotBeReached() {
        try (Pipeline pipeline = Pipeline.create(1)) {
            assertRefused(
                    pipeline,
                    "PostgreSQL cannot be used at jdbc:postgresql://127.0.0.1:1/none",
                    "--jdbc-url",
                    "jdbc:postgresql://127.0.0.1:1/none");
            assertRefused(pipeline, "Is the password right", "--jdbc-user", PostgresServer.READER);
        }
    }

    @Test
    void countsFromTheBeginningOfAnUntrimmedLog() {
        try (Pipeline pipeline = Pipeline.create(2)) {
            pipeline.startJob();

            assertThat(countedFrom(pipeline)).isEqualTo(Instant.EPOCH);
        }
    }

    @Test
    void beginsATrimmedLogWithItsFirstWholeWindow() throws Exception {
        try (Pipeline pipeline = Pipeline.create(1)) {
            pipeline.send(0, sale("2026-01-15T10:00:00Z", "Home", "1"));
            long firstKept =
                    pipeline.send(0, sale(Instant.now().toString(), "Home", "2")).timestamp();
            trim(pipeline, 1);

            pipeline.startJob();

            Instant afterSkew = Instant.ofEpochMilli(firstKept).plusSeconds(60);
            Instant firstWhole =
                    Instant.ofEpochSecond(Math.floorDiv(afterSkew.getEpochSecond(), 60) * 60 + 60);
            assertThat(countedFrom(pipeline)).isEqualTo(firstWhole);
            pipeline.assertEqualToTopic();
            assertThat(pipeline.rows()).isEmpty();
        }
    }

    /** An event may be ahead of Kafka's time by max-future-skew, a minute: 10:01:00 at 10:00:00. */
    @Test
    void beginsWithTheFirstWholeWindowFromATime() throws Exception {
        try (Pipeline pipeline = Pipeline.createWithTimesOfProducers(1)) {
            Instant ten = Instant.parse("2026-01-15T10:00:00Z");
            pipeline.sendAt(ten, 0, sale("2026-01-15T10:00:59.999Z", "Home", "1"));
            pipeline.sendAt(ten, 0, sale("2026-01-15T10:01:00Z", "Home", "2"));
            pipeline.sendAt(ten.plusSeconds(61), 0, sale("2026-01-15T10:01:01Z", "Home", "4"));

            pipeline.startJob("--starting-offsets", "2026-01-15T10:00:00.001Z");

            assertThat(countedFrom(pipeline)).isEqualTo(Instant.parse("2026-01-15T10:01:00Z"));
            pipeline.awaitRows("10:01 Home 6.00/2 open");
            pipeline.assertEqualToTopic();
        }
    }

    @Test
    void stopsForGoodWhenRetentionHasRemovedUnreadRecords() throws Exception {
        try (Pipeline pipeline = Pipeline.create(1)) {
            Path savepoint = stoppedAfterOneSale(pipeline);
            pipeline.send(0, sale("2026-01-15T10:00:01Z", "Home", "2"));
            pipeline.send(0, sale("2026-01-15T10:00:02Z", "Home", "4"));
            trim(pipeline, 2);

            pipeline.submit(1, Optional.of(savepoint));

            assertStopsForGood(pipeline, "are no longer in the topic", pipeline.topic() + "-0=1");
        }
    }

    @Test
    void stopsForGoodWhenAPartitionThatIsNewToTheJobHasLostRecords() throws Exception {
        try (Pipeline pipeline = Pipeline.create(1)) {
            Path savepoint = stoppedAfterOneSale(pipeline);
            pipeline.withAdmin(
                    admin ->
                            admin.createPartitions(
                                            Map.of(pipeline.topic(), NewPartitions.increaseTo(2)))
                                    .all()
                                    .get());
            pipeline.send(1, sale("2026-01-15T10:00:01Z", "Home", "2"));
            pipeline.send(1, sale("2026-01-15T10:00:02Z", "Home", "4"));
            trim(pipeline, 1, 1);

            pipeline.submit(1, Optional.of(savepoint));

            assertStopsForGood(pipeline, "are no longer in the topic", pipeline.topic() + "-1=0");
        }
    }

    private static Path stoppedAfterOneSale(Pipeline pipeline) {
        pipeline.startJob(1, Optional.empty());
        pipeline.send(0, sale("2026-01-15T10:00:00Z", "Home", "1"));
        pipeline.awaitRows("10:00 Home 1.00/1 open");
        return pipeline.stopJobWithSavepoint();
    }

    @Test
    void neverMakesAShownNumberSmallerOrUnfinal() throws Exception {
        try (Pipeline pipeline = Pipeline.create(1)) {
            pipeline.update(
                    """
                    INSERT INTO category_sales (window_start, window_end, category, total_sales, transaction_count, is_final)
                    VALUES ('2026-01-15 10:00Z', '2026-01-15 10:01Z', 'Home', 99.99, 2, true)
                    """);
            pipeline.startJob(1, Optional.empty());
            pipeline.send(0, sale("2026-01-15T10:00:00Z", "Home", "1"));
            pipeline.send(0, sale("2026-01-15T10:00:00Z", "Beauty", "1"));
            pipeline.awaitRows("10:00 Beauty 1.00/1 open", "10:00 Home 99.99/2 final");
            pipeline.send(0, sale("2026-01-15T10:00:00Z", "Home", "1"));
            pipeline.send(0, sale("2026-01-15T10:00:00Z", "Beauty", "1"));
            pipeline.awaitRows("10:00 Beauty 2.00/2 open", "10:00 Home 99.99/2 final");

            pipeline.send(0, sale("2026-01-15T10:00:00Z", "Home", "1"));

            pipeline.awaitRows("10:00 Beauty 2.00/2 open", "10:00 Home 3.00/3 final+1");
        }
    }

    @Test
    void twoJobsAtOnceWriteTheSameRows() throws Exception {
        try (Pipeline pipeline = Pipeline.create(2)) {
            String first = pipeline.startJob(1, Optional.empty());
            pipeline.startJob(1, Optional.empty(), "--group-id", "twin");
            ProgramResult datagen =
                    pipeline.datagen("--rate", "2000", "--count", "10000", "--late-ratio", "0.01");
            assertThat(datagen.exitCode()).as(datagen.output()).isZero();

            pipeline.assertEqualToTopic();
            pipeline.stack().flink().rest().cancel(first, Duration.ofSeconds(30));
        }
    }

    private static Instant countedFrom(Pipeline pipeline) {
        return Instant.ofEpochSecond(
                Long.parseLong(
                        pipeline.query(
                                        "SELECT extract(epoch FROM counted_from)::bigint FROM pipeline")
                                .get(0)));
    }

    private static void trim(Pipeline pipeline, long beforeOffset) {
        trim(pipeline, 0, beforeOffset);
    }

    private static void trim(Pipeline pipeline, int partition, long beforeOffset) {
        pipeline.withAdmin(
                a ->
                        a.deleteRecords(
                                        Map.of(
                                                new TopicPartition(pipeline.topic(), partition),
                                                RecordsToDelete.beforeOffset(beforeOffset)))
                                .all()
                                .get());
    }

    private static void assertRefused(Pipeline pipeline, String reason, String... options) {
        assertThatThrownBy(() -> pipeline.submit(1, Optional.empty(), options))
                .hasMessageContaining(reason);
    }
}
