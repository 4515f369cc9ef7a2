package io.salespulse.recounts;

import static io.salespulse.endtoend.Pipeline.await;
import static io.salespulse.endtoend.Pipeline.sale;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.salespulse.endtoend.Pipeline;
import io.salespulse.endtoend.ProgramResult;
import io.salespulse.endtoend.RunningProgram;
import io.salespulse.local.flink.FlinkCluster.TaskManager;
import io.salespulse.local.flink.FlinkRest;
import io.salespulse.local.flink.FlinkRestException;
import io.salespulse.local.postgres.PostgresServer;
import io.salespulse.local.process.Service;
import java.io.BufferedReader;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Backfills of one pipeline with a live job, whose table each test damages in its own way. The
 * topic holds three hours of history, months away from Kafka's time, out of order and with late and
 * bad records; most of it lies in one partition and nothing in another.
 */
class BackfillIT {

    private static final String FROM = "2026-01-15T09:00:00Z";
    private static final String TO = "2026-01-15T12:00:00Z";

    /** Out of order, some events lie before {@link #FROM}. */
    private static final String EVERYTHING = "1970-01-01T00:00:00Z";

    private static Pipeline pipeline;
    private static List<String> complete;
    private static String insertComplete;

    @BeforeAll
    static void fillOnce() throws Exception {
        pipeline = Pipeline.create(2);
        ProgramResult datagen =
                pipeline.datagen(
                        "--history", FROM + ".." + TO,
                        "--count", "15000",
                        "--rate", "max",
                        "--seed", "7",
                        "--max-out-of-orderness", "50s",
                        "--late-ratio", "0.01",
                        "--malformed-ratio", "0.01",
                        "--duplicate-ratio", "0.01");
        assertThat(datagen.exitCode()).as(datagen.output()).isZero();
        for (int i = 0; i < 5_000; i++) {
            String time = Instant.parse(FROM).plusSeconds(2 * i).toString();
            pipeline.sendAsync(0, sale(time, "Home", "0.01").getBytes(UTF_8));
        }
        pipeline.flush();
        pipeline.withAdmin(
                admin ->
                        admin.createPartitions(
                                        Map.of(pipeline.topic(), NewPartitions.increaseTo(4)))
                                .all()
                                .get());
        pipeline.startJob("--idle-timeout", "2s");
        pipeline.assertEqualToTopic();
        awaitAllFinal(pipeline);
        pipeline.stack().flink().rest().checkpoint(pipeline.jobId(), Duration.ofSeconds(60));
        complete = countsAndSums();
        insertComplete =
                pipeline
                        .query(
                                """
                                SELECT format('(%L, %L, %L, %s, %s, true)', window_start, window_end, category, total_sales, transaction_count)
                                FROM category_sales
                                """)
                        .stream()
                        .collect(
                                Collectors.joining(
                                        ",",
                                        """
                                        INSERT INTO category_sales
                                          (window_start, window_end, category, total_sales, transaction_count, is_final) VALUES
                                        """,
                                        ""));
    }

    /** Whatever the test before has left. */
    @BeforeEach
    void beginWithTheCompleteTable() {
        pipeline.update("DELETE FROM category_sales");
        pipeline.update(insertComplete);
        pipeline.update("UPDATE category_sales SET updated_at = updated_at - interval '1 hour'");
        pipeline.update("DELETE FROM repairs");
        pipeline.update("DELETE FROM backfill_sales");
        pipeline.update("DELETE FROM backfill_runs");
    }

    @AfterAll
    static void close() {
        pipeline.close();
    }

    @Test
    void changesNothingInACompleteTable() throws Exception {
        List<String> before =
                pipeline.query("SELECT category_sales::text FROM category_sales ORDER BY 1");

        String report = backfill("--from", FROM, "--to", "2026-01-15T11:50:00Z");

        assertThat(report)
                .contains(
                        "written    0 rows",
                        "corrected  0 rows",
                        "unchanged  1,020 rows",
                        "cents      0 rows");
        assertThat(pipeline.query("SELECT category_sales::text FROM category_sales ORDER BY 1"))
                .isEqualTo(before);
        assertCompleteAndNothingLeftBehind();
    }

