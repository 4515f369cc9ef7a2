package io.salespulse.endtoend;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.salespulse.local.machine.Ports;
import io.salespulse.local.machine.ProjectLayout;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.DriverManager;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The launcher as a person uses it: {@code ./run} in a shell of its own. */
class RunIT {

    private static final Duration START = Duration.ofSeconds(90);

    @TempDir Path folder;

    private final List<Run> started = new ArrayList<>();
    private int kafkaPort;
    private int postgresPort;
    private int flinkPort;

    /** It builds what is older than its sources, such as all that a change of the pom touches. */
    @BeforeAll
    static void build() throws Exception {
        Run help = new Run(List.of("--help"), Map.of());
        assertThat(help.awaitExit()).as(help.text()).isZero();
    }

    @BeforeEach
    void choosePorts() {
        kafkaPort = Ports.orFree(0);
        postgresPort = Ports.orFree(0);
        flinkPort = Ports.orFree(0);
    }

    @AfterEach
    void endAll() throws InterruptedException {
        for (Run run : started) {
            run.process.destroy();
            run.awaitExit();
        }
    }

    /** There is no high availability here: the job is submitted again from its checkpoint. */
    @Test
    void staysFreshGoesOnWhereItStoppedAndEqualsTheTopicAfterTheDeathOfTheJobManager()
            throws Exception {
        Run first = start("--clean", "--no-grafana");
        first.awaitLine("job RUNNING");
        assertFreshFor(Duration.ofSeconds(15));
        assertShownByItsPrograms();
        assertStopsCleanly(first);

        Run second = start("--for", "20s", "--rate", "500", "--audit", "--no-grafana");
        second.awaitLine("continued from checkpoint");
        second.awaitLine("job RUNNING");
        kill("flink/jobmanager.pid");
        second.awaitLine("The job is submitted again");

        assertThat(second.awaitExit()).as(second.text()).isZero();
        assertThat(second.lines())
                .anyMatch(line -> line.contains("127.0.0.1:" + kafkaPort))
                .anyMatch(line -> line.contains("http://127.0.0.1:" + flinkPort))
                .anyMatch(line -> line.startsWith("events ") && line.contains("freshness"))
                .anyMatch(line -> line.startsWith("equal: "));
    }

    private void assertShownByItsPrograms() throws IOException, InterruptedException {
        assertThat(program("status").output()).contains("127.0.0.1:" + kafkaPort);
        assertThat(program("topic", "--tail", "1").output()).contains("transaction_id");
        assertThat(program("topic", "--dead-letter").output())
                .contains("transactions.dead-letter is empty.");
        assertThat(program("sql", "SELECT count(*) AS windows FROM category_sales").output())
                .contains("windows");
    }

    private void assertStopsCleanly(Run run) throws IOException, InterruptedException {
        List<ProcessHandle> processes = run.process.descendants().toList();
        assertThat(processes).hasSizeGreaterThanOrEqualTo(4);

        CtrlC.press(run.process);

        assertThat(run.awaitExit()).as(run.text()).isZero();
        assertThat(processes).noneMatch(ProcessHandle::isAlive);
        assertThat(program("status").exitCode()).isEqualTo(1);
    }

    @Test
    void namesATakenPortAndTheOptionThatMovesIt() throws Exception {
        try (ServerSocket taken =
                new ServerSocket(kafkaPort, 1, InetAddress.getByName("127.0.0.1"))) {
            Run run = start("--no-grafana");

            assertThat(run.awaitExit()).isEqualTo(2);
            assertThat(run.text())
                    .contains(String.valueOf(kafkaPort))
                    .contains("--kafka-port")
                    .doesNotContain("Exception");
        }
    }

    @Test
    void namesADataFolderThatCannotBeUsed() throws Exception {
        Path file = Files.createFile(folder.resolve("file"));
        folder = file;

        Run run = start("--no-grafana");

        assertThat(run.awaitExit()).isEqualTo(2);
        assertThat(run.text()).contains(file.toString()).doesNotContain("\tat ");
        folder = file.getParent();
    }

