package io.salespulse.endtoend;

import static io.salespulse.endtoend.Pipeline.await;
import static io.salespulse.endtoend.Pipeline.sale;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.salespulse.local.flink.FlinkRest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code flink-job/submit-job.sh} against the REST interface of a real JobManager. */
class SubmitScriptIT {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** Other tests' jobs leave checkpoints, too: what this one's script may see is linked here. */
    @TempDir private Path state;

    private final Stack stack = Stack.shared();
    private final Pipeline pipeline = Pipeline.create(1);

    @BeforeAll
    static void needsItsTools() {
        for (String tool : List.of("bash", "curl")) {
            assumeThat(Stream.of(System.getenv("PATH").split(":")).map(Path::of))
                    .as("the script needs %s, which is not on the PATH", tool)
                    .anyMatch(folder -> Files.isExecutable(folder.resolve(tool)));
        }
    }

    @AfterEach
    void endJobs() {
        activeJobs().forEach(job -> rest().cancel(job.id(), PATIENCE));
        pipeline.close();
    }

    @Test
    void submitsOnceAndContinuesWhereAStoppedJobEnded() throws Exception {
        pipeline.send(0, sale("2026-01-15T10:00:10Z", "Home", "1"));

        ProgramResult first = submit();

        assertThat(first.output()).contains("starting from the beginning of the topic");
        assertThat(first.exitCode()).as(first.output()).isZero();
        String id = onlyJob().id();
        assertThat(id).startsWith("5a1e5");
        assertThat(first.output()).contains("submitted job " + id, "job " + id + " is RUNNING");
        pipeline.awaitRows("10:00 Home 1.00/1 open");

        ProgramResult again = submit();

        assertThat(again.exitCode()).isZero();
        assertThat(again.output())
                .isEqualTo("submit-job: nothing to do, the job is there: " + id + " RUNNING;\n");

        Path savepoint = stopWithSavepoint();
        leaveAnOlderCheckpointWithAHigherNumber();
        pipeline.send(0, sale("2026-01-15T10:00:20Z", "Home", "2"));
        ProgramResult resumed = submit();

        assertThat(resumed.exitCode()).as(resumed.output()).isZero();
        assertThat(resumed.output())
                .contains(id + " FINISHED;", "continuing from " + savepoint + ", the newest");
        assertThat(onlyJob().id()).startsWith("5a1e5").isNotEqualTo(id);
        pipeline.awaitRows("10:00 Home 3.00/2 open");
    }

    @Test
    void leavesAJobThatRestartsAlone() throws Exception {
        ProgramResult first = submit();
        assertThat(first.exitCode()).as(first.output()).isZero();
        String id = onlyJob().id();
        ProgramResult again;
        stack.postgres().stop();
        try {
            pipeline.send(0, sale("2026-01-15T10:00:10Z", "Home", "1"));
            await().until(() -> onlyJob().state().equals("RESTARTING"));
            again = submit();
        } finally {
            stack.postgres().start();
        }

        assertThat(again.exitCode()).as(again.output()).isZero();
        assertThat(again.output()).contains("nothing to do, the job is there: " + id);
        pipeline.awaitRows("10:00 Home 1.00/1 open");
    }

    @Test
    void saysWhyAJobFailedAndBeginsAnewWhenTold() throws Exception {
        pipeline.send(0, sale("2026-01-15T10:00:10Z", "Home", "1"));
        ProgramResult first = submit();
        assertThat(first.exitCode()).as(first.output()).isZero();
        // A job that runs need not have been given its partitions yet; then its savepoint has none.
        pipeline.awaitRows("10:00 Home 1.00/1 open");
        stopWithSavepoint();
        pipeline.send(0, sale("2026-01-15T10:00:20Z", "Home", "2"));
        pipeline.withAdmin(
                admin ->
                        admin.deleteRecords(
                                        Map.of(
                                                new TopicPartition(pipeline.topic(), 0),
                                                RecordsToDelete.beforeOffset(2)))
                                .all()
                                .get());

        submit();
        await().untilAsserted(() -> assertThat(activeJobs()).isEmpty());
        ProgramResult fresh = submit(Map.of("SALESPULSE_RESTORE", "none"));

        assertThat(fresh.exitCode()).as(fresh.output()).isZero();
        assertThat(fresh.output())
                .contains(" FAILED;", "as SALESPULSE_RESTORE=none says", " is RUNNING");
        assertThat(onlyJob().state()).isEqualTo("RUNNING");
    }

    @Test
    void waitsForTheJobManager() throws Exception {
        stack.flink().jobManager().kill();
        Process script = start(Map.of());
        try {
            stack.flink().jobManager().start();
        } finally {
            assertThat(script.waitFor(3, TimeUnit.MINUTES)).isTrue();
        }

        assertThat(output(script)).contains("no job sales-analytics is known", " is RUNNING");
        assertThat(onlyJob().state()).isEqualTo("RUNNING");
    }