    @Test
    void fillsAnEmptyTable() throws Exception {
        pipeline.update("DELETE FROM category_sales");
        pipeline.update("DELETE FROM rejected_events");

        String report = backfill("--from", EVERYTHING, "--idle-timeout", "1ms");

        assertThat(report).contains("written    ").contains("note       windows are final up to ");
        assertThat(pipeline.query("SELECT DISTINCT is_final::text FROM category_sales"))
                .containsExactly("true");
        assertCompleteAndNothingLeftBehind();
    }

    @Test
    void correctsWhatIsMissingOrTooLow() throws Exception {
        pipeline.update("DELETE FROM category_sales WHERE window_start = '2026-01-15 09:10Z'");
        pipeline.update(
                """
                UPDATE category_sales SET transaction_count = 1, total_sales = 0.01
                WHERE window_start = '2026-01-15 09:20Z' AND category IN ('Home', 'Beauty')
                """);
        pipeline.update(
                "UPDATE category_sales SET is_final = false WHERE window_start = '2026-01-15 09:30Z'");

        String report = backfill("--from", "2026-01-15T09:10:30Z", "--to", "2026-01-15T09:40:01Z");

        assertThat(report)
                .contains(
                        "note       widened to whole windows: 2026-01-15T09:10:00Z to 2026-01-15T09:41:00Z",
                        "written    6 rows",
                        "corrected  2 rows: 2 → ",
                        "finished   6 rows",
                        "unchanged  172 rows");
        assertThat(
                        pipeline.query(
                                "SELECT count(*) FROM category_sales WHERE window_start = '2026-01-15 09:20Z' AND correction_count > 0"))
                .containsExactly("2");
        assertCompleteAndNothingLeftBehind();
    }

    @Test
    void reportsOtherCentsAndForeignRowsAndReplacesThem() throws Exception {
        pipeline.update(
                "UPDATE category_sales SET total_sales = total_sales + 0.01 WHERE window_start = '2026-01-15 09:10Z' AND category = 'Home'");
        pipeline.update(
                "UPDATE category_sales SET transaction_count = transaction_count + 1 WHERE window_start = '2026-01-15 09:11Z' AND category = 'Home'");
        pipeline.update(
                """
                INSERT INTO category_sales (window_start, window_end, category, total_sales, transaction_count, is_final)
                VALUES ('2026-01-15 09:12Z', '2026-01-15 09:13Z', 'Nothing', 1, 1, true)
                """);
        String range = "2026-01-15T09:10:00Z";
        String end = "2026-01-15T09:20:00Z";

        assertThat(backfill("--from", range, "--to", end))
                .contains(
                        "unchanged  58 rows",
                        "cents      1 rows",
                        "higher     1 rows",
                        "foreign    1 rows",
                        "not in the topic: 2026-01-15T09:12:00Z Nothing 1.00/1");

        // Two of its partitions hold the live job up until they are idle.
        await().until(
                        () ->
                                pipeline.query(
                                        "SELECT min(watermark) > '2026-01-15 10:23Z' FROM job_heartbeat"),
                        List.of("t")::equals);

        assertThat(refused("--from", range, "--to", end, "--replace"))
                .contains(
                        "--replace is only for windows that the live job no longer keeps (--state-retention PT24H)",
                        "Those up to 2026-01-15T09:20:00Z can be replaced when its watermark has passed 2026-01-16T09:20:00Z");

        // As if the live job were a day further.
        List<String> seen = replaceBesideAReader(range, end);

        assertThat(seen).hasSize(2);
        assertCompleteAndNothingLeftBehind();
    }