    @Test
    void namesAJdkThatIsTooOld() throws Exception {
        Path jdk = Files.createDirectories(folder.resolve("jdk/bin"));
        for (String tool : List.of("java", "javac")) {
            Path script = jdk.resolve(tool);
            Files.writeString(script, "#!/bin/sh\necho 'openjdk version \"11.0.2\"' >&2\n");
            Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
        }

        Run run = start(Map.of("JAVA_HOME", jdk.getParent().toString()), List.of("--no-grafana"));

        assertThat(run.awaitExit()).isEqualTo(2);
        assertThat(run.lines()).hasSize(1).first().asString().contains("11").contains("17 or 21");
    }

    @Test
    void listsItsProgramsOnAnUnknownOne() throws Exception {
        Run run = start("no-such-program");

        assertThat(run.awaitExit()).isEqualTo(2);
        assertThat(run.text()).contains("no-such-program").contains("audit").contains("datagen");
    }

    private void assertFreshFor(Duration duration) throws Exception {
        String age =
                "SELECT extract(epoch FROM clock_timestamp() - max(updated_at)) FROM category_sales";
        try (var connection =
                        DriverManager.getConnection(
                                "jdbc:postgresql://127.0.0.1:%d/transactions_db"
                                        .formatted(postgresPort),
                                "grafana_reader",
                                "grafana_reader");
                var statement = connection.prepareStatement(age)) {
            Instant end = Instant.now().plus(duration);
            await().pollInterval(Duration.ofMillis(100))
                    .atMost(duration.plusSeconds(10))
                    .until(
                            () -> {
                                try (var row = statement.executeQuery()) {
                                    row.next();
                                    assertThat(row.getDouble(1)).isLessThan(2.0);
                                }
                                return Instant.now().isAfter(end);
                            });
        }
    }

    /** The part whose process id is in a file of the data folder, as the README shows it. */
    private void kill(String pidFile) throws IOException {
        String pid = Files.readAllLines(folder.resolve(pidFile)).get(0);
        ProcessHandle.of(Long.parseLong(pid)).orElseThrow().destroyForcibly();
    }

    private Run start(String... options) throws IOException {
        return start(Map.of(), List.of(options));
    }

    private Run start(Map<String, String> environment, List<String> options) throws IOException {
        List<String> arguments =
                new ArrayList<>(
                        List.of(
                                "--data-dir", folder.toString(),
                                "--kafka-port", String.valueOf(kafkaPort),
                                "--postgres-port", String.valueOf(postgresPort),
                                "--flink-port", String.valueOf(flinkPort)));
        arguments.addAll(options);
        Run run = new Run(arguments, environment);
        started.add(run);
        return run;
    }

    /** One of the programs behind {@code ./run}, to its end. */
    private Result program(String... arguments) throws IOException, InterruptedException {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(1, List.of("--data-dir", folder.toString()));
        Run run = new Run(all, Map.of());
        int exitCode = run.awaitExit();
        return new Result(exitCode, run.text());
    }

    private record Result(int exitCode, String output) {}

    /** A running {@code ./run}, standard output and error in one. */
    private static final class Run {

        private final Process process;
        private final List<String> lines = new CopyOnWriteArrayList<>();
        private final Thread reader;

        Run(List<String> arguments, Map<String, String> environment) throws IOException {
            List<String> command = new ArrayList<>();
            command.add(ProjectLayout.fromSystemProperty().root().resolve("run").toString());
            command.addAll(arguments);
            ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
            builder.environment().putAll(environment);
            process = builder.start();
            process.getOutputStream().close();
            reader = new Thread(this::read, "output of run");
            reader.start();
        }

        private void read() {
            try (BufferedReader output = process.inputReader(UTF_8)) {
                output.lines().forEach(lines::add);
            } catch (IOException e) {
                lines.add("(output ended: " + e + ")");
            }
        }

        List<String> lines() {
            return lines;
        }

        String text() {
            return String.join("\n", lines);
        }

        void awaitLine(String part) {
            await().atMost(START)
                    .failFast(
                            () ->
                                    assertThat(process.isAlive())
                                            .as(() -> "ended: " + text())
                                            .isTrue())
                    .untilAsserted(() -> assertThat(text()).contains(part));
        }

        int awaitExit() throws InterruptedException {
            if (!process.waitFor(3, TimeUnit.MINUTES)) {
                throw new IllegalStateException("still running: " + text());
            }
            reader.join();
            return process.exitValue();
        }
    }
}
