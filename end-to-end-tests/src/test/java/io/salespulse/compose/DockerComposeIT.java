package io.salespulse.compose;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.salespulse.local.flink.FlinkRest;
import io.salespulse.local.machine.ProjectLayout;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The whole system in containers, used and abused. Needs a Docker engine and the images that {@code
 * docker-compose.yml} and the Dockerfiles name; without them it is skipped and says what is
 * missing, or fails if the environment variable {@value #REQUIRED} is {@code true}.
 *
 * <p>The steps build on each other: one stack is brought up, and lives through all of them.
 */
@ExtendWith(DockerComposeIT.DockerIsThere.class)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class DockerComposeIT {

    private static final String REQUIRED = "SALESPULSE_REQUIRE_DOCKER";
    private static final Path ROOT = ProjectLayout.fromSystemProperty().root();

    private static final String JOB_METRIC = "flink_taskmanager_job_task_operator_";

    private static String readerPassword = "grafana_reader";
    private static ComposeStack stack;

    /** Skips the class as a whole, so that the report shows the reason. */
    static final class DockerIsThere implements ExecutionCondition {

        @Override
        public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
            Optional<String> reason = ComposeStack.reasonAgainst(ROOT);
            return reason.isPresent() && !"true".equals(System.getenv(REQUIRED))
                    ? ConditionEvaluationResult.disabled("Docker: " + reason.get())
                    : ConditionEvaluationResult.enabled("Docker and the images are there");
        }
    }

    @BeforeAll
    static void start() {
        assertThat(ComposeStack.reasonAgainst(ROOT)).isEmpty();
        stack = new ComposeStack(ROOT);
        up("--build");
    }

    @AfterAll
    static void stop() {
        if (stack != null) {
            stack.close();
        }
    }

    @Test
    @Order(1)
    void oneUpShowsRows() {
        awaitOneRunningJob();
        awaitNewRows();
    }

    @Test
    @Order(2)
    void anotherUpChangesNothing() {
        String id = job().id();

        up();

        awaitNewRows();
        assertThat(job().id()).isEqualTo(id);
    }

    @Test
    @Order(3)
    void everyFlinkProcessServesItsMetrics() {
        await().untilAsserted(
                        () ->
                                assertThat(stack.metrics("taskmanager"))
                                        .contains(
                                                JOB_METRIC + "freshness{",
                                                JOB_METRIC + "rejectedEvents{",
                                                JOB_METRIC + "lateEvents{",
                                                JOB_METRIC + "outsideEvents{",
                                                JOB_METRIC + "replayedEvents{",
                                                JOB_METRIC + "partialSums{",
                                                JOB_METRIC + "deserializer_fallbackParses{",
                                                JOB_METRIC + "upserts{",
                                                JOB_METRIC + "deadLetters{",
                                                JOB_METRIC + "swallowedCloseFailures{"));
        await().untilAsserted(
                        () ->
                                assertThat(stack.metrics("jobmanager"))
                                        .contains("flink_jobmanager_job_lastCheckpointDuration{"));
    }

    @ParameterizedTest
    @MethodSource("lastingServices")
    @Order(4)
    void whatCrashesComesBackByItself(String service) {
        String id = job().id();

        String killed = stack.crash(service);

        await().until(() -> !Set.of("0", killed).contains(stack.processOf(service)));
        awaitNewRows();
        assertThat(job().id()).isEqualTo(id);
    }

    @ParameterizedTest
    @MethodSource("lastingServices")
    @Order(5)
    void whatIsKilledComesBackWithTheNextUp(String service) {
        String id = job().id();

        compose("kill", service);
        up();

        awaitNewRows();
        assertThat(job().id()).isEqualTo(id);
    }

    @Test
    @Order(6)
    void noNumberIsWrongAfterAllThat() {
        assertEqualToTopic();
    }

    static Stream<String> lastingServices() {
        return Stream.of(
                "taskmanager",
                "jobmanager",
                "zookeeper",
                "kafka",
                "postgres",
                "datagen",
                "grafana");
    }

    @Test
    @Order(7)
    void moreTaskManagersAreUsedWithoutASubmission() {
        String id = job().id();
        assertThat(parallelism(id)).isEqualTo(2);

        up("--scale", "taskmanager=3");

        await().until(() -> parallelism(id) == 4);
        awaitNewRows();
        assertThat(job().id()).isEqualTo(id);
    }

    @Test
    @Order(8)
    void theJobSurvivesRestartAndDown() {
        String id = job().id();
        compose("restart");
        awaitNewRows();
        compose("down");

        up();

        awaitNewRows();
        assertThat(job().id()).isEqualTo(id);
    }

    @Test
    @Order(9)
    void anUpgradeContinuesFromItsSavepoint() {
        String id = job().id();
        stack.flink().awaitRunning(id, Duration.ofMinutes(2));
        stack.flink().stopWithSavepoint(id, Duration.ofMinutes(2));

        up("--force-recreate", "--no-deps", "jobmanager", "taskmanager");
        up();

        awaitNewRows();
        assertThat(compose("logs", "submit-job").output()).contains("continuing from /flink/save");
    }

    @Test
    @Order(10)
    void lostHighAvailabilityDataCostNothing() {
        compose("stop", "jobmanager", "taskmanager", "zookeeper");
        compose("rm", "--force", "zookeeper", "submit-job");
        for (String volume : List.of("zookeeper-data", "zookeeper-log")) {
            assertThat(stack.removeVolume(volume).exitCode()).isZero();
        }

        up();

        awaitNewRows();
        assertThat(compose("logs", "submit-job").output()).contains("continuing from /flink/");
        assertEqualToTopic();
    }

    @Test
    @Order(11)
    void anOlderVolumeIsUpgradedInPlace() throws SQLException {
        sql("DROP INDEX category_sales_category_window_start");
        sql("DROP TABLE backfill_runs, backfill_sales, backfill_rejections, backfill_progress");
        sql("ALTER ROLE grafana_reader RESET statement_timeout");
        sql("REVOKE SELECT ON repairs FROM grafana_reader");
        readerPassword = "n3w ' $ \\ \"reader\"";
        stack.set("POSTGRES_PASSWORD", "n3w ' superuser");
        stack.set("SALESPULSE_WRITER_PASSWORD", "n3w ' writer");
        stack.set("SALESPULSE_READER_PASSWORD", readerPassword);

        up();

        awaitNewRows();
        try (Connection connection = stack.connect("salespulse_writer", "n3w ' writer")) {
            assertThat(connection.isValid(10)).isTrue();
        }
        assertThat(query("SELECT count(*) FROM repairs")).contains("0");
        assertThat(query("SHOW statement_timeout")).contains("5s");
        assertThat(
                        query(
                                "SELECT count(*) FROM pg_class WHERE relname IN"
                                        + " ('category_sales_category_window_start',"
                                        + " 'backfill_runs', 'backfill_sales',"
                                        + " 'backfill_rejections', 'backfill_progress')"))
                .contains("5");
    }

    @Test
    @Order(12)
    void aBackfillRunsBesideTheLiveJob() {
        String window =
                query(
                                "SELECT to_char(min(window_start),"
                                        + " 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"') FROM category_sales"
                                        + " WHERE is_final")
                        .orElseThrow();
        sql("DELETE FROM category_sales WHERE window_start = '%s'".formatted(window));
        String end = Instant.parse(window).plusSeconds(60).toString();

        String report = compose("run", "--rm", "backfill", "--from", window, "--to", end).output();

        assertThat(report).containsPattern("written +[1-9]\\d* rows that were missing");
        assertEqualToTopic();
    }

    @Test
    @Order(13)
    void aMillionEventsAtOnceAreCounted() {
        compose(
                "run",
                "--rm",
                "datagen",
                "--rate",
                "max",
                "--count",
                "1000000",
                "--malformed-ratio",
                "0.01",
                "--late-ratio",
                "0.01");
        compose("stop", "datagen");

        assertEqualToTopic("--include-open");
    }

    @Test
    @Order(14)
    void withoutVolumesEverythingBeginsAnew() {
        compose("down", "--volumes");

        up();

        awaitNewRows();
        assertThat(compose("logs", "submit-job").output()).contains("from the beginning");
        assertEqualToTopic();
    }

    private static ConditionFactory await() {
        return Awaitility.await().atMost(Duration.ofMinutes(5)).ignoreExceptions();
    }

    private static ComposeStack.Result compose(String... arguments) {
        ComposeStack.Result result = stack.compose(arguments);
        assertThat(result.exitCode())
                .as("docker compose %s: %s", String.join(" ", arguments), result.output())
                .isZero();
        return result;
    }

    private static void up(String... options) {
        String[] arguments = new String[options.length + 2];
        arguments[0] = "up";
        arguments[1] = "--detach";
        System.arraycopy(options, 0, arguments, 2, options.length);
        compose(arguments);
    }

    private static void awaitOneRunningJob() {
        await().until(
                        () ->
                                activeJobs().size() == 1
                                        && activeJobs().get(0).state().equals("RUNNING"));
    }

    private static List<FlinkRest.Job> activeJobs() {
        return stack.flink().jobs().stream().filter(job -> !job.isTerminal()).toList();
    }

    private static FlinkRest.Job job() {
        awaitOneRunningJob();
        return activeJobs().get(0);
    }

    private static int parallelism(String jobId) {
        JsonNode vertices = stack.flink().details(jobId).path("vertices");
        return StreamSupport.stream(vertices.spliterator(), false)
                .mapToInt(vertex -> vertex.path("parallelism").asInt())
                .max()
                .orElseThrow();
    }

    /** There is exactly one job, and rows are written after this moment. */
    private static void awaitNewRows() {
        awaitOneRunningJob();
        await().until(() -> newestUpdate().isPresent());
        Optional<String> before = newestUpdate();
        await().until(() -> newestUpdate().isPresent() && !newestUpdate().equals(before));
    }

    /** When a row was last written; empty while there is none or the database does not answer. */
    private static Optional<String> newestUpdate() {
        return query("SELECT max(updated_at)::text FROM category_sales");
    }

    /** A statement's only value, as the reader sees it; empty if null or without an answer. */
    private static Optional<String> query(String statementText) {
        try (Connection connection = stack.connect("grafana_reader", readerPassword);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(statementText)) {
            rows.next();
            return Optional.ofNullable(rows.getString(1));
        } catch (SQLException e) {
            return Optional.empty();
        }
    }

    private static void sql(String statement) {
        compose(
                "exec",
                "-T",
                "postgres",
                "psql",
                "--set=ON_ERROR_STOP=1",
                "--username=postgres",
                "--dbname=transactions_db",
                "--command=" + statement);
    }

    private static void assertEqualToTopic(String... options) {
        String[] arguments = new String[options.length + 5];
        System.arraycopy(new String[] {"run", "--rm", "audit", "--wait", "2m"}, 0, arguments, 0, 5);
        System.arraycopy(options, 0, arguments, 5, options.length);
        assertThat(compose(arguments).output()).contains("equal: ");
    }
}