    /**
     * @return the sums over the range that a reader saw meanwhile
     */
    private static List<String> replaceBesideAReader(String from, String to) throws Exception {
        AtomicBoolean done = new AtomicBoolean();
        ExecutorService readers = Executors.newSingleThreadExecutor();
        try {
            Future<List<String>> seen =
                    readers.submit(
                            () -> {
                                TreeSet<String> sums = new TreeSet<>();
                                try (Connection connection =
                                                pipeline.connect(PostgresServer.READER);
                                        Statement statement = connection.createStatement()) {
                                    boolean last;
                                    do {
                                        last = done.get();
                                        try (ResultSet row =
                                                statement.executeQuery(
                                                        """
                                                        SELECT count(*) || ' ' || sum(total_sales) || ' ' || sum(transaction_count)
                                                        FROM category_sales
                                                        WHERE window_start >= '%s' AND window_start < '%s'
                                                        """
                                                                .formatted(from, to))) {
                                            row.next();
                                            sums.add(row.getString(1));
                                        }
                                    } while (!last);
                                }
                                return List.copyOf(sums);
                            });
            String report =
                    backfill("--from", from, "--to", to, "--replace", "--state-retention", "63m");
            done.set(true);
            assertThat(report)
                    .contains("corrected  2 rows", "removed    1 rows", "unchanged  58 rows");
            return seen.get();
        } finally {
            readers.shutdown();
        }
    }

    @Test
    void repairsTheMarkedWindowsAndClearsTheirMarks() throws Exception {
        assertThat(backfill("--repair")).contains("No window is marked in repairs: nothing to do.");
        pipeline.update(
                "DELETE FROM category_sales WHERE window_start IN ('2026-01-15 09:10Z', '2026-01-15 09:11Z', '2026-01-15 10:30Z')");
        pipeline.update(
                "INSERT INTO repairs (window_start) VALUES ('2026-01-15 09:10Z'), ('2026-01-15 10:30Z')");
        pipeline.update(
                "INSERT INTO repairs (window_start, seen_at) VALUES ('2026-01-15 09:11Z', now() + interval '1 hour')");

        assertThat(backfill("--repair"))
                .contains(
                        "backfill   3 windows to repair",
                        "written    18 rows",
                        "repairs    2 windows cleared");

        assertThat(pipeline.query("SELECT to_char(window_start, 'HH24:MI') FROM repairs"))
                .as("a mark that came after the run had begun")
                .containsExactly("09:11");
        assertCompleteAndNothingLeftBehind();
    }

    /** Whose sums are on the heap of TaskManagers until all is read. */
    @Test
    void startsOverWhenItsTaskManagersAreKilled() throws Exception {
        pipeline.update("DELETE FROM category_sales");
        Process run =
                pipeline.backfillClient("--from", EVERYTHING, "--idle-timeout", "1ms").start();
        String flinkJob;
        List<TaskManager> killed;
        try (Connection holder =
                pipeline.stack().postgres().connectAsSuperuser(pipeline.database())) {
            holdARowThatIsStaged(holder);
            awaitWaiting("query LIKE '%INTO backfill_sales%'", 1);
            flinkJob = flinkBackfill();
            killed = killTaskManagersOf(flinkJob);
            holder.rollback();
        } finally {
            pipeline.stack().flink().taskManagers().stream()
                    .filter(taskManager -> !taskManager.isAlive())
                    .forEach(Service::start);
        }
        String report = new String(run.getInputStream().readAllBytes(), UTF_8);

        assertThat(run.waitFor()).as(report).isZero();
        assertThat(killed).isNotEmpty();
        assertThat(pipeline.stack().flink().rest().exceptions(flinkJob)).isNotEmpty();
        assertThat(report).contains("written    %,d rows".formatted(complete.size()));
        assertThat(backfill("--from", EVERYTHING, "--idle-timeout", "1ms"))
                .contains("written    0 rows", "corrected  0 rows");
        assertCompleteAndNothingLeftBehind();
    }

    /** The run stops where it comes to stage this row: all is read, and a part is staged. */
    private static void holdARowThatIsStaged(Connection holder) throws SQLException {
        hold(
                holder,
                """
                INSERT INTO backfill_sales (run_id, window_start, window_end, category, total_sales, transaction_count)
                VALUES (%s, '2026-01-15 10:30Z', '2026-01-15 10:31Z', 'Home', 0, 0)
                """
                        .formatted(awaitRun()));
    }

