package io.salespulse.endtoend;

import static io.salespulse.endtoend.Pipeline.await;
import static io.salespulse.endtoend.Pipeline.sale;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.salespulse.local.flink.FlinkRest;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import org.junit.jupiter.api.Test;

/** The built jar on a session cluster of separate processes, submitted over REST. */
class SubmitJobIT {

    @Test
    void holdsNoFlinkRuntimeAndNoSignatures() throws IOException {
        try (JarFile jar = new JarFile(Stack.shared().layout().jobJar().toFile())) {
            List<String> entries = jar.stream().map(JarEntry::getName).toList();

            assertThat(entries)
                    .contains(
                            "io/salespulse/SalesAnalyticsJob.class", "org/postgresql/Driver.class")
                    .noneMatch(name -> name.startsWith("org/apache/flink/runtime/"))
                    .noneMatch(name -> name.startsWith("org/apache/flink/streaming/api/"))
                    .noneMatch(name -> name.startsWith("org/apache/flink/core/"))
                    .noneMatch(name -> name.startsWith("org/slf4j/"))
                    .noneMatch(name -> name.matches("META-INF/[^/]*\\.(SF|DSA|RSA)"));
            assertThat(jar.getManifest().getMainAttributes().getValue("Main-Class"))
                    .isEqualTo("io.salespulse.SalesAnalyticsJob");
        }
    }

    @Test
    void writesRowsFirstOpenThenFinal() {
        try (Pipeline pipeline = Pipeline.create(1)) {
            pipeline.startJob(1, Optional.empty());
            pipeline.send(0, sale("2026-01-15T10:00:10Z", "Home", "12.34"));
            pipeline.send(0, sale("2026-01-15T10:00:20Z", "Home", "0.66"));
            pipeline.awaitRows("10:00 Home 13.00/2 open");

            pipeline.send(0, sale("2026-01-15T10:02:00Z", "Beauty", "1"));

            pipeline.awaitRows("10:00 Home 13.00/2 final", "10:02 Beauty 1.00/1 open");
        }
    }

    @Test
    void showsThatItIsAlive() {
        try (Pipeline pipeline = Pipeline.create(1)) {
            pipeline.startJob();
            pipeline.send(0, sale("2026-01-15T10:00:10Z", "Home", "1"));

            String beats =
                    "SELECT count(*) FROM job_heartbeat WHERE updated_at > now() - interval '6 s'";
            await().untilAsserted(() -> assertThat(pipeline.query(beats)).containsExactly("2"));
            await().untilAsserted(
                            () ->
                                    assertThat(
                                                    pipeline.query(
                                                            "SELECT max(newest_event)::text FROM job_heartbeat"))
                                            .containsExactly("2026-01-15 10:00:10+00"));
        }
    }

    @Test
    void continuesFromASavepointWithAnotherParallelism() throws Exception {
        try (Pipeline pipeline = Pipeline.create(3)) {
            pipeline.startJob(2, Optional.empty());
            pipeline.send(0, sale("2026-01-15T10:00:10Z", "Home", "1"));
            pipeline.send(1, sale("2026-01-15T10:00:10Z", "Home", "2"));
            pipeline.awaitRows("10:00 Home 3.00/2 open");
            var savepoint = pipeline.stopJobWithSavepoint();
            pipeline.send(2, sale("2026-01-15T10:00:10Z", "Home", "4"));

            pipeline.startJob(3, Optional.of(savepoint));

            pipeline.awaitRows("10:00 Home 7.00/3 open");
            pipeline.assertEqualToTopic();
        }
    }

    @Test
    void saysWhyItDoesNotStart() {
        try (Pipeline pipeline = Pipeline.create(1)) {
            assertThatThrownBy(() -> pipeline.submit(1, Optional.empty(), "--window-size", "0s"))
                    .hasMessageContaining("--window-size")
                    .hasMessageContaining("must be at least 1 s");
            assertThat(pipeline.stack().flink().rest().jobs())
                    .extracting(FlinkRest.Job::id)
                    .doesNotContain(String.valueOf(pipeline.jobId()));
        }
    }
}
