package io.salespulse.local.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.salespulse.local.terminal.LocalPipelineException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ManagedProcessTest {

    private static final String MARKER = "salespulse-managed-process-test";

    @TempDir private Path folder;

    private ManagedProcess.Builder shell(String script) {
        return ManagedProcess.builder("test", MARKER, List.of("sh", "-c", script, MARKER))
                .output(folder.resolve("test.out"))
                .pidFile(folder.resolve("test.pid"));
    }

    @Test
    void passesOutputAndEnvironment() throws Exception {
        try (ManagedProcess process =
                shell("echo \"$GREETING\"; exit 3")
                        .environment(Map.of("GREETING", "hello"))
                        .start()) {
            assertThat(process.onExit().get(10, TimeUnit.SECONDS)).isEqualTo(3);
            assertThat(process.lastLines(1)).isEqualTo("hello");
        }
    }

    @Test
    void explainsAnEndDuringTheStartByTheLog() {
        ManagedProcess process = shell("echo first; echo cannot bind; exit 1").start();

        assertThatThrownBy(() -> process.awaitReady(Duration.ofSeconds(10), () -> false))
                .isInstanceOf(LocalPipelineException.class)
                .hasMessageStartingWith("test ended while starting (exit code 1).")
                .hasMessageEndingWith("first\ncannot bind");
    }

    @Test
    void namesItselfInThePidFileWhileItLives() throws Exception {
        ManagedProcess process = shell("sleep 100 & wait").start();
        assertThat(folder.resolve("test.pid")).hasContent(process.pid() + "\n" + MARKER);

        process.kill();

        assertThat(process.onExit().get()).isEqualTo(137);
        assertThat(folder.resolve("test.pid")).doesNotExist();
    }

    @Test
    void killsTheDescendantsToo() throws Exception {
        ManagedProcess process = shell("sleep 100 & echo $!; wait").start();
        Awaitility.await().until(() -> !process.lastLines(1).isEmpty());
        ProcessHandle child = ProcessHandle.of(Long.parseLong(process.lastLines(1))).orElseThrow();

        process.kill();

        child.onExit().get(10, TimeUnit.SECONDS);
        assertThat(process.isAlive()).isFalse();
    }

    @Test
    void stopsCleanlyEvenWhenFrozen() throws Exception {
        ManagedProcess process =
                shell("trap 'echo bye; exit 0' TERM; echo ready; while :; do sleep 0.1; done")
                        .start();
        process.awaitReady(Duration.ofSeconds(10), () -> process.lastLines(1).equals("ready"));
        process.freeze();

        process.stop();

        assertThat(process.onExit().get()).isZero();
        assertThat(process.lastLines(1)).isEqualTo("bye");
    }

    @Test
    void killsWhatDoesNotStop() throws Exception {
        ManagedProcess process =
                shell("trap '' TERM; echo ready; while :; do sleep 0.1; done")
                        .stopGrace(Duration.ofMillis(200))
                        .start();
        process.awaitReady(Duration.ofSeconds(10), () -> process.lastLines(1).equals("ready"));

        process.stop();

        assertThat(process.onExit().get()).isEqualTo(137);
    }

    @Test
    void replacesALeftover() throws Exception {
        try (ManagedProcess first = shell("sleep 100 & wait").start()) {
            String leftover = Files.readString(folder.resolve("test.pid"));
            try (ManagedProcess second = shell("sleep 100 & wait").start()) {
                assertThat(first.onExit().get(10, TimeUnit.SECONDS)).isEqualTo(137);
                assertThat(second.isAlive()).isTrue();
                assertThat(leftover).startsWith(first.pid() + "\n");
            }
        }
    }
}