    /**
     * @return its id, when it is the only one and has removed what others had left
     */
    private static String awaitRun() {
        List<String> runs =
                await().pollInterval(Duration.ofMillis(50))
                        .until(
                                () ->
                                        pipeline.writerQuery(
                                                "SELECT run_id FROM backfill_runs WHERE run_id > 1"),
                                found -> found.size() == 1);
        return runs.get(0);
    }

    private static String flinkBackfill() {
        return pipeline.stack().flink().rest().jobs().stream()
                .filter(job -> job.name().endsWith("backfill") && !job.isTerminal())
                .findFirst()
                .orElseThrow()
                .id();
    }

    private static List<TaskManager> killTaskManagersOf(String flinkJob) {
        Set<String> hosts = pipeline.stack().flink().rest().taskManagersOf(flinkJob);
        List<TaskManager> victims =
                pipeline.stack().flink().taskManagers().stream()
                        .filter(taskManager -> hosts.contains(taskManager.id()))
                        .toList();
        victims.forEach(TaskManager::kill);
        return victims;
    }

    @Test
    void aKilledClientLeavesNothingThatCounts() throws Exception {
        pipeline.update("DELETE FROM category_sales WHERE window_start >= '2026-01-15 10:00Z'");
        pipeline.update("INSERT INTO backfill_runs (run_id) VALUES (1)");
        pipeline.update(
                """
                INSERT INTO backfill_sales (run_id, window_start, window_end, category, total_sales, transaction_count)
                VALUES (1, '2026-01-15 10:00Z', '2026-01-15 10:01Z', 'Home', 1, 1000000)
                """);
        Process killed = pipeline.backfillClient("--from", FROM, "--to", TO).start();
        awaitRun();
        killed.destroyForcibly().waitFor();

        assertThat(backfill("--from", FROM, "--idle-timeout", "1ms")).contains("duration");
        awaitNoFlinkBackfill();
        assertCompleteAndNothingLeftBehind();
    }

    /** One holds a part of the rows, the other waits for these, and both for a third. */
    @Test
    void twoMergesThatWaitForEachOtherCorrectEachRowOnce() throws Exception {
        int damaged =
                pipeline.update(
                        """
                        UPDATE category_sales SET transaction_count = 1, total_sales = 0.01
                        WHERE window_start >= '2026-01-15 09:30Z' AND transaction_count > 1
                        """);
        int deleted =
                pipeline.update(
                        "DELETE FROM category_sales WHERE window_start < '2026-01-15 09:30Z'");
        ExecutorService both = Executors.newFixedThreadPool(2);
        try (Connection holder =
                pipeline.stack().postgres().connectAsSuperuser(pipeline.database())) {
            hold(
                    holder,
                    "SELECT FROM category_sales WHERE window_start = '2026-01-15 10:00Z' FOR UPDATE");
            Callable<String> run = () -> backfill("--from", EVERYTHING, "--idle-timeout", "1ms");
            List<Future<String>> reports = List.of(both.submit(run), both.submit(run));
            awaitWaitingMerges(2);
            holder.rollback();

            assertThat(List.of(reports.get(0).get(), reports.get(1).get()))
                    .satisfiesOnlyOnce(
                            report ->
                                    assertThat(report)
                                            .contains(
                                                    "written    %,d rows".formatted(deleted),
                                                    "corrected  %,d rows: %<,d → "
                                                            .formatted(damaged)))
                    .satisfiesOnlyOnce(
                            report ->
                                    assertThat(report)
                                            .contains("written    0 rows", "corrected  0 rows"));
        } finally {
            both.shutdown();
        }
        assertCompleteAndNothingLeftBehind();
    }

