package io.salespulse.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.flink.client.program.ProgramParametrizationException;
import org.assertj.core.api.AbstractStringAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class JobOptionsTest {

    private static final String PASSWORD = "open-sesame";
    private static final String JAAS =
            "org.apache.kafka.common.security.plain.PlainLoginModule required"
                    + " username=\"job\" password=\"open-sesame\";";

    private static final List<String> OPTIONS =
            List.of(
                    "--bootstrap-servers",
                    "--topic",
                    "--dead-letter-topic",
                    "--group-id",
                    "--kafka-property",
                    "--kafka-properties-file",
                    "--jdbc-url",
                    "--jdbc-user",
                    "--jdbc-password-file",
                    "--window-size",
                    "--max-out-of-orderness",
                    "--allowed-lateness",
                    "--max-future-skew",
                    "--state-retention",
                    "--idle-timeout",
                    "--early-interval",
                    "--starting-offsets",
                    "--mode",
                    "--from",
                    "--to",
                    "--repair",
                    "--allow-partial",
                    "--replace",
                    "--print",
                    "--help");

    private final Map<String, String> environment =
            new HashMap<>(Map.of(JobOptions.PASSWORD_VARIABLE, PASSWORD));
    private final StringWriter out = new StringWriter();

    @Test
    void defaults() {
        JobConfig config = parse();

        assertThat(config.kafka().bootstrapServers()).isEqualTo("127.0.0.1:9093");
        assertThat(config.kafka().topic()).isEqualTo("transactions");
        assertThat(config.kafka().deadLetterTopic()).isEqualTo("transactions.dead-letter");
        assertThat(config.kafka().groupId()).isEqualTo("sales-analytics");
        assertThat(config.kafka().clientProperties()).isEmpty();
        assertThat(config.jdbc().url())
                .isEqualTo("jdbc:postgresql://127.0.0.1:5432/transactions_db");
        assertThat(config.jdbc().user()).isEqualTo("salespulse_writer");
        assertThat(config.jdbc().password().value()).isEqualTo(PASSWORD);
        assertThat(config.jdbc().passwordOfEnvironment()).isTrue();
        assertThat(config.rules().windowSize()).isEqualTo(Duration.ofMinutes(1));
        assertThat(config.rules().maxOutOfOrderness()).isEqualTo(Duration.ofMinutes(1));
        assertThat(config.rules().allowedLateness()).isEqualTo(Duration.ofHours(1));
        assertThat(config.rules().maxFutureSkew()).isEqualTo(Duration.ofMinutes(1));
        assertThat(config.stateRetention()).isEqualTo(Duration.ofHours(24));
        assertThat(config.idleTimeout()).isEqualTo(Duration.ofSeconds(60));
        assertThat(config.earlyInterval()).isEqualTo(Duration.ofMillis(500));
        assertThat(config.startingOffsets()).isEmpty();
        assertThat(config.print()).isFalse();
        assertThat(out.toString()).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("settings")
    void everyOptionCanBeGivenOnTheCommandLine(Setting setting) {
        assertThat(setting.read(parse(setting.option, setting.value))).isEqualTo(setting.expected);
    }

    @ParameterizedTest
    @MethodSource("settings")
    void everyOptionCanBeGivenInTheEnvironment(Setting setting) {
        environment.put(setting.variable, setting.value);

        assertThat(setting.read(parse())).isEqualTo(setting.expected);
    }

    @ParameterizedTest
    @MethodSource("settings")
    void anOptionComesBeforeTheEnvironment(Setting setting) {
        environment.put(setting.variable, setting.other);

        assertThat(setting.read(parse(setting.option, setting.value))).isEqualTo(setting.expected);
    }

    private static Stream<Setting> settings() {
        return Stream.of(
                new Setting("--bootstrap-servers", "SALESPULSE_BOOTSTRAP_SERVERS", "a:1,b:2", "c:3")
                        .as("a:1,b:2", config -> config.kafka().bootstrapServers()),
                new Setting("--topic", "SALESPULSE_TOPIC", "sales", "other")
                        .as("sales", config -> config.kafka().topic()),
                new Setting("--dead-letter-topic", "SALESPULSE_DEAD_LETTER_TOPIC", "bad", "other")
                        .as("bad", config -> config.kafka().deadLetterTopic()),
                new Setting("--group-id", "SALESPULSE_GROUP_ID", "mine", "other")
                        .as("mine", config -> config.kafka().groupId()),
                new Setting("--kafka-property", "SALESPULSE_KAFKA_PROPERTY", "a.b=1", "c.d=2")
                        .as(Map.of("a.b", "1"), config -> config.kafka().clientProperties()),
                new Setting(
                                "--jdbc-url",
                                "SALESPULSE_JDBC_URL",
                                "jdbc:postgresql://db/sales",
                                "jdbc:postgresql://other/sales")
                        .as("jdbc:postgresql://db/sales", config -> config.jdbc().url()),
                new Setting("--jdbc-user", "SALESPULSE_JDBC_USER", "me", "other")
                        .as("me", config -> config.jdbc().user()),
                new Setting("--window-size", "SALESPULSE_WINDOW_SIZE", "30s", "20s")
                        .as(Duration.ofSeconds(30), config -> config.rules().windowSize()),
                new Setting("--max-out-of-orderness", "SALESPULSE_MAX_OUT_OF_ORDERNESS", "5s", "6s")
                        .as(Duration.ofSeconds(5), config -> config.rules().maxOutOfOrderness()),
                new Setting("--allowed-lateness", "SALESPULSE_ALLOWED_LATENESS", "2h", "3h")
                        .as(Duration.ofHours(2), config -> config.rules().allowedLateness()),
                new Setting("--max-future-skew", "SALESPULSE_MAX_FUTURE_SKEW", "10s", "11s")
                        .as(Duration.ofSeconds(10), config -> config.rules().maxFutureSkew()),
                new Setting("--state-retention", "SALESPULSE_STATE_RETENTION", "2d", "3d")
                        .as(Duration.ofDays(2), JobConfig::stateRetention),
                new Setting("--idle-timeout", "SALESPULSE_IDLE_TIMEOUT", "90s", "91s")
                        .as(Duration.ofSeconds(90), JobConfig::idleTimeout),
                new Setting("--early-interval", "SALESPULSE_EARLY_INTERVAL", "250ms", "251ms")
                        .as(Duration.ofMillis(250), JobConfig::earlyInterval),
                new Setting(
                                "--starting-offsets",
                                "SALESPULSE_STARTING_OFFSETS",
                                "2026-01-15T10:00:00Z",
                                "earliest")
                        .as(
                                Optional.of(Instant.parse("2026-01-15T10:00:00Z")),
                                JobConfig::startingOffsets));
    }

    @Test
    void runsLiveUnlessToldToBackfill() {
        assertThat(parse().backfill()).isEmpty();
        assertThat(parse("--mode", "live").backfill()).isEmpty();
        assertThat(parse("--mode", "backfill", "--repair").backfill())
                .contains(
                        new BackfillConfig(Optional.empty(), Optional.empty(), false, true, false));
        assertThat(
                        parse(
                                        "--mode=backfill",
                                        "--from=2026-01-15T10:00:00Z",
                                        "--to=2026-01-15T13:00:00+02:00",
                                        "--allow-partial",
                                        "--replace")
                                .backfill())
                .contains(
                        new BackfillConfig(
                                Optional.of(Instant.parse("2026-01-15T10:00:00Z")),
                                Optional.of(Instant.parse("2026-01-15T11:00:00Z")),
                                true,
                                false,
                                true));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    --from=2026-01-15T10:00:00Z                                     | --from is for --mode backfill only. See --help.
                    --repair                                                        | --repair is for --mode backfill only. See --help.
                    --replace                                                       | --replace is for --mode backfill only. See --help.
                    --mode=backfill                                                 | --mode backfill needs --from TIME (and --to TIME), or --repair. See --help.
                    --mode=backfill --to=2026-01-15T10:00:00Z                       | --mode backfill needs --from TIME (and --to TIME), or --repair. See --help.
                    --mode=backfill --repair --from=2026-01-15T10:00:00Z            | --repair takes its windows from the table repairs and only raises them: give it without --from, --to and --replace. See --help.
                    --mode=backfill --from=2026-01-15T10:00:00Z --to=2026-01-15T10:00:00Z | --to (or SALESPULSE_TO) must be later than --from 2026-01-15T10:00:00Z, but is '2026-01-15T10:00:00Z'. See --help.
                    --mode=backfill --from=yesterday                                | Invalid value for option '--from': 'yesterday' is not a time such as 2026-01-15T10:00:00Z. See --help.
                    """)
    void refusesABackfillThatSaysTooLittleOrTooMuch(String arguments, String message) {
        assertThatThrownBy(() -> parse(arguments.trim().split(" ")))
                .isInstanceOf(StartRefusedException.class)
                .hasMessage(message);
    }

    @Test
    void printIsAFlag() {
        assertThat(parse("--print").print()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"true, true", "false, false"})
    void printCanBeGivenInTheEnvironment(String value, boolean expected) {
        environment.put("SALESPULSE_PRINT", value);

        assertThat(parse().print()).isEqualTo(expected);
    }

    @Test
    void optionsCanBeGivenWithAnEqualsSign() {
        assertThat(parse("--topic=sales").kafka().topic()).isEqualTo("sales");
    }

    @ParameterizedTest
    @CsvSource({
        "500ms, PT0.5S",
        "30s, PT30S",
        "5m, PT5M",
        "5 min, PT5M",
        "1h, PT1H",
        "1d, PT24H",
        "PT1M, PT1M",
        "PT1M30S, PT1M30S"
    })
    void durationsAreReadAsFlinkOrIso8601WriteThem(String text, Duration expected) {
        assertThat(parse("--idle-timeout", text).idleTimeout()).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"soon", "", "1x", "1.5h", "-1s", "P", "PT", "9999999999999999999s"})
    void aWrongDurationIsNamedWithAllowedForms(String value) {
        assertThatRefused("--idle-timeout", value)
                .contains("--idle-timeout")
                .contains("'" + value + "'")
                .contains("500ms, 30s, 5m, 1h, 1d or PT1M");
    }

    @ParameterizedTest
    @CsvSource({
        "--window-size,          SALESPULSE_WINDOW_SIZE,          999ms, must be at least 1 s",
        "--window-size,          SALESPULSE_WINDOW_SIZE,          25h,   must be at most 1 d",
        "--max-out-of-orderness, SALESPULSE_MAX_OUT_OF_ORDERNESS, PT-1S, must be at least 0 ms",
        "--allowed-lateness,     SALESPULSE_ALLOWED_LATENESS,     PT-1S, must be at least 0 ms",
        "--max-future-skew,      SALESPULSE_MAX_FUTURE_SKEW,      PT-1S, must be at least 0 ms",
        "--state-retention,      SALESPULSE_STATE_RETENTION,      61min, must be at least 62 min",
        "--idle-timeout,         SALESPULSE_IDLE_TIMEOUT,         0s,    must be at least 1 ms",
        "--early-interval,       SALESPULSE_EARLY_INTERVAL,       0s,    must be at least 1 ms"
    })
    void aDurationOutOfRangeIsNamedWithTheLimit(
            String option, String variable, String value, String limit) {
        assertThatRefused(option, value).contains(option).contains(variable).contains(limit);
    }

    @ParameterizedTest
    @CsvSource({
        "--window-size, 1s",
        "--window-size, 1d",
        "--max-out-of-orderness, 0s",
        "--max-future-skew, 0s",
        "--allowed-lateness, 0s",
        "--idle-timeout, 1ms",
        "--early-interval, 1ms"
    })
    void durationsMayBeAsShortOrLongAsTheirLimit(String option, String value) {
        environment.put("SALESPULSE_STATE_RETENTION", "2d");

        assertThat(JobOptions.parse(new String[] {option, value}, environment, printer()))
                .isPresent();
    }

    @ParameterizedTest
    @ValueSource(strings = {"latest", "2026-01-15", "2026-01-15T10:00:00", "0"})
    void aWrongStartingPointIsNamedWithAllowedForms(String value) {
        assertThatRefused("--starting-offsets", value)
                .contains("--starting-offsets")
                .contains("'" + value + "'")
                .contains("'earliest'")
                .contains("2026-01-15T10:00:00Z");
    }

    @Test
    void aStartingPointMayHaveAnOffset() {
        assertThat(parse("--starting-offsets", "2026-01-15T11:00:00+01:00").startingOffsets())
                .contains(Instant.parse("2026-01-15T10:00:00Z"));
    }

    @Test
    void aWrongValueInTheEnvironmentIsRefusedToo() {
        environment.put("SALESPULSE_WINDOW_SIZE", "soon");

        assertThatRefused().contains("--window-size").contains("'soon'");
    }

    @ParameterizedTest
    @ValueSource(strings = {"--bootstrap-servers", "--topic", "--dead-letter-topic", "--group-id"})
    void namesMustNotBeBlank(String option) {
        assertThatRefused(option, " ").contains(option).contains("must not be blank");
    }

    @Test
    void theDeadLettersMustNotGoBackToTheTopicThatIsRead() {
        assertThatRefused("--topic", "sales", "--dead-letter-topic", "sales")
                .contains("--dead-letter-topic")
                .contains("SALESPULSE_DEAD_LETTER_TOPIC")
                .contains("'sales'")
                .contains("must not be the topic that is read");
    }

    @ParameterizedTest
    @ValueSource(strings = {"postgresql://db/sales", "jdbc:mysql://db/sales", "db:5432"})
    void theDatabaseMustBePostgresql(String url) {
        assertThatRefused("--jdbc-url", url)
                .contains("--jdbc-url")
                .contains("SALESPULSE_JDBC_URL")
                .contains("'" + url + "'")
                .contains("must begin with jdbc:postgresql:");
    }

    @Test
    void kafkaPropertiesMayBeRepeated() {
        assertThat(
                        parse("--kafka-property", "a=1", "--kafka-property", "b=2")
                                .kafka()
                                .clientProperties())
                .isEqualTo(Map.of("a", "1", "b", "2"));
    }

    @Test
    void kafkaPropertiesAreOnePerLineInTheEnvironment() {
        environment.put("SALESPULSE_KAFKA_PROPERTY", "a=1\nb=2\r\nc=3");

        assertThat(parse().kafka().clientProperties())
                .isEqualTo(Map.of("a", "1", "b", "2", "c", "3"));
    }

    @Test
    void kafkaPropertiesKeepTheirQuotesAndEqualsSigns() {
        assertThat(parse("--kafka-property", "sasl.jaas.config=" + JAAS).kafka().clientProperties())
                .isEqualTo(Map.of("sasl.jaas.config", JAAS));
    }

    @Test
    void kafkaPropertiesKeepTheirQuotesInTheEnvironment() {
        environment.put(
                "SALESPULSE_KAFKA_PROPERTY",
                "security.protocol=SASL_SSL\nsasl.jaas.config=" + JAAS);

        assertThat(parse().kafka().clientProperties())
                .isEqualTo(Map.of("security.protocol", "SASL_SSL", "sasl.jaas.config", JAAS));
    }

    @Test
    void aKafkaPropertyWithoutValueIsRefused() {
        assertThatRefused("--kafka-property", "security.protocol")
                .contains("--kafka-property")
                .contains("KEY=VALUE");
    }

    @Test
    void kafkaPropertiesComeFromAFileUnlessTheyAreGiven(@TempDir Path folder) throws IOException {
        Path file =
                Files.writeString(
                        folder.resolve("client.properties"),
                        "# the broker's\nsasl.jaas.config=" + JAAS + "\nclient.rack = a\n");

        assertThat(
                        parse(
                                        "--kafka-properties-file",
                                        file.toString(),
                                        "--kafka-property",
                                        "client.rack=b")
                                .kafka()
                                .clientProperties())
                .isEqualTo(Map.of("sasl.jaas.config", JAAS, "client.rack", "b"));
    }

    @Test
    void theKafkaPropertiesFileMayBeNamedInTheEnvironment(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("client.properties"), "client.rack=a");
        environment.put("SALESPULSE_KAFKA_PROPERTIES_FILE", file.toString());

        assertThat(parse().kafka().clientProperties()).isEqualTo(Map.of("client.rack", "a"));
    }

    @Test
    void aKafkaPropertiesFileThatCannotBeReadIsNamed(@TempDir Path folder) {
        Path file = folder.resolve("missing");

        assertThatRefused("--kafka-properties-file", file.toString())
                .contains("--kafka-properties-file")
                .contains(file.toString());
    }

    @Test
    void aMissingPasswordIsRefusedWithTheWaysToGiveIt() {
        environment.remove(JobOptions.PASSWORD_VARIABLE);

        assertThatRefused("--jdbc-user", "me")
                .contains("me")
                .contains("SALESPULSE_JDBC_PASSWORD")
                .contains("--jdbc-password-file");
    }

    @Test
    void anEmptyPasswordIsNone() {
        environment.put(JobOptions.PASSWORD_VARIABLE, "");

        assertThatRefused().contains(JobOptions.PASSWORD_VARIABLE);
    }

    @Test
    void anEmptyVariableIsAsGoodAsNone() {
        environment.put("SALESPULSE_WINDOW_SIZE", "");
        environment.put("SALESPULSE_KAFKA_PROPERTY", "");

        assertThat(parse().rules().windowSize()).isEqualTo(Duration.ofMinutes(1));
        assertThat(parse().kafka().properties()).isEmpty();
    }

    @Test
    void durationsThatTheDatabaseCouldNotCompareAreRefused() {
        assertThatRefused("--window-size", "PT1.0005S").contains("whole milliseconds");
        assertThatRefused("--allowed-lateness", "P99999D").contains("3650 days");
    }

    @Test
    void theUrlHoldsNoLoginAndNoBatchRewriting() {
        for (String setting : List.of("user=a", "password=b", "reWriteBatchedInserts=true")) {
            assertThatRefused("--jdbc-url", "jdbc:postgresql://db/x?ssl=true&" + setting)
                    .contains("--jdbc-url must not hold")
                    .doesNotContain("password=b");
        }
    }

    @Test
    void thereIsNoOptionForThePassword() {
        assertThatRefused("--jdbc-password", "secret").contains("--jdbc-password");
    }

    @Test
    void thePasswordIsTheFirstLineOfItsFile(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("password");
        Files.writeString(file, "from the file\nand no more\n", StandardCharsets.UTF_8);
        environment.remove(JobOptions.PASSWORD_VARIABLE);

        assertThat(parse("--jdbc-password-file", file.toString()).jdbc().password().value())
                .isEqualTo("from the file");
    }

    @Test
    void thePasswordFileComesBeforeTheVariable(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("password");
        Files.writeString(file, "from the file", StandardCharsets.UTF_8);
        environment.put("SALESPULSE_JDBC_PASSWORD_FILE", file.toString());

        assertThat(parse().jdbc().password().value()).isEqualTo("from the file");
        assertThat(parse().jdbc().passwordOfEnvironment()).isFalse();
    }

    @Test
    void aPasswordFileThatCannotBeReadIsNamed(@TempDir Path folder) {
        Path file = folder.resolve("missing");

        assertThatRefused("--jdbc-password-file", file.toString())
                .contains("--jdbc-password-file")
                .contains(file.toString());
    }

    @Test
    void noSecretIsShown() {
        String all = parse("--kafka-property", "sasl.jaas.config=" + JAAS).toString();

        assertThat(all).contains("sasl.jaas.config").doesNotContain("open-sesame");
    }

    @Test
    void noSecretIsShownOfItsParts() {
        JobConfig config = parse("--kafka-property", "sasl.jaas.config=" + JAAS);

        assertThat(config.kafka().toString())
                .isEqualTo(
                        "KafkaConfig[bootstrapServers=127.0.0.1:9093, topic=transactions,"
                                + " groupId=sales-analytics,"
                                + " deadLetterTopic=transactions.dead-letter,"
                                + " clientProperties=[sasl.jaas.config]]");
        assertThat(config.jdbc().toString()).doesNotContain(PASSWORD);
        assertThat(config.jdbc().password()).hasToString("(hidden)");
    }

    @Test
    void helpNamesEveryOptionAndVariable() {
        assertThat(help("--help"))
                .contains(OPTIONS)
                .contains("SALESPULSE_JDBC_URL", "SALESPULSE_JDBC_PASSWORD");
    }

    @Test
    void helpNamesEveryDefault() {
        assertThat(help("--help").replaceAll("\\s+", " "))
                .contains(
                        "127.0.0.1:9093",
                        "jdbc:postgresql://127.0.0.1:5432/transactions_db",
                        "salespulse_writer",
                        "transactions.dead-letter",
                        "Default: sales-analytics",
                        "Default: transactions",
                        "Default: 1m",
                        "Default: 1h",
                        "Default: 1d",
                        "Default: 60s",
                        "Default: 500ms",
                        "Default: earliest");
    }

    @Test
    void shortHelp() {
        assertThat(help("-h")).contains("--bootstrap-servers");
    }

    @Test
    void helpNeedsNoPassword() {
        environment.clear();

        assertThat(help("--help")).contains("--jdbc-url");
    }

    @ParameterizedTest
    @MethodSource("wrongCommandLines")
    void helpIsShownEvenIfTheRestIsWrong(List<String> wrong) {
        List<String> before = new ArrayList<>(wrong);
        before.add(0, "--help");
        List<String> after = new ArrayList<>(wrong);
        after.add("--help");

        assertThat(help(before.toArray(String[]::new))).contains(OPTIONS);
        assertThat(help(after.toArray(String[]::new))).contains(OPTIONS);
    }

    private static Stream<List<String>> wrongCommandLines() {
        return Stream.of(
                List.of("--no-such-option"),
                List.of("--window-size", "soon"),
                List.of("--topic", "a", "--topic", "b"),
                List.of("--early-interval", "0s"),
                List.of("left-over"));
    }

    @Test
    void helpIsShownEvenIfTheEnvironmentIsWrong() {
        environment.put("SALESPULSE_WINDOW_SIZE", "soon");

        assertThat(help("--help")).contains(OPTIONS);
    }

    @ParameterizedTest
    @ValueSource(strings = {"pa$$word", "${b}", "${sys:user.home}", "$", "a$1"})
    void dollarSignsInTheEnvironmentAreTakenAsTheyAre(String value) {
        environment.put("SALESPULSE_KAFKA_PROPERTY", "ssl.key.password=" + value);

        assertThat(parse().kafka().clientProperties()).isEqualTo(Map.of("ssl.key.password", value));
    }

    @Test
    void stateOutlivesWhatTheLateRuleLetsIn() {
        assertThatRefused("--allowed-lateness", "1d").contains("must be at least 1442 min");
        assertThat(
                        parse("--allowed-lateness", "1d", "--state-retention", "1442min")
                                .stateRetention())
                .isEqualTo(Duration.ofMinutes(1_442));
    }

    @Test
    void flinkShowsRefusalsAsOneLine() {
        assertThatThrownBy(() -> parse("--no-such-option"))
                .isInstanceOf(ProgramParametrizationException.class);
    }

    @Test
    void anUnknownOptionIsNamed() {
        assertThatRefused("--no-such-option").contains("--no-such-option").contains("--help");
    }

    @Test
    void aLeftOverArgumentIsNamed() {
        assertThatRefused("left-over").contains("left-over").contains("--help");
    }

    @Test
    void anOptionMustNotBeGivenTwice() {
        assertThatRefused("--topic", "a", "--topic", "b").contains("--topic").contains("--help");
    }

    @Test
    void anOptionNeedsItsValue() {
        assertThatRefused("--topic").contains("--topic");
    }

    private JobConfig parse(String... arguments) {
        return JobOptions.parse(arguments, environment, printer()).orElseThrow();
    }

    private String help(String... arguments) {
        out.getBuffer().setLength(0);
        assertThat(JobOptions.parse(arguments, environment, printer()))
                .as("config of %s", Arrays.toString(arguments))
                .isEmpty();
        return out.toString();
    }

    private PrintWriter printer() {
        return new PrintWriter(out, true);
    }

    private AbstractStringAssert<?> assertThatRefused(String... arguments) {
        var message = new String[1];
        assertThatThrownBy(() -> JobOptions.parse(arguments, environment, printer()))
                .isInstanceOfSatisfying(
                        StartRefusedException.class,
                        refused -> {
                            message[0] = refused.getMessage();
                            assertThat(refused.getStackTrace()).isEmpty();
                        });
        return assertThat(message[0]).doesNotContain("\n");
    }

    /** One option, what it is set to, and what the configuration then holds. */
    private static final class Setting {

        private final String option;
        private final String variable;
        private final String value;
        private final String other;
        private Object expected;
        private Function<JobConfig, ?> reader;

        Setting(String option, String variable, String value, String other) {
            this.option = option;
            this.variable = variable;
            this.value = value;
            this.other = other;
        }

        Setting as(Object expected, Function<JobConfig, ?> reader) {
            this.expected = expected;
            this.reader = reader;
            return this;
        }

        Object read(JobConfig config) {
            return reader.apply(config);
        }

        @Override
        public String toString() {
            return option;
        }
    }
}
