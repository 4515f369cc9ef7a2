package io.salespulse.dashboards;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.salespulse.local.machine.ProjectLayout;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The files in {@code grafana/} of this checkout. */
public final class GrafanaFiles {

    static final String DATA_SOURCE = "salespulse-postgres";

    private static final Path FOLDER = ProjectLayout.fromSystemProperty().root().resolve("grafana");
    private static final ObjectMapper JSON =
            new ObjectMapper().enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION);
    private static final ObjectMapper YAML =
            new YAMLMapper().enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION);

    private GrafanaFiles() {}

    /**
     * A query and what shows its result.
     *
     * @param place where the query stands, for messages
     * @param format {@code table} or {@code time_series}
     * @param owner the panel, variable, annotation or alert rule
     */
    public record Query(String place, String format, String sql, JsonNode owner) {

        @Override
        public String toString() {
            return place;
        }
    }

    static JsonNode sales() {
        return json("dashboards/sales.json");
    }

    static JsonNode pipeline() {
        return json("dashboards/pipeline.json");
    }

    static List<JsonNode> dashboards() {
        return List.of(sales(), pipeline());
    }

    static List<JsonNode> panels(JsonNode dashboard) {
        return children(dashboard.path("panels"));
    }

    static List<JsonNode> alertRules() {
        return children(yaml("provisioning/alerting/rules.yaml").at("/groups/0/rules"));
    }

    static List<Query> panelQueries() {
        List<Query> queries = new ArrayList<>();
        for (JsonNode dashboard : dashboards()) {
            for (JsonNode panel : panels(dashboard)) {
                for (JsonNode target : panel.path("targets")) {
                    queries.add(query(title(dashboard) + " / " + title(panel), target, panel));
                }
            }
        }
        return queries;
    }

    static List<Query> variableQueries() {
        List<Query> queries = new ArrayList<>();
        for (JsonNode dashboard : dashboards()) {
            for (JsonNode variable : dashboard.at("/templating/list")) {
                if (variable.path("type").asText().equals("query")) {
                    String place = title(dashboard) + " / $" + variable.path("name").asText();
                    queries.add(
                            new Query(place, "table", variable.path("query").asText(), variable));
                }
            }
        }
        return queries;
    }

    static List<Query> annotationQueries() {
        List<Query> queries = new ArrayList<>();
        for (JsonNode dashboard : dashboards()) {
            for (JsonNode annotation : dashboard.at("/annotations/list")) {
                String place = title(dashboard) + " / " + annotation.path("name").asText();
                queries.add(query(place, annotation.path("target"), annotation));
            }
        }
        return queries;
    }

    static List<Query> alertQueries() {
        return alertRules().stream()
                .map(rule -> query("Alert / " + title(rule), rule.at("/data/0/model"), rule))
                .toList();
    }

    /** Those of panels, variables, annotations and alerts. */
    public static List<Query> allQueries() {
        return Stream.of(panelQueries(), variableQueries(), annotationQueries(), alertQueries())
                .flatMap(List::stream)
                .toList();
    }

    static JsonNode yaml(String file) {
        return read(YAML, file);
    }

    /** The text of a file whose path is relative to {@code grafana/}. */
    static String text(String file) {
        try {
            return Files.readString(FOLDER.resolve(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static List<JsonNode> children(JsonNode array) {
        List<JsonNode> children = new ArrayList<>();
        array.forEach(children::add);
        return children;
    }

    private static Query query(String place, JsonNode target, JsonNode owner) {
        return new Query(
                place, target.path("format").asText(), target.path("rawSql").asText(), owner);
    }

    private static String title(JsonNode node) {
        return node.path("title").asText();
    }

    private static JsonNode json(String file) {
        return read(JSON, file);
    }

    private static JsonNode read(ObjectMapper mapper, String file) {
        try {
            return mapper.readTree(text(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