    /** The live job writes its rows in any order. This writer's order is the worst one. */
    @Test
    void aMergeThatDeadlocksWithAnotherWriterIsTriedAgain() throws Exception {
        pipeline.update(
                "UPDATE category_sales SET transaction_count = 1 WHERE window_start IN ('2026-01-15 09:10Z', '2026-01-15 09:20Z')");
        ExecutorService background = Executors.newSingleThreadExecutor();
        try (Connection writer =
                pipeline.stack().postgres().connectAsSuperuser(pipeline.database())) {
            hold(writer, "SET deadlock_timeout = '10min'");
            hold(
                    writer,
                    "SELECT FROM category_sales WHERE window_start = '2026-01-15 09:20Z' FOR UPDATE");
            Future<String> report =
                    background.submit(
                            () ->
                                    backfill(
                                            "--from",
                                            "2026-01-15T09:00:00Z",
                                            "--to",
                                            "2026-01-15T09:30:00Z"));
            awaitWaitingMerges(1);
            // Comes to an end only because the merge gives way.
            hold(
                    writer,
                    "SELECT FROM category_sales WHERE window_start = '2026-01-15 09:10Z' FOR UPDATE");
            writer.commit();

            assertThat(report.get())
                    .contains(
                            "The merge collided with another writer and is tried again",
                            "corrected  12 rows");
        } finally {
            background.shutdown();
        }
        assertCompleteAndNothingLeftBehind();
    }

