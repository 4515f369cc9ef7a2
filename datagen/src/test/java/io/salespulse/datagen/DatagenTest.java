package io.salespulse.datagen;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class DatagenTest {

    private static final Clock CLOCK =
            Clock.fixed(Instant.parse("2026-01-15T10:00:00Z"), ZoneOffset.UTC);

    private final Map<String, String> environment = new HashMap<>();

    @Test
    void defaults() {
        RunSettings settings = parse();

        assertThat(settings.kafka())
                .isEqualTo(
                        new KafkaSettings(
                                "127.0.0.1:9093",
                                "transactions",
                                "transactions.dead-letter",
                                Map.of(),
                                4,
                                Duration.ofSeconds(60)));
        assertThat(settings.rate()).isEqualTo(new Rate(1));
        assertThat(settings.count()).isEmpty();
        assertThat(settings.duration()).isEmpty();
        assertThat(settings.history()).isEmpty();
        assertThat(settings.expectedOutput()).isEmpty();
        assertThat(settings.print()).isFalse();
        GeneratorSettings generator = settings.generator();
        assertThat(generator.catalog().names())
                .containsExactly("Electronics", "Fashion", "Grocery", "Home", "Beauty", "Sports");
        assertThat(generator.catalog()).isEqualTo(Catalog.store());
        assertThat(generator.categorySkew()).isZero();
        assertThat(generator.mix()).isEqualTo(EventMix.ORDINARY_ONLY);
        assertThat(generator.maxOutOfOrderness()).isZero();
        assertThat(generator.rules()).isEqualTo(PipelineRules.DEFAULTS);
    }

    @Test
    void everyOptionReachesTheSettings(@TempDir Path folder) {
        Path file = folder.resolve("expected.csv");
        RunSettings settings =
                parse(
                        ("--bootstrap-servers b:1 --topic t --dead-letter-topic d --partitions 8 --kafka-property x=y=z"
                                        + " --kafka-property acks=1 --wait 5s --rate 1000.5 --count 77 --seed -5 --categories 3"
                                        + " --category-skew 1.2 --max-out-of-orderness 30s --late-ratio 0.1"
                                        + " --malformed-ratio 0.2 --duplicate-ratio 0.3 --future-ratio 0.4 --print"
                                        + " --history 2026-01-15T08:00:00Z..2026-01-15T11:00:00+01:00"
                                        + " --pipeline-window-size 10s --pipeline-max-out-of-orderness 2s"
                                        + " --pipeline-allowed-lateness 0s --pipeline-max-future-skew PT3S --expected-output "
                                        + file)
                                .split(" "));

        assertThat(settings)
                .isEqualTo(
                        new RunSettings(
                                new KafkaSettings(
                                        "b:1",
                                        "t",
                                        "d",
                                        Map.of("x", "y=z", "acks", "1"),
                                        8,
                                        Duration.ofSeconds(5)),
                                new GeneratorSettings(
                                        -5,
                                        Catalog.generated(3),
                                        1.2,
                                        new EventMix(0.1, 0.2, 0.3, 0.4),
                                        Duration.ofSeconds(30),
                                        new PipelineRules(
                                                Duration.ofSeconds(10),
                                                Duration.ofSeconds(2),
                                                Duration.ZERO,
                                                Duration.ofSeconds(3))),
                                new Rate(1000.5),
                                OptionalLong.of(77),
                                Optional.empty(),
                                Optional.of(
                                        new HistoryRange(
                                                Instant.parse("2026-01-15T08:00:00Z"),
                                                Instant.parse("2026-01-15T10:00:00Z"))),
                                Optional.of(file),
                                true));
    }

    @Test
    void historyIsSentAtFullSpeedByDefault() {
        RunSettings settings = parse("--history", "2026-01-13..2026-01-14", "--count", "10");

        assertThat(settings.rate()).isEqualTo(Rate.MAX);
        assertThat(settings.history())
                .contains(
                        new HistoryRange(
                                Instant.parse("2026-01-13T00:00:00Z"),
                                Instant.parse("2026-01-14T00:00:00Z")));
    }

    @ParameterizedTest
    @CsvSource({
        "10s, 10000",
        "2m, 120000",
        "1h30m, 5400000",
        "500ms, 500",
        "1d, 86400000",
        "1m500ms, 60500",
        "PT1M30S, 90000"
    })
    void durations(String text, long millis) {
        assertThat(parse("--for", text).duration()).contains(Duration.ofMillis(millis));
    }

    @Test
    void randomSeedDiffersFromRunToRun() {
        assertThat(parse().generator().seed()).isNotEqualTo(parse().generator().seed());
    }

    @Test
    void namedCategoriesKeepTheProductsOfTheStore() {
        Catalog catalog = parse("--categories", "Toys,Home").generator().catalog();

        assertThat(catalog.names()).containsExactly("Toys", "Home");
        assertThat(catalog.categories().get(1)).isEqualTo(Catalog.store().categories().get(3));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--rate 0 | '--rate': '0' is not a rate: give events a second from 0.001 to 10000000, or max",
                "--rate fast | '--rate': 'fast' is not a rate: give events a second from 0.001 to 10000000, or max",
                "--rate 1e3 | '--rate': '1e3' is not a rate: give events a second from 0.001 to 10000000, or max",
                "--topic a/b | '--topic': 'a/b' is not a topic name: 1 to 249 of a-z, A-Z, 0-9, '.', '_' and '-'",
                "--dead-letter-topic .. | '--dead-letter-topic': '..' is not a topic name: 1 to 249 of a-z, A-Z, 0-9, '.', '_' and '-'",
                "--count 0 | '--count': '0' is not a whole number from 1 to 999999999999999999",
                "--count 1.5 | '--count': '1.5' is not a whole number from 1 to 999999999999999999",
                "--for 0s | '--for': '0s' is not longer than zero",
                "--for 10 | '--for': '10' is not a duration: give 500ms, 10s, 2m, 1h30m, 1d or ISO-8601 such as PT10S",
                "--for -5s | '--for': '-5s' is not a duration: give 500ms, 10s, 2m, 1h30m, 1d or ISO-8601 such as PT10S",
                "--partitions 0 | '--partitions': '0' is not a whole number from 1 to 1000",
                "--seed x | '--seed': 'x' is not a whole number from -999999999999999999 to 999999999999999999",
                "--categories 0 | '--categories': '0' is not a number of categories from 1 to 1000000",
                "--categories A,,B | '--categories': '' is not a category: 1 to 100 characters, not blank, no control characters",
                "--categories A,B,A | '--categories': 'A' is named twice",
                "--category-skew -1 | '--category-skew': '-1' is not a number from 0 to 10",
                "--late-ratio 1.5 | '--late-ratio': '1.5' is not a number from 0 to 1",
                "--malformed-ratio NaN | '--malformed-ratio': 'NaN' is not a number from 0 to 1",
                "--pipeline-window-size 0s | '--pipeline-window-size': '0s' is not longer than zero",
            })
    void wrongValueIsToldInOneLineWithWhatIsAllowed(String arguments, String message) {
        assertThat(complaint(arguments.split(" ")))
                .isEqualTo("datagen: Invalid value for option " + message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--history 2026-01-13..2026-01-14 | --history needs --count, the number of events to spread over the range",
                "--history 2026-01-13..2026-01-14 --count 1 --for 1s | --history and --for do not go together: --count says how"
                        + " many events to send",
                "--history 2026-01-13..2026-01-16 --count 1 | --history: 2026-01-16T00:00:00Z is in the future; TO must not be"
                        + " later than now",
                "--late-ratio 0.6 --future-ratio 0.5 | --late-ratio, --malformed-ratio, --duplicate-ratio and --future-ratio"
                        + " must not sum to more than 1",
                "--expected-output no/such/folder/x.csv | --expected-output: 'no/such/folder/x.csv' is not a file in an existing"
                        + " folder",
                "--expected-output x.csv --kafka-property enable.idempotence=false | --expected-output needs the order of"
                        + " sending to be kept: leave enable.idempotence at true",
                "--colour red | Unknown options: '--colour', 'red'",
            })
    void optionsThatDoNotGoTogetherAreToldInOneLine(String arguments, String message) {
        assertThat(complaint(arguments.split(" "))).isEqualTo("datagen: " + message);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "2026-01-13",
                "2026-01-14..2026-01-13",
                "a..b",
                "1970-01-01..1970-01-02",
                "2026-01-13.."
            })
    void wrongHistory(String range) {
        assertThat(complaint("--count", "1", "--history", range))
                .startsWith("datagen: Invalid value for option '--history': '")
                .contains("is not a range: give FROM..TO");
    }

    @Test
    void whatReachesKafkaMayComeFromTheEnvironment(@TempDir Path folder) throws IOException {
        Path file =
                Files.writeString(folder.resolve("client.properties"), "a=file\nb=file\nc=file");
        environment.put("SALESPULSE_BOOTSTRAP_SERVERS", "b:1");
        environment.put("SALESPULSE_TOPIC", "t");
        environment.put("SALESPULSE_DEAD_LETTER_TOPIC", "d");
        environment.put("SALESPULSE_KAFKA_PROPERTY", "b=environment\nd=\"5$$\";");
        environment.put("SALESPULSE_KAFKA_PROPERTIES_FILE", file.toString());
        environment.put("SALESPULSE_MAX_OUT_OF_ORDERNESS", "5m");

        RunSettings settings = parse("--topic", "given");

        assertThat(settings.kafka().bootstrapServers()).isEqualTo("b:1");
        assertThat(settings.kafka().topic()).isEqualTo("given");
        assertThat(settings.kafka().deadLetterTopic()).isEqualTo("d");
        assertThat(settings.kafka().properties())
                .isEqualTo(Map.of("a", "file", "b", "environment", "c", "file", "d", "\"5$$\";"));
        assertThat(settings.generator().maxOutOfOrderness()).isZero();
    }

    @Test
    void aKafkaPropertiesFileThatCannotBeReadIsNamed() {
        assertThat(complaint("--kafka-properties-file", "no/such.file"))
                .startsWith("datagen: --kafka-properties-file: cannot read 'no/such.file' (");
    }

    @Test
    void helpNamesEveryOption() {
        CommandLine commandLine = Datagen.commandLine(CLOCK, environment);
        String help = commandLine.getUsageMessage(CommandLine.Help.Ansi.OFF);

        assertThat(help).startsWith("Usage: ./run datagen");
        commandLine
                .getCommandSpec()
                .options()
                .forEach(option -> assertThat(help).contains(option.longestName()));
    }

    private RunSettings parse(String... arguments) {
        CommandLine commandLine = Datagen.commandLine(CLOCK, environment);
        assertThat(commandLine.execute(arguments)).isZero();
        return commandLine.getExecutionResult();
    }

    private String complaint(String... arguments) {
        StringWriter err = new StringWriter();
        CommandLine commandLine =
                Datagen.commandLine(CLOCK, environment).setErr(new PrintWriter(err, true));
        assertThat(commandLine.execute(arguments)).isEqualTo(2);
        List<String> lines = err.toString().lines().toList();
        assertThat(lines).hasSize(1);
        return lines.get(0);
    }
}
