package io.salespulse.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.salespulse.local.terminal.LocalPipelineException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChildProgramTest {

    @TempDir private Path folder;

    @Test
    void anEndBeforeItsTimeIsNotTakenForALoad() throws Exception {
        ChildProgram program =
                ChildProgram.start(
                        Failing.class, List.of(), List.of(), folder.resolve("program.log"));
        assertThatThrownBy(() -> program.await(1)).hasMessageContaining("failed (exit code 3)");

        assertThatThrownBy(program::stop)
                .isInstanceOf(LocalPipelineException.class)
                .hasMessageContaining("ended too early (exit code 3)")
                .hasMessageContaining("no broker");
    }

    @Test
    void endsWhenItIsAskedTo() throws Exception {
        ChildProgram program =
                ChildProgram.start(
                        Endless.class, List.of(), List.of(), folder.resolve("program.log"));

        program.stop();

        assertThat(program.isRunning()).isFalse();
    }

    static final class Failing {

        public static void main(String[] arguments) {
            System.out.println("no broker");
            System.exit(3);
        }
    }

    static final class Endless {

        public static void main(String[] arguments) throws InterruptedException {
            Thread.currentThread().join();
        }
    }
}