    private static void hold(Connection connection, String sql) throws SQLException {
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static void awaitWaitingMerges(int count) {
        awaitWaiting("application_name = 'sales-analytics backfill'", count);
    }

    /** For a lock, in this database. */
    private static void awaitWaiting(String who, int count) {
        await().pollInterval(Duration.ofMillis(50))
                .until(
                        () ->
                                pipeline.writerQuery(
                                        """
                                        SELECT count(*) FROM pg_stat_activity
                                        WHERE datname = current_database() AND wait_event_type = 'Lock' AND %s
                                        """
                                                .formatted(who)),
                        List.of(String.valueOf(count))::equals);
    }

    /** Both fill the same empty table, the job in many steps and the backfill in one. */
    @Test
    void writesTheSameRowsAsAJobThatReadsTheTopicAnew() throws Exception {
        pipeline.update("DELETE FROM category_sales");
        FlinkRest rest = pipeline.stack().flink().rest();
        String job =
                rest.run(
                        pipeline.stack().jarId(),
                        pipeline.jobArguments("--idle-timeout", "2s", "--group-id", "anew"),
                        1,
                        Optional.empty());
        try {
            assertThat(backfill("--from", FROM, "--idle-timeout", "1ms")).contains("duration");
            assertCompleteAndNothingLeftBehind();
        } finally {
            rest.cancel(job, Duration.ofSeconds(60));
        }
    }

    @Test
    void takesExactlyTheWindowsOfTheRangeAtBothEdges() throws Exception {
        try (Pipeline edges = Pipeline.createWithTimesOfProducers(1)) {
            edges.startJob("--idle-timeout", "2s");
            // Each edge from both sides, out of order, and again when it is late. Kafka took the
            // first one before the range, as early as may be.
            String[] times = {
                "10:00:00",
                "10:02:00",
                "10:01:59.999",
                "09:59:59.999",
                "10:00:59.999",
                "10:02:59.999"
            };
            for (String time : times) {
                sendEarly(edges, time, "Home", "1");
            }
            sendEarly(edges, "11:02:59.999", "Sports", "1");
            for (String time : times) {
                sendEarly(edges, time, "Home", "20");
            }
            sendEarly(edges, "11:04:00", "Sports", "1");
            for (String time : times) {
                sendEarly(edges, time, "Home", "300");
            }
            edges.assertEqualToTopic();
            awaitAllFinal(edges);
            List<String> right = edges.rows();
            edges.update("UPDATE category_sales SET transaction_count = 1, total_sales = 1");

            assertThat(
                            backfill(
                                    edges,
                                    "--from",
                                    "2026-01-15T10:00:00Z",
                                    "--to",
                                    "2026-01-15T10:02:00Z"))
                    .contains("corrected  2 rows: 2 → 4 transactions, 2.00 → 23.00 in sales");
            assertThat(edges.rows())
                    .as("the windows before and behind the range")
                    .anyMatch(row -> row.startsWith("09:59 Home 1.00/1 "))
                    .anyMatch(row -> row.startsWith("10:02 Home 1.00/1 "));

            backfill(edges, "--from", "2026-01-15T09:00:00Z", "--idle-timeout", "1ms");
            assertThat(edges.rows()).hasSameSizeAs(right);
            edges.assertEqualToTopic();
        }
    }

    /** Of two partitions the slower one says how far windows are final, a minute behind it. */
    @Test
    void leavesWindowsThatAreNotFinalAsTheyAre() throws Exception {
        try (Pipeline open = Pipeline.create(2)) {
            for (String time : List.of("10:00:00", "10:01:59.999", "10:02:00", "10:03:00")) {
                open.send(0, sale("2026-01-15T" + time + "Z", "Home", "1"));
            }
            open.send(1, sale("2026-01-15T10:01:00Z", "Home", "20"));
            open.send(1, sale("2026-01-15T10:03:59.999Z", "Home", "300"));
            open.send(0, sale("2026-01-15T10:59:00Z", "Home", "4000"));
            open.update(
                    """
                    INSERT INTO category_sales (window_start, window_end, category, total_sales, transaction_count, is_final) VALUES
                      ('2026-01-15 10:01Z', '2026-01-15 10:02Z', 'Home', 1, 1, false),
                      ('2026-01-15 10:02Z', '2026-01-15 10:03Z', 'Home', 0.01, 1, false),
                      ('2026-01-15 10:03Z', '2026-01-15 10:04Z', 'Nothing', 5, 1, false)
                    """);
            open.update("UPDATE category_sales SET updated_at = updated_at - interval '1 hour'");

            assertThat(
                            backfill(
                                    open,
                                    "--from",
                                    "2026-01-15T10:00:00Z",
                                    "--to",
                                    "2026-01-15T10:10:00Z",
                                    "--idle-timeout",
                                    "1h"))
                    .contains(
                            "note       cut at 2026-01-15T10:02:00Z: later windows are not final yet",
                            "computed   2 rows of 2 windows",
                            "written    1 rows",
                            "corrected  1 rows: 1 → 2 transactions, 1.00 → 21.00")
                    .doesNotContain("foreign");
            assertThat(open.rows())
                    .containsExactly(
                            "10:00 Home 1.00/1 final",
                            "10:01 Home 21.00/2 final",
                            "10:02 Home 0.01/1 open",
                            "10:03 Nothing 5.00/1 open");

            // Nobody sends any more: the newest window is final, too.
            backfill(open, "--from", "2026-01-15T10:00:00Z", "--idle-timeout", "1ms");
            assertThat(open.rows())
                    .containsExactly(
                            "10:00 Home 1.00/1 final",
                            "10:01 Home 21.00/2 final",
                            "10:02 Home 1.00/1 final",
                            "10:03 Home 301.00/2 final",
                            "10:03 Nothing 5.00/1 open",
                            "10:59 Home 4000.00/1 final");
        }
    }

    @Test
    void endsWithNothingToReadOrToWrite() throws Exception {
        try (Pipeline empty = Pipeline.create(3)) {
            assertThat(backfill(empty, "--from", FROM))
                    .contains(
                            "note       no job has counted into this database before; from now on it belongs to topic "
                                    + empty.topic(),
                            ": 0 records to read",
                            "note       no window of the range is final yet, so none is written",
                            "computed   0 rows of 0 windows");
            assertThat(backfill(empty, "--from", FROM, "--to", TO))
                    .doesNotContain("no job has counted")
                    .contains("written    0 rows");
        }
        assertThat(backfill("--from", "2026-01-13T00:00:00Z", "--to", "2026-01-14T00:00:00Z"))
                .contains("computed   0 rows of 0 windows", "written    0 rows");
        assertThat(backfill("--from", "2100-01-01T00:00:00Z", "--to", "2100-01-02T00:00:00Z"))
                .contains(": 0 records to read", "computed   0 rows of 0 windows");
        assertCompleteAndNothingLeftBehind();
    }

    @Test
    void replacesNothingBeforeItKnowsHowFarARestartedJobIs() throws Exception {
        try (Pipeline restarted = Pipeline.create(1)) {
            restarted.startJob(1, Optional.empty());
            await().until(() -> !restarted.query("SELECT subtask FROM job_heartbeat").isEmpty());
            restarted.cancelJob();
            // More slots than there are, so that it never comes to its first heartbeat.
            restarted.submit(64, Optional.empty());

            assertThat(refused(restarted, "--from", FROM, "--to", TO, "--replace"))
                    .contains(
                            "--replace must know how far the live job is, and it has just started");
            assertThat(firstLineAboutSlots(restarted.backfillClient("--from", FROM)))
                    .containsAnyOf(
                            "note       the cluster has too few free task slots: the backfill needs 2 at once, 0 of 8 are free. Wait until",
                            "The cluster had too few free task slots for the backfill's Flink job; nothing was changed. Wait until");
        }
    }

    /**
     * A note, or if the cluster is older than five minutes the error by which Flink ends the run
     * soon. Ends the client.
     */
    private static String firstLineAboutSlots(ProcessBuilder client) throws Exception {
        Process run = client.start();
        try (BufferedReader output = run.inputReader(UTF_8)) {
            return output.lines()
                    .filter(line -> line.contains("free task slots"))
                    .findFirst()
                    .orElseThrow();
        } finally {
            run.destroy();
            run.waitFor();
        }
    }

    @Test
    void cancelsCleanly() throws Exception {
        Process run = pipeline.backfillClient("--from", FROM, "--to", TO).start();
        String flinkJob;
        try (Connection holder =
                pipeline.stack().postgres().connectAsSuperuser(pipeline.database())) {
            // Else so small a run would end by itself.
            holdARowThatIsStaged(holder);
            awaitWaiting("query LIKE '%INTO backfill_sales%'", 1);
            flinkJob = flinkBackfill();

            run.destroy();

            await().until(() -> stateOf(flinkJob).equals("CANCELLING"));
            // It waits for the job, whose statement stages its rows only when the lock is gone.
            assertThat(run.waitFor(3, TimeUnit.SECONDS)).isFalse();
        }
        assertThat(run.waitFor()).isEqualTo(143);
        assertThat(stateOf(flinkJob)).isEqualTo("CANCELED");
        assertCompleteAndNothingLeftBehind();
    }

    private static String stateOf(String flinkJob) {
        return pipeline.stack().flink().rest().job(flinkJob).orElseThrow().state();
    }

    @Test
    void isRefusedDetached() throws Exception {
        FlinkRestException refusal = null;
        try {
            pipeline.stack()
                    .flink()
                    .rest()
                    .run(
                            pipeline.stack().jarId(),
                            pipeline.jobArguments("--mode", "backfill", "--from", FROM),
                            1,
                            Optional.empty());
        } catch (FlinkRestException e) {
            refusal = e;
        }
        assertThat(refusal).hasMessageContaining("A backfill must be submitted attached");

        ProcessBuilder detached = pipeline.backfillClient("--from", FROM);
        detached.command().add(detached.command().indexOf("run") + 1, "-d");
        assertThat(refusal(detached)).contains("A backfill must be submitted attached");
    }

    @Test
    void refusesOtherRulesThanTheTableWasCountedBy() throws Exception {
        assertThat(refused("--from", FROM, "--window-size", "30s"))
                .contains("--window-size is PT30S, but was PT1M");
    }

    @Test
    void runsBesideTheLiveJobThatWritesTheSameWindows() throws Exception {
        try (Pipeline live = Pipeline.create(2)) {
            live.startJob("--max-out-of-orderness", "1s");
            String from = Instant.now().truncatedTo(ChronoUnit.MINUTES).toString();
            try (RunningProgram datagen =
                    live.startDatagen(
                            "--rate",
                            "1000",
                            "--max-out-of-orderness",
                            "1s",
                            "--late-ratio",
                            "0.01")) {
                await().until(() -> live.recordCount() > 5_000);
                for (int i = 0; i < 3; i++) {
                    assertThat(backfill(live, "--from", from, "--max-out-of-orderness", "1s"))
                            .contains("duration");
                }
                assertThat(datagen.terminate().exitCode()).isZero();
            }
            live.assertEqualToTopic();
        }
    }

    @Test
    void beginsWithTheFirstWindowThatTheTopicHoldsWhole() throws Exception {
        try (Pipeline trimmed = Pipeline.create(1)) {
            trimmed.send(0, sale("2026-01-15T10:00:00Z", "Home", "1"));
            long firstKept = trimmed.send(0, sale("2026-01-15T10:00:01Z", "Home", "2")).timestamp();
            trimmed.withAdmin(
                    admin ->
                            admin.deleteRecords(
                                            Map.of(
                                                    new TopicPartition(trimmed.topic(), 0),
                                                    RecordsToDelete.beforeOffset(1)))
                                    .all()
                                    .get());
            Instant first =
                    Instant.ofEpochMilli(firstKept)
                            .plusSeconds(60)
                            .truncatedTo(ChronoUnit.MINUTES)
                            .plusSeconds(60);

            assertThat(refused(trimmed, "--from", FROM))
                    .contains("The first complete window is " + first, "--allow-partial");
            assertThat(backfill(trimmed, "--from", FROM, "--allow-partial"))
                    .contains("note       begins with the first complete window, " + first);
            assertThat(trimmed.rows()).isEmpty();
            trimmed.assertEqualToTopic();
        }
    }

    // ---- helpers ----

    /** From then on the job has nothing left to write, not even after a restart. */
    private static void awaitAllFinal(Pipeline of) {
        await().until(
                        () -> of.query("SELECT bool_and(is_final) FROM category_sales"),
                        List.of("t")::equals);
    }

    /** Kafka takes it a minute before its event time, which is max-future-skew. */
    private static void sendEarly(Pipeline to, String time, String category, String amount) {
        Instant event = Instant.parse("2026-01-15T" + time + "Z");
        to.sendAt(event.minusSeconds(60), 0, sale(event.toString(), category, amount));
    }

    private static void assertCompleteAndNothingLeftBehind() throws Exception {
        assertThat(countsAndSums()).isEqualTo(complete);
        pipeline.assertEqualToTopic();
        for (String table : List.of("runs", "sales", "rejections", "progress")) {
            assertThat(pipeline.writerQuery("SELECT count(*) FROM backfill_" + table))
                    .as(table)
                    .containsExactly("0");
        }
    }

    private static List<String> countsAndSums() {
        return pipeline.query(
                """
                SELECT window_start || ' ' || category || ' ' || total_sales || '/' || transaction_count
                FROM category_sales ORDER BY window_start, category
                """);
    }

    private static void awaitNoFlinkBackfill() {
        await().until(
                        () ->
                                pipeline.stack().flink().rest().jobs().stream()
                                        .noneMatch(
                                                job ->
                                                        job.name().endsWith("backfill")
                                                                && !job.isTerminal()));
    }

    private static String backfill(String... options) throws Exception {
        return backfill(pipeline, options);
    }

    private static String backfill(Pipeline of, String... options) throws Exception {
        ProgramResult result = of.backfill(options);
        assertThat(result.exitCode()).as(result.output()).isZero();
        return result.output();
    }

    private static String refused(String... options) throws Exception {
        return refused(pipeline, options);
    }

    private static String refused(Pipeline of, String... options) throws Exception {
        return refusal(of.backfillClient(options));
    }

    private static String refusal(ProcessBuilder client) throws Exception {
        Process process = client.start();
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor()).as(output).isEqualTo(1);
        assertThat(output).doesNotContain("\tat ");
        return output;
    }
}
