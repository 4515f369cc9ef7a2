package io.salespulse.compose;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** {@code docker-compose.yml} as Compose sees it: anchors merged, variables replaced. */
final class ComposeFile {

    /** {@code $$}, or {@code ${NAME}} with {@code :-default} or {@code :+alternative}. */
    private static final Pattern VARIABLE =
            Pattern.compile("\\$\\$|\\$\\{(?<name>\\w+)(?::(?<operator>[-+])(?<word>[^}]*))?}");

    private final Map<String, Object> content;
    private final Map<String, String> defaults = new TreeMap<>();
    private final List<String> variablesWithoutDefault = new ArrayList<>();

    private ComposeFile(Path file, Map<String, String> environment) throws IOException {
        LoaderOptions options = new LoaderOptions();
        options.setAllowDuplicateKeys(false);
        Object parsed = new Yaml(new SafeConstructor(options)).load(Files.readString(file));
        content = mapping(resolve(parsed, environment));
    }

    static ComposeFile read(Path file, Map<String, String> environment) {
        try {
            return new ComposeFile(file, environment);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A service's settings by the keys of the Compose specification. */
    record Service(String name, Map<String, Object> settings) {

        @Override
        public String toString() {
            return name;
        }

        String image() {
            return (String) settings.get("image");
        }

        boolean isOneOff() {
            return settings.containsKey("profiles");
        }

        /** Whether it is meant to end with success at every {@code up}. */
        boolean isOneShot() {
            return String.valueOf(settings.get("restart")).startsWith("on-failure");
        }

        Map<String, Object> part(String key) {
            return mapping(settings.getOrDefault(key, Map.of()));
        }

        List<String> list(String key) {
            return strings(settings.getOrDefault(key, List.of()));
        }

        String environment(String variable) {
            return String.valueOf(part("environment").get(variable));
        }

        /** The condition that each service which this one waits for must meet. */
        Map<String, String> conditions() {
            Map<String, String> conditions = new LinkedHashMap<>();
            part("depends_on")
                    .forEach(
                            (name, dependency) ->
                                    conditions.put(
                                            name, (String) mapping(dependency).get("condition")));
            return conditions;
        }

        /** In MiB. */
        int memoryLimit() {
            return mebibytes((String) settings.get("mem_limit"));
        }
    }

    /** A size such as {@code 960m}, in MiB. */
    static int mebibytes(String size) {
        if (!size.matches("\\d+m")) {
            throw new IllegalArgumentException(size);
        }
        return Integer.parseInt(size.substring(0, size.length() - 1));
    }

    List<Service> services() {
        List<Service> services = new ArrayList<>();
        mapping(content.get("services"))
                .forEach((name, settings) -> services.add(new Service(name, mapping(settings))));
        return services;
    }

    Service service(String name) {
        return services().stream()
                .filter(service -> service.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    /** Names of the volumes at the end of the file. */
    List<String> volumes() {
        return List.copyOf(mapping(content.get("volumes")).keySet());
    }

    /** Every variable in the file and its default. */
    Map<String, String> defaults() {
        return defaults;
    }

    List<String> variablesWithoutDefault() {
        return variablesWithoutDefault;
    }

    /** Flink's settings as the image's entry point reads them. */
    Map<String, String> flinkProperties() {
        Map<String, String> properties = new LinkedHashMap<>();
        service("jobmanager")
                .environment("FLINK_PROPERTIES")
                .lines()
                .forEach(
                        line -> {
                            String[] setting = line.replaceAll("\\s", "").split(":", 2);
                            properties.put(setting[0], setting[1]);
                        });
        return properties;
    }

    private Object resolve(Object node, Map<String, String> environment) {
        if (node instanceof Map<?, ?> map) {
            Map<String, Object> resolved = new LinkedHashMap<>();
            map.forEach((key, value) -> resolved.put((String) key, resolve(value, environment)));
            return resolved;
        }
        if (node instanceof List<?> list) {
            return list.stream().map(each -> resolve(each, environment)).toList();
        }
        if (node instanceof String text) {
            return VARIABLE.matcher(text)
                    .replaceAll(
                            match -> Matcher.quoteReplacement(valueOf(match, text, environment)));
        }
        return node;
    }

    private String valueOf(MatchResult match, String text, Map<String, String> environment) {
        String name = match.group(1);
        if (name == null) {
            return "$";
        }
        String operator = match.group(2);
        String value = environment.getOrDefault(name, "");
        if (operator == null) {
            variablesWithoutDefault.add(name + " in " + text);
            return value;
        }
        if (operator.equals("+")) {
            return value.isEmpty() ? "" : match.group(3);
        }
        String former = defaults.put(name, match.group(3));
        if (former != null && !former.equals(match.group(3))) {
            throw new IllegalStateException(name + " has two defaults");
        }
        return value.isEmpty() ? match.group(3) : value;
    }

    @SuppressWarnings("unchecked") // YAML's mappings here have text as keys: resolve has cast them.
    private static Map<String, Object> mapping(Object node) {
        return (Map<String, Object>) node;
    }

    private static List<String> strings(Object node) {
        return ((List<?>) node).stream().map(String::valueOf).toList();
    }
}
