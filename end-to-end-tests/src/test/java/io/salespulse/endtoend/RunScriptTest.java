package io.salespulse.endtoend;

import static java.nio.file.attribute.PosixFilePermissions.fromString;
import static org.assertj.core.api.Assertions.assertThat;

import io.salespulse.local.machine.ProjectLayout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * How {@code ./run} builds: the script in a checkout whose Maven only says when it begins and ends.
 * There is nothing to start after it, so each run ends with Java's own error.
 */
class RunScriptTest {

    private static final String MAVEN =
            """
            #!/bin/sh
            echo begin >>builds
            while [ ! -e go ]; do sleep 0.1; done
            for jar in flink-job/target/sales-analytics-job datagen/target/datagen audit/target/audit \\
                dead-letter-replay/target/dead-letter-replay local-pipeline/target/local-pipeline; do
              mkdir -p "$(dirname $jar)"
              : >$jar.jar
            done
            mkdir -p local-pipeline/kafka-distribution/target/lib local-pipeline/flink-distribution/target/lib
            echo end >>builds
            """;

    @TempDir private Path root;

    private final List<Process> started = new ArrayList<>();

    @BeforeEach
    void checkOut() throws IOException {
        write("run", Files.readString(ProjectLayout.fromSystemProperty().root().resolve("run")));
        write("mvnw", MAVEN);
        Files.createFile(root.resolve("pom.xml"));
        Files.createFile(root.resolve("builds"));
    }

    @AfterEach
    void endAll() {
        for (Process process : started) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }

    @Test
    void twoAtOnceBuildOnceAndTheSecondSaysWhatItWaitsFor() throws Exception {
        Process first = run("first");
        awaitBuilds("begin");
        Process second = run("second");
        Pipeline.await()
                .until(
                        () ->
                                text("second")
                                        .contains(
                                                "Another ./run (process %d)"
                                                        .formatted(first.pid())));

        go();
        awaitEnd(first);
        awaitEnd(second);

        assertThat(builds()).containsExactly("begin", "end");
        assertThat(text("first")).contains("Building (", "Built in");
        assertThat(text("second")).doesNotContain("Building (").contains("Launcher");
        assertThat(lock()).doesNotExist();
    }

    @Test
    void anInterruptEndsTheBuildToo() throws Exception {
        Process first = run("first");
        awaitBuilds("begin");
        ProcessHandle maven = first.descendants().filter(this::isMaven).findFirst().orElseThrow();

        CtrlC.press(first);

        assertThat(awaitEnd(first)).isEqualTo(130);
        assertThat(maven.isAlive()).isFalse();
        assertThat(builds()).containsExactly("begin");
        assertThat(lock()).doesNotExist();
    }

    @Test
    void aBuildThatWasKilledHoldsUpNobody() throws Exception {
        Process killed = run("killed");
        awaitBuilds("begin");
        killed.descendants().forEach(ProcessHandle::destroyForcibly);
        awaitEnd(killed.destroyForcibly());
        go();

        Process second = run("second");
        awaitEnd(second);

        assertThat(builds()).containsExactly("begin", "begin", "end");
        assertThat(lock()).doesNotExist();
    }

    private boolean isMaven(ProcessHandle process) {
        return process.info().commandLine().orElse("").contains("mvnw");
    }

    private Process run(String name) throws IOException {
        Process process =
                new ProcessBuilder("./run")
                        .directory(root.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(root.resolve(name).toFile())
                        .start();
        started.add(process);
        return process;
    }

    private static int awaitEnd(Process process) throws InterruptedException {
        if (!process.waitFor(1, TimeUnit.MINUTES)) {
            throw new IllegalStateException("still running: " + process.info());
        }
        return process.exitValue();
    }

    private void go() throws IOException {
        Files.createFile(root.resolve("go"));
    }

    private void awaitBuilds(String... lines) {
        Pipeline.await().untilAsserted(() -> assertThat(builds()).containsExactly(lines));
    }

    private List<String> builds() throws IOException {
        return Files.readAllLines(root.resolve("builds"));
    }

    private String text(String name) throws IOException {
        return Files.readString(root.resolve(name));
    }

    private Path lock() {
        return root.resolve("local-pipeline/target/run.lock");
    }

    private void write(String name, String text) throws IOException {
        Path file = Files.writeString(root.resolve(name), text);
        Files.setPosixFilePermissions(file, fromString("rwxr-xr-x"));
    }
}
