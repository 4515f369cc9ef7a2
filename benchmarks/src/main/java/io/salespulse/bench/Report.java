package io.salespulse.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.salespulse.local.terminal.TextTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Results with all that is needed to judge and to repeat them: as text, Markdown and JSON. */
final class Report {

    private static final DateTimeFormatter FILE_NAME =
            DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss", Locale.ROOT).withZone(ZoneOffset.UTC);

    private final Instant begin = Instant.now();
    private final Map<String, String> circumstances;
    private final List<Section> sections = new ArrayList<>();

    /**
     * @param circumstances machine, versions and settings, by name
     */
    Report(Map<String, String> circumstances) {
        this.circumstances = new LinkedHashMap<>(circumstances);
    }

    /**
     * A column.
     *
     * @param format of its cells, as {@link String#format} has it; text is aligned left
     */
    record Column(String name, String format) {

        static Column text(String name) {
            return new Column(name, "%s");
        }

        static Column number(String name, int decimals) {
            return new Column(name, "%,." + decimals + "f");
        }

        private boolean isText() {
            return format.equals("%s");
        }

        private String cell(Object value) {
            return value == null ? "" : format.formatted(value);
        }
    }

    /** A table with what is to be known about it. */
    static final class Section {

        private final String title;
        private final List<Column> columns;
        private final List<List<Object>> rows = new ArrayList<>();
        private final List<String> notes = new ArrayList<>();

        Section(String title, Column... columns) {
            this.title = title;
            this.columns = List.of(columns);
        }

        /** Adds a row; null is an empty cell, and numbers are {@code Double}s. */
        void row(Object... cells) {
            List<Object> row = new ArrayList<>();
            for (Object cell : cells) {
                row.add(cell);
            }
            rows.add(row);
        }

        void note(String text) {
            notes.add(text);
        }

        String text() {
            TextTable table = new TextTable();
            columns.forEach(column -> table.alignRight(!column.isText()));
            table.add(columns.stream().map(Column::name).toList());
            rows.forEach(row -> table.add(cells(row)));
            StringBuilder text = new StringBuilder(title).append(System.lineSeparator());
            text.append(table.format());
            notes.forEach(note -> text.append(note).append(System.lineSeparator()));
            return text.toString();
        }

        private List<String> cells(List<Object> row) {
            List<String> cells = new ArrayList<>();
            for (int i = 0; i < columns.size(); i++) {
                cells.add(columns.get(i).cell(row.get(i)));
            }
            return cells;
        }

        private String markdown() {
            StringBuilder text = new StringBuilder("## " + title + "\n\n|");
            columns.forEach(column -> text.append(' ').append(column.name()).append(" |"));
            text.append("\n|");
            columns.forEach(column -> text.append(column.isText() ? " --- |" : " ---: |"));
            for (List<Object> row : rows) {
                text.append("\n|");
                cells(row).forEach(cell -> text.append(' ').append(cell).append(" |"));
            }
            text.append("\n\n");
            notes.forEach(note -> text.append(note).append("\n\n"));
            return text.toString();
        }

        private Map<String, Object> json() {
            List<Map<String, Object>> objects = new ArrayList<>();
            for (List<Object> row : rows) {
                Map<String, Object> object = new LinkedHashMap<>();
                for (int i = 0; i < columns.size(); i++) {
                    object.put(columns.get(i).name(), row.get(i));
                }
                objects.add(object);
            }
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("title", title);
            json.put("rows", objects);
            json.put("notes", notes);
            return json;
        }
    }

    void add(Section section) {
        sections.add(section);
    }

    Section newestSection() {
        return sections.get(sections.size() - 1);
    }

    /**
     * Writes {@code bench-<time>.md} and {@code bench-<time>.json}.
     *
     * @return the first of them
     */
    Path write(Path folder) throws IOException {
        Files.createDirectories(folder);
        String name = "bench-" + FILE_NAME.format(begin);
        Path markdown = folder.resolve(name + ".md");
        Files.writeString(markdown, markdown());
        Files.writeString(folder.resolve(name + ".json"), json());
        return markdown;
    }

    private String markdown() {
        StringBuilder text = new StringBuilder("# Benchmark of " + begin + "\n\n");
        circumstances.forEach((name, value) -> text.append("- " + name + ": " + value + "\n"));
        text.append('\n');
        sections.forEach(section -> text.append(section.markdown()));
        return text.toString();
    }

    private String json() throws IOException {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("begin", begin.toString());
        json.put("end", Instant.now().toString());
        json.putAll(circumstances);
        json.put("results", sections.stream().map(Section::json).toList());
        return new ObjectMapper()
                .enable(SerializationFeature.INDENT_OUTPUT)
                .writeValueAsString(json);
    }

    /** A ratio against its budget, in words. */
    static String budget(String what, double value, String comparison, double budget) {
        boolean met = comparison.equals("≤") ? value <= budget : value >= budget;
        return String.format(
                Locale.ROOT,
                "%s: %s (budget %s %s): %s",
                what,
                number(value),
                comparison,
                number(budget),
                met ? "met" : "NOT MET");
    }

    private static String number(double value) {
        return value >= 1_000
                ? String.format(Locale.ROOT, "%,.0f", value)
                : String.format(Locale.ROOT, "%.2f", value);
    }
}
