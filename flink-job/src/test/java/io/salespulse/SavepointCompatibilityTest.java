package io.salespulse;

import static io.salespulse.window.Fixtures.HOUR;
import static io.salespulse.window.Fixtures.MINUTE;
import static io.salespulse.window.Fixtures.RULES;
import static io.salespulse.window.Fixtures.SECOND;
import static io.salespulse.window.Fixtures.TEN;
import static io.salespulse.window.Fixtures.rejected;
import static io.salespulse.window.Fixtures.replayed;
import static io.salespulse.window.Fixtures.sale;
import static org.assertj.core.api.Assertions.assertThat;

import io.salespulse.config.JobConfig;
import io.salespulse.config.JobOptions;
import io.salespulse.config.JobSettings;
import io.salespulse.event.RejectionReason;
import io.salespulse.rejection.RejectionCounts;
import io.salespulse.source.EventTimeWatermarks;
import io.salespulse.source.TopicIdentity;
import io.salespulse.source.TransactionBatch;
import io.salespulse.source.TransactionRecord;
import io.salespulse.source.TransactionSource;
import io.salespulse.window.SalesResults;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.runtime.state.StateBackendLoader;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackendFactory;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.kafka.common.TopicPartition;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Savepoints that earlier versions of the job took go on in this one. Each lies in the resources
 * under the name of its version; {@link #takesANewSavepoint} makes another.
 */
@Timeout(180)
class SavepointCompatibilityTest {

    private static final String NEW_SAVEPOINT = "salespulse.new-savepoint";

    private static final String WHAT_TO_DO =
            """
            The job no longer goes on from the savepoint '%s', so those who run that version could not upgrade. Either
            - let the state keep its uids, names and types: fields can be added to a state class, but not renamed or retyped; or
            - write a serializer (with a TypeSerializerSnapshot) or a state version of its own that reads the old form; or
            - where neither is worth it, say in the upgrade notes that the job must start without a savepoint (it then
              recounts from the log), delete this savepoint, and make a new one: docs/development.md, 'Savepoints'.""";

    /** Topic, partition, offset, and that there is no end. */
    private static final byte[] OFFSET_42_OF_PARTITION_3 =
            HexFormat.of()
                    .parseHex(
                            "000c7472616e73616374696f6e7300000003000000000000002a8000000000000000");

    private static final String NAME = "savepoint compatibility";
    private static final String ROWS = NAME + " rows";
    private static final String REJECTIONS = NAME + " rejections";
    private static final String COUNTS = NAME + " counts";
    private static final String REPAIRS = NAME + " repairs";

    private static final long NINE = TEN - HOUR;
    private static final long TEN_FIFTY = TEN + 50 * MINUTE;
    private static final Duration STATE_RETENTION = Duration.ofMinutes(90);
    private static final Instant FROM_NINE = Instant.ofEpochMilli(NINE);

    @RegisterExtension
    static final MiniClusterExtension CLUSTER =
            new MiniClusterExtension(
                    new MiniClusterResourceConfiguration.Builder()
                            .setNumberTaskManagers(1)
                            .setNumberSlotsPerTaskManager(2)
                            .build());

    private String version = "of this run";
    private String stateBackend = StateBackendLoader.HASHMAP_STATE_BACKEND_NAME;
    private InMemoryLog log;
    private JobClient job;

    @BeforeEach
    void createLog() {
        log = InMemoryLog.create(NAME, 2);
        Stream.of(ROWS, REJECTIONS, COUNTS, REPAIRS)
                .forEach(name -> CollectingSink.lines(name).clear());
    }

    @AfterEach
    void deleteLog() {
        InMemoryLog.delete(NAME);
    }

    static List<Path> savepoints() throws IOException {
        try (Stream<Path> versions = Files.list(folder())) {
            return versions.sorted().toList();
        }
    }

    @ParameterizedTest
    @MethodSource("savepoints")
    void goesOnFromTheSavepointOf(Path savepoint) throws Exception {
        goesOnFrom(savepoint);
    }

    /** Savepoints are written so that every kind of state can read them, unlike checkpoints. */
    @ParameterizedTest
    @MethodSource("savepoints")
    void movesItsStateToDiskFromTheSavepointOf(Path savepoint) throws Exception {
        stateBackend = EmbeddedRocksDBStateBackendFactory.class.getName();

        goesOnFrom(savepoint);
    }

    /** The real source's state, which the savepoints here do not have: theirs is in memory. */
    @Test
    void readsOffsetsThatVersion1Wrote() throws Exception {
        JobConfig config =
                JobOptions.parse(
                                new String[0],
                                Map.of(JobOptions.PASSWORD_VARIABLE, "not used"),
                                new PrintWriter(Writer.nullWriter()))
                        .orElseThrow();
        var serializer =
                TransactionSource.create(config, new TopicIdentity("t", "id"), Map.of())
                        .getSplitSerializer();

        KafkaPartitionSplit split = serializer.deserialize(0, OFFSET_42_OF_PARTITION_3);

        assertThat(split.getTopicPartition()).isEqualTo(new TopicPartition("transactions", 3));
        assertThat(split.getStartingOffset()).isEqualTo(42);
        assertThat(split.getStoppingOffset()).isEmpty();
    }

    /** So that the test above fails for the savepoint, and not for a mistake in this class. */
    @Test
    void goesOnFromItsOwnSavepoint(@TempDir Path folder) throws Exception {
        Path savepoint = takeSavepoint(folder, false);
        createLog();

        goesOnFrom(savepoint);
    }

    @Test
    void goesOnFromASavepointWithDrain(@TempDir Path folder) throws Exception {
        Path savepoint = takeSavepoint(folder, true);
        createLog();

        goesOnFrom(savepoint);
    }

    @Test
    @EnabledIfSystemProperty(
            named = NEW_SAVEPOINT,
            matches = ".+",
            disabledReason = "Makes a savepoint for the version that -D" + NEW_SAVEPOINT + " names")
    void takesANewSavepoint(@TempDir Path temporary) throws Exception {
        Path savepoint = takeSavepoint(temporary, false);

        Path target =
                Path.of(System.getProperty("salespulse.root"))
                        .resolve("flink-job/src/test/resources/savepoints")
                        .resolve(System.getProperty(NEW_SAVEPOINT));
        Files.createDirectories(target.getParent());
        Files.move(savepoint, target);
        // Small state lies within the metadata; a file beside it would be named by its path.
        assertThat(target.toFile().list()).containsExactly("_metadata");
    }

    /**
     * The state has: offsets; what each partition has reached; where counting begins; a window that
     * is final but still held, two that are open, and one that was given up; rejections of a
     * minute.
     */
    private Path takeSavepoint(Path folder, boolean drain) throws Exception {
        start(2, FROM_NINE, Optional.empty());
        appendHistory();
        awaitLines(ROWS, "10:00 Home 1.00/1 final", "10:50 Sports 2.00/1 so far");
        awaitLines(ROWS, "10:50 Beauty 3.00/1 so far", "09:05 Home 7.00/1 final");
        awaitLines(REJECTIONS, "0/3 LATE_EVENT", "1/0 MALFORMED_JSON");
        awaitLines(COUNTS, "09:10 LATE_EVENT 1", "10:00 MALFORMED_JSON 1");
        return Path.of(
                job.stopWithSavepoint(drain, folder.toString(), SavepointFormatType.CANONICAL)
                        .get()
                        .replaceFirst("^file:", ""));
    }

    private void appendHistory() {
        log.append(
                sale(0, NINE + 5 * MINUTE, "Home", 700),
                sale(0, TEN, "Home", 100),
                sale(0, TEN_FIFTY, "Sports", 200),
                sale(0, NINE + 10 * MINUTE, "Home", 1));
        TransactionRecord malformed = rejected(1, 0, RejectionReason.MALFORMED_JSON);
        log.append(malformed, sale(1, TEN_FIFTY, "Beauty", 300));
    }

    private void goesOnFrom(Path savepoint) throws Exception {
        version = savepoint.getFileName().toString();
        appendHistory();
        start(1, Instant.EPOCH, Optional.of(savepoint));
        log.append(
                // Outside: counting begins at nine, which only the state knows.
                sale(0, NINE - SECOND, "Home", 1),
                // Late, by how far the partition was.
                sale(0, NINE + 11 * MINUTE, "Home", 1),
                // Its window was given up, by how far the watermark was.
                replayed(0, NINE + 5 * MINUTE, "Home", 1),
                // Corrects a final row.
                sale(0, TEN + SECOND, "Home", 10),
                sale(0, TEN_FIFTY + SECOND, "Sports", 20));
        awaitLines(REJECTIONS, "0/5 LATE_EVENT");
        awaitLines(REPAIRS, "09:05");
        awaitLines(ROWS, "10:00 Home 1.10/2 final", "10:50 Sports 2.20/2 so far");
        log.append(
                sale(0, TEN_FIFTY + 3 * MINUTE, "Last", 1),
                sale(1, TEN_FIFTY + 3 * MINUTE, "Last", 1));

        awaitLines(ROWS, "10:50 Beauty 3.00/1 final", "10:50 Sports 2.20/2 final");
        awaitLines(ROWS, "10:53 Last 0.02/2 so far");
        awaitLines(COUNTS, "09:11 LATE_EVENT 1");
        job.cancel().get();
        assertThat(CollectingSink.lines(ROWS))
                .as(whatToDo())
                .filteredOn(row -> row.endsWith(" final"))
                .containsOnly(
                        "10:00 Home 1.10/2 final",
                        "10:50 Beauty 3.00/1 final",
                        "10:50 Sports 2.20/2 final");
        assertThat(CollectingSink.lines(REJECTIONS)).as(whatToDo()).containsOnly("0/5 LATE_EVENT");
        assertThat(CollectingSink.lines(REPAIRS)).as(whatToDo()).containsOnly("09:05");
    }

    private void start(int parallelism, Instant countedFrom, Optional<Path> savepoint)
            throws Exception {
        StreamExecutionEnvironment environment =
                StreamExecutionEnvironment.getExecutionEnvironment(settings(savepoint));
        environment.setParallelism(parallelism);
        JobSettings.applyTo(environment);
        build(environment, countedFrom);
        job = environment.executeAsync(NAME);
    }

    private Configuration settings(Optional<Path> savepoint) {
        Configuration settings = new Configuration();
        settings.set(StateBackendOptions.STATE_BACKEND, stateBackend);
        settings.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ofHours(1));
        settings.set(PipelineOptions.AUTO_WATERMARK_INTERVAL, Duration.ofMillis(10));
        settings.set(RestartStrategyOptions.RESTART_STRATEGY, "none");
        savepoint.ifPresent(
                path -> settings.set(StateRecoveryOptions.SAVEPOINT_PATH, path.toString()));
        return settings;
    }

    private static void build(StreamExecutionEnvironment environment, Instant countedFrom) {
        DataStream<TransactionBatch> transactions =
                environment
                        .fromSource(
                                new InMemoryLogSource(NAME),
                                new EventTimeWatermarks(RULES, Duration.ofHours(1)),
                                "transactions")
                        .uid("transactions");
        SalesResults results =
                SalesResults.of(
                        transactions, RULES, countedFrom, STATE_RETENTION, Duration.ofMillis(20));
        results.sales()
                .sinkTo(
                        new CollectingSink<>(
                                ROWS,
                                row ->
                                        "%s %s %s/%d %s"
                                                .formatted(
                                                        time(row.windowStart),
                                                        row.category,
                                                        row.totalSales(),
                                                        row.count,
                                                        row.isFinal ? "final" : "so far")))
                .uid("category-sales");
        results.rejections()
                .sinkTo(
                        new CollectingSink<>(
                                REJECTIONS, r -> r.partition + "/" + r.offset + " " + r.reason))
                .uid("dead-letters");
        RejectionCounts.count(results.rejections(), Duration.ofMillis(20))
                .sinkTo(
                        new CollectingSink<>(
                                COUNTS, c -> time(c.minute) + " " + c.reason + " " + c.count))
                .uid("rejected-events");
        results.repairs()
                .sinkTo(new CollectingSink<>(REPAIRS, SavepointCompatibilityTest::time))
                .uid("repairs");
    }

    private static String time(long epochMillis) {
        return Instant.ofEpochMilli(epochMillis).toString().substring(11, 16);
    }

    /** Long enough for a machine that is busy with other things. */
    private void awaitLines(String sink, String... expected) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .untilAsserted(
                        () -> {
                            failIfTheJobFailed();
                            assertThat(CollectingSink.lines(sink))
                                    .as(whatToDo())
                                    .contains(expected);
                        });
    }

    private void failIfTheJobFailed() throws Exception {
        if (job.getJobStatus().get() == JobStatus.FAILED) {
            try {
                job.getJobExecutionResult().get();
            } catch (Exception cause) {
                throw new IllegalStateException(whatToDo(), cause);
            }
        }
    }

    private String whatToDo() {
        return WHAT_TO_DO.formatted(version);
    }

    private static Path folder() {
        return Path.of(System.getProperty("salespulse.root"))
                .resolve("flink-job/src/test/resources/savepoints");
    }
}
