package io.salespulse.guards;

import static org.assertj.core.api.Assertions.assertThat;

import io.salespulse.local.machine.ProjectLayout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The programs share no code, so that each can be built, read and trusted alone. What they repeat,
 * the options to reach Kafka and PostgreSQL, must be the same all the same.
 */
class SharedOptionsTest {

    private static final Path ROOT = ProjectLayout.fromSystemProperty().root();
    private static final String JOB =
            "flink-job/src/main/java/io/salespulse/config/JobOptions.java";
    private static final String DATAGEN =
            "datagen/src/main/java/io/salespulse/datagen/Datagen.java";
    private static final String AUDIT = "audit/src/main/java/io/salespulse/audit/Audit.java";
    private static final String REPLAY =
            "dead-letter-replay/src/main/java/io/salespulse/replay/ReplayDeadLetters.java";

    private static final Pattern OPTION =
            Pattern.compile(
                    "@Option\\(\\s*names = \"(?<name>[^\"]+)\",(?<rest>.*?)\\)\\n\\s+\\w",
                    Pattern.DOTALL);
    private static final Pattern DEFAULT = Pattern.compile("defaultValue = \"([^\"]*)\"");
    private static final Pattern SPLIT = Pattern.compile("split = \"([^\"]*)\"");

    @ParameterizedTest
    @ValueSource(strings = {DATAGEN, AUDIT, REPLAY})
    void areThoseOfTheJob(String program) throws IOException {
        assertThat(options(program))
                .containsAllEntriesOf(
                        only(
                                options(JOB),
                                "--bootstrap-servers",
                                "--topic",
                                "--dead-letter-topic",
                                "--kafka-property",
                                "--kafka-properties-file"));
    }

    @Test
    void reachTheSameDatabase() throws IOException {
        assertThat(options(AUDIT))
                .containsAllEntriesOf(only(options(JOB), "--jdbc-url", "--jdbc-password-file"));
    }

    @ParameterizedTest
    @CsvSource({"window-size", "max-out-of-orderness", "allowed-lateness", "max-future-skew"})
    void letDatagenExpectWhatTheJobDoes(String rule) throws IOException {
        assertThat(options(DATAGEN))
                .containsEntry("--pipeline-" + rule, options(JOB).get("--" + rule));
    }

    private static Map<String, String> only(Map<String, String> options, String... names) {
        Map<String, String> chosen = new TreeMap<>();
        for (String name : names) {
            assertThat(options).containsKey(name);
            chosen.put(name, options.get(name));
        }
        return chosen;
    }

    /** What a missing option stands for, and how one in the environment is split, by name. */
    private static Map<String, String> options(String program) throws IOException {
        Map<String, String> options = new TreeMap<>();
        Matcher option = OPTION.matcher(Files.readString(ROOT.resolve(program)));
        while (option.find()) {
            String rest = option.group("rest");
            options.put(
                    option.group("name"),
                    "default %s, split by %s".formatted(first(DEFAULT, rest), first(SPLIT, rest)));
        }
        return options;
    }

    private static String first(Pattern pattern, String text) {
        Matcher matcher = pattern.matcher(text);
        return matcher.find() ? matcher.group(1) : "nothing";
    }
}
