package io.salespulse.endtoend;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Benchmarks at sizes that say nothing about speed: they run, and every run's rows are right. */
class BenchIT {

    private static final Path ROOT = Path.of(System.getProperty("salespulse.root"));

    /** No run is long enough for the second compiler. */
    private static final List<String> YOUNG_JVMS =
            List.of("--jvm-option=-XX:+UseSerialGC", "--jvm-option=-XX:TieredStopAtLevel=1");

    @TempDir private Path folder;

    @Test
    void throughputChecksItsRowsAndReports() throws IOException, InterruptedException {
        Run run =
                bench(
                        "throughput",
                        "--only",
                        "limit|whole|textbook",
                        "--from",
                        "0",
                        "--to",
                        "20000");

        assertThat(run.exitCode()).as(run.output()).isZero();
        assertThat(run.output())
                .contains("our parser", "the whole job", "textbook")
                .contains("whole job / limit:", "datagen, events per CPU second:");
        assertThat(results()).hasSize(2);
        assertThat(Files.readString(results().get(0)))
                .contains("\"commit\"", "\"cpu\"", "\"versions\"", "\"CPU µs/event\"");
    }

    @Test
    void aSeriesMeasuresTheWholeJob() throws IOException, InterruptedException {
        Run run = bench("series", "--only", "^100 categories", "--from", "0", "--to", "20000");

        assertThat(run.exitCode()).as(run.output()).isZero();
        assertThat(run.output()).contains("How the whole job's cost grows", "100 categories");
    }

    @Test
    void wrongOptionGivesOneLine() throws IOException, InterruptedException {
        Run run = bench("throughput", "--from", "many");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.output()).contains("--from").doesNotContain("\tat ");
    }

    private List<Path> results() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.sorted().toList();
        }
    }

    private record Run(int exitCode, String output) {}

    private Run bench(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-XX:+UseSerialGC");
        command.add("-XX:TieredStopAtLevel=1");
        command.add("-Dsalespulse.root=" + ROOT);
        command.add("-jar");
        command.add(ROOT.resolve("benchmarks/target/benchmarks.jar").toString());
        command.addAll(List.of(arguments));
        command.addAll(List.of("--output", folder.toString()));
        command.addAll(YOUNG_JVMS);
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        return new Run(process.waitFor(), output);
    }
}
