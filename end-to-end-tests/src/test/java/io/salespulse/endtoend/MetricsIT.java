package io.salespulse.endtoend;

import static io.salespulse.endtoend.Pipeline.await;
import static io.salespulse.endtoend.Pipeline.sale;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.salespulse.local.machine.ProjectLayout;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The job's own metrics, as docs/operations.md names them. */
class MetricsIT {

    /** More than Flink waits for the metrics of a TaskManager that an earlier test has killed. */
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    /** A row of the table: {@code | `operator` | `metric` | …}. */
    private static final Pattern ROW =
            Pattern.compile("(?m)^\\| `([\\w: -]+)` \\| `([\\w.]+)` \\|.*$");

    private final ObjectMapper json = new ObjectMapper();

    @Test
    void countWhatHappens() {
        try (Pipeline pipeline = Pipeline.create(1)) {
            pipeline.send(0, sale("2026-01-15T10:00:10Z", "Home", "1"));
            pipeline.send(0, sale("2026-01-15T10:00:20Z", "Home", "2"));
            pipeline.send(0, sale("2026-01-15T12:00:20Z", "Home", "4"));
            pipeline.send(0, sale("2026-01-15T10:00:30Z", "Home", "8"));
            pipeline.send(0, "no JSON");
            // Only now, so that they come in one batch.
            pipeline.startJob(1, Optional.empty());
            pipeline.awaitRows("10:00 Home 3.00/2 final", "12:00 Home 4.00/1 open");

            await().atMost(PATIENCE)
                    .untilAsserted(
                            () -> {
                                Map<String, Double> metrics = metrics(pipeline);
                                assertThat(metrics)
                                        .containsEntry("Source__transactions.numRecordsIn", 5.0)
                                        .containsEntry("pre-aggregate.rejectedEvents", 2.0)
                                        .containsEntry("pre-aggregate.lateEvents", 1.0)
                                        .containsEntry("pre-aggregate.outsideEvents", 0.0)
                                        .containsEntry("dead_letters__Writer.deadLetters", 2.0);
                                assertThat(metrics.get("pre-aggregate.partialSums"))
                                        .isBetween(2.0, 3.0);
                                assertThat(metrics.get("pre-aggregate.freshness")).isPositive();
                                assertThat(metrics.get("category_sales__Writer.upserts"))
                                        .isBetween(2.0, 4.0);
                            });
        }
    }

    @Test
    void serveAllThatTheManualNames() throws IOException {
        String manual =
                Files.readString(
                        ProjectLayout.fromSystemProperty().root().resolve("docs/operations.md"));
        try (Pipeline pipeline = Pipeline.create(1)) {
            pipeline.startJob(1, Optional.empty());

            await().atMost(PATIENCE)
                    .untilAsserted(
                            () ->
                                    assertThat(
                                                    ROW.matcher(manual)
                                                            .results()
                                                            .map(MetricsIT::scopedName)
                                                            .toList())
                                            .hasSizeGreaterThan(8)
                                            .isSubsetOf(metrics(pipeline).keySet()));
        }
    }

    /** Flink replaces what is not a letter, digit, dot or dash in the scope. */
    private static String scopedName(MatchResult row) {
        return row.group(1).replaceAll("[ :]", "_") + "." + row.group(2);
    }

    /** The sum of each metric over the subtasks of its vertex, by operator and name. */
    private Map<String, Double> metrics(Pipeline pipeline) throws IOException {
        String job = pipeline.stack().flink().url() + "/jobs/" + pipeline.jobId();
        Map<String, Double> sums = new TreeMap<>();
        for (JsonNode vertex : get(job).path("vertices")) {
            String all = job + "/vertices/" + vertex.path("id").asText() + "/subtasks/metrics";
            for (JsonNode metric : get(all)) {
                String id = metric.path("id").asText();
                if (id.matches(".*\\.[a-z][A-Za-z]+") && isOurs(id)) {
                    String query = "?get=" + URLEncoder.encode(id, StandardCharsets.UTF_8);
                    sums.put(id, get(all + query).path(0).path("sum").asDouble());
                }
            }
        }
        return sums;
    }

    private static boolean isOurs(String id) {
        return id.matches(
                "Source__transactions\\.numRecordsIn|.*\\.(rejectedEvents|lateEvents|outsideEvents|replayedEvents|fallbackParses|partialSums|freshness|upserts|deadLetters|swallowedCloseFailures)");
    }

    private JsonNode get(String url) throws IOException {
        try (InputStream answer = URI.create(url).toURL().openStream()) {
            return json.readTree(answer);
        }
    }
}