    @Test
    void findsTheJobThatARestartedJobManagerRecovers() throws Exception {
        ProgramResult first = submit();
        assertThat(first.exitCode()).as(first.output()).isZero();
        String id = onlyJob().id();
        stack.flink().jobManager().kill();
        Process script = start(Map.of());
        try {
            stack.flink().jobManager().start();
        } finally {
            assertThat(script.waitFor(3, TimeUnit.MINUTES)).isTrue();
        }

        assertThat(output(script)).contains("nothing to do, the job is there: " + id);
        assertThat(onlyJob().id()).isEqualTo(id);
    }

    @Test
    void ofTwoAtOnceOneSubmits() throws Exception {
        List<Process> scripts = List.of(start(Map.of()), start(Map.of()));

        List<String> outputs = new ArrayList<>();
        for (Process script : scripts) {
            assertThat(script.waitFor(3, TimeUnit.MINUTES)).isTrue();
            outputs.add(output(script));
            assertThat(script.exitValue()).as("%s", outputs).isZero();
        }

        onlyJob();
        assertThat(outputs)
                .filteredOn(said -> said.contains("submit-job: submitted job"))
                .hasSize(1);
        assertThat(outputs).filteredOn(said -> said.contains("nothing to do")).hasSize(1);
    }

    @Test
    void saysInOneLineWhatIsWrong() throws Exception {
        assertRefused(
                submit(Map.of(), "--window-size", "0s"),
                "The job does not start: --window-size (or SALESPULSE_WINDOW_SIZE) must be at least 1 s, but is '0 ms'. See --help.");
        assertRefused(
                submit(Map.of("SALESPULSE_RESTORE", "/nowhere")),
                "SALESPULSE_RESTORE: /nowhere is no savepoint or checkpoint: /nowhere/_metadata does not exist.");
        assertRefused(
                submit(Map.of("SALESPULSE_PARALLELISM", "many")),
                "SALESPULSE_PARALLELISM must be a whole number above 0, but is 'many'.");
        assertRefused(
                submit(Map.of("FLINK_URL", "http://127.0.0.1:9", "SUBMIT_TIMEOUT", "1")),
                "No JobManager answers at http://127.0.0.1:9 within 1 s. Is it running?");
    }

    private static void assertRefused(ProgramResult result, String reason) {
        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.output().lines().toList())
                .last()
                .asString()
                .startsWith("submit-job: " + reason);
    }

    private FlinkRest rest() {
        return stack.flink().rest();
    }

    private List<FlinkRest.Job> activeJobs() {
        return rest().jobs().stream().filter(job -> !job.isTerminal()).toList();
    }

    private FlinkRest.Job onlyJob() {
        assertThat(activeJobs()).hasSize(1);
        return activeJobs().get(0);
    }

    /** The savepoint as the script sees it. */
    private Path stopWithSavepoint() throws IOException {
        String id = onlyJob().id();
        rest().awaitRunning(id, PATIENCE);
        Path savepoint = rest().stopWithSavepoint(id, PATIENCE);
        Path savepoints = Files.createDirectories(state.resolve("savepoints"));
        return Files.createSymbolicLink(savepoints.resolve(savepoint.getFileName()), savepoint);
    }

    private void leaveAnOlderCheckpointWithAHigherNumber() throws IOException {
        Path folder = state.resolve("checkpoints/5a1e5" + "f".repeat(27) + "/chk-4711");
        Path metadata = Files.writeString(Files.createDirectories(folder).resolve("_metadata"), "");
        Files.setLastModifiedTime(
                metadata, FileTime.from(Instant.now().minus(Duration.ofHours(1))));
    }

    private ProgramResult submit() throws IOException, InterruptedException {
        return submit(Map.of());
    }

    private ProgramResult submit(Map<String, String> environment, String... options)
            throws IOException, InterruptedException {
        Process script = start(environment, options);
        String said = output(script);
        return new ProgramResult(script.waitFor(), said);
    }

    private static String output(Process script) throws IOException {
        return new String(script.getInputStream().readAllBytes(), UTF_8);
    }

    private Process start(Map<String, String> environment, String... options) throws IOException {
        List<String> command = new ArrayList<>();
        command.add("bash");
        command.add(stack.layout().root().resolve("flink-job/submit-job.sh").toString());
        command.addAll(pipeline.addresses());
        command.addAll(List.of(options));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("FLINK_URL", stack.flink().url());
        builder.environment().put("FLINK_STATE", state.toString());
        builder.environment().put("JOB_JAR", stack.layout().jobJar().toString());
        builder.environment().putAll(environment);
        return builder.start();
    }
}
