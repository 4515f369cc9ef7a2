package io.salespulse.config;

import io.salespulse.event.WindowRules;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.apache.flink.util.TimeUtils;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.TypeConversionException;

/**
 * The job's command line: an option comes before its environment variable, that before the default.
 */
@Command(
        name = "sales-analytics-job.jar",
        sortOptions = false,
        abbreviateSynopsis = true,
        usageHelpWidth = 110,
        description = {
            "Sums the transactions of a Kafka topic into event-time tumbling windows per category",
            "and keeps one row per window and category in PostgreSQL.%n",
            "Submit it to a Flink cluster: flink run sales-analytics-job.jar [OPTIONS]%n"
        },
        footer = {
            "",
            "Every option can also be given as an environment variable of the process that runs main():",
            "--jdbc-url as SALESPULSE_JDBC_URL, and so on. Durations: 500ms, 30s, 5m, 1h, 1d, or PT1M."
        })
public final class JobOptions {

    /** The variable with the database password. There is no option for it: options are logged. */
    public static final String PASSWORD_VARIABLE = "SALESPULSE_JDBC_PASSWORD";

    private static final Set<String> HELP = Set.of("-h", "--help");
    private static final Pattern SETTINGS_NOT_FOR_THE_URL =
            Pattern.compile("[?&](user|password|reWriteBatchedInserts)=");
    private static final String ENVIRONMENT_PREFIX = "SALESPULSE_";
    private static final Instant LATEST = Instant.parse("9999-12-31T23:59:59Z");

    @Option(
            names = "--bootstrap-servers",
            paramLabel = "HOST:PORT[,…]",
            defaultValue = "127.0.0.1:9093",
            description = "Kafka brokers. Default: ${DEFAULT-VALUE}")
    String bootstrapServers;

    @Option(
            names = "--topic",
            paramLabel = "NAME",
            defaultValue = "transactions",
            description = "Topic with the transactions. Default: ${DEFAULT-VALUE}")
    String topic;

    @Option(
            names = "--dead-letter-topic",
            paramLabel = "NAME",
            defaultValue = "transactions.dead-letter",
            description = "Topic for rejected records. Default: ${DEFAULT-VALUE}")
    String deadLetterTopic;

    @Option(
            names = "--group-id",
            paramLabel = "NAME",
            defaultValue = "sales-analytics",
            description =
                    "Consumer group that offsets are committed to, for monitoring only. Default: ${DEFAULT-VALUE}")
    String groupId;

    @Option(
            names = "--kafka-property",
            paramLabel = "KEY=VALUE",
            hideParamSyntax = true,
            split = "\\R",
            description =
                    "Setting for every Kafka client, such as security.protocol=SSL. May be repeated; in the environment one per line.")
    Map<String, String> kafkaProperties = new TreeMap<>();

    @Option(
            names = "--kafka-properties-file",
            paramLabel = "FILE",
            description =
                    "Properties file with such settings, for secrets like sasl.jaas.config: a command line shows in the process list. --kafka-property comes before it.")
    Path kafkaPropertiesFile;

    @Option(
            names = "--jdbc-url",
            paramLabel = "URL",
            defaultValue = "jdbc:postgresql://127.0.0.1:5432/transactions_db",
            description = "PostgreSQL database. Default: ${DEFAULT-VALUE}")
    String jdbcUrl;

    @Option(
            names = "--jdbc-user",
            paramLabel = "NAME",
            defaultValue = "salespulse_writer",
            description = "Database role. Default: ${DEFAULT-VALUE}")
    String jdbcUser;

    @Option(
            names = "--jdbc-password-file",
            paramLabel = "FILE",
            description =
                    "File whose first line is the password. Without it the variable "
                            + PASSWORD_VARIABLE
                            + " is used.")
    Path jdbcPasswordFile;

    @Option(
            names = "--window-size",
            paramLabel = "DURATION",
            defaultValue = "1m",
            converter = DurationConverter.class,
            description = "Length of the tumbling windows. Default: ${DEFAULT-VALUE}")
    Duration windowSize;

    @Option(
            names = "--max-out-of-orderness",
            paramLabel = "DURATION",
            defaultValue = "1m",
            converter = DurationConverter.class,
            description =
                    "How far the watermark stays behind the newest event of a partition. Default: ${DEFAULT-VALUE}")
    Duration maxOutOfOrderness;

    @Option(
            names = "--allowed-lateness",
            paramLabel = "DURATION",
            defaultValue = "1h",
            converter = DurationConverter.class,
            description =
                    "How long after the end of its window an event still corrects the row; later ones go to the dead letters. Default: ${DEFAULT-VALUE}")
    Duration allowedLateness;

    @Option(
            names = "--max-future-skew",
            paramLabel = "DURATION",
            defaultValue = "1m",
            converter = DurationConverter.class,
            description =
                    "How far an event may be in the future of its Kafka record timestamp. Default: ${DEFAULT-VALUE}")
    Duration maxFutureSkew;

    @Option(
            names = "--state-retention",
            paramLabel = "DURATION",
            defaultValue = "1d",
            converter = DurationConverter.class,
            description =
                    "How long (event time) the sums of a window are kept, so that partitions may be apart; at least the allowed lateness, the out-of-orderness and a window. Default: ${DEFAULT-VALUE}")
    Duration stateRetention;

    @Option(
            names = "--idle-timeout",
            paramLabel = "DURATION",
            defaultValue = "60s",
            converter = DurationConverter.class,
            description =
                    "A partition without a valid record for so long no longer holds up the others, and its last window becomes final. Longer than a broker takes to restart. Default: ${DEFAULT-VALUE}")
    Duration idleTimeout;

    @Option(
            names = "--early-interval",
            paramLabel = "DURATION",
            defaultValue = "500ms",
            converter = DurationConverter.class,
            description =
                    "A changed row is written at most once in this time, and at its window's end and before a checkpoint. Default: ${DEFAULT-VALUE}")
    Duration earlyInterval;

    @Option(
            names = "--starting-offsets",
            paramLabel = "earliest|TIME",
            defaultValue = "earliest",
            converter = StartConverter.class,
            description =
                    "Where a start without savepoint or checkpoint begins: 'earliest', or the first whole window from a time such as 2026-01-15T10:00:00Z. Default: ${DEFAULT-VALUE}")
    Instant startingOffsets;

    @Option(
            names = "--mode",
            paramLabel = "live|backfill",
            defaultValue = "live",
            description =
                    "'live' runs until it is stopped. 'backfill' recomputes a range of windows from the topic, corrects their rows, reports and ends; submit it attached (without -d). Default: ${DEFAULT-VALUE}")
    Mode mode;

    @Option(
            names = "--from",
            paramLabel = "TIME",
            converter = TimeConverter.class,
            description =
                    "Backfill: event time of the first window, such as 2026-01-15T10:00:00Z. Widened to whole windows.")
    Instant from;

    @Option(
            names = "--to",
            paramLabel = "TIME",
            converter = TimeConverter.class,
            description =
                    "Backfill: event time of the end of the last window, exclusive. Default: as far as windows are final")
    Instant to;

    @Option(
            names = "--repair",
            description =
                    "Backfill: the windows in the table repairs, which are cleared, instead of --from and --to.")
    boolean repair;

    @Option(
            names = "--allow-partial",
            description =
                    "Backfill: when the topic no longer holds the beginning of the range, take what is complete.")
    boolean allowPartial;

    @Option(
            names = "--replace",
            description =
                    "Backfill: make the rows of the range equal to the topic even if that lowers or removes them. Only for windows whose sums the live job no longer keeps (--state-retention).")
    boolean replace;

    @Option(
            names = "--print",
            description = "Print each result on the standard output of the task managers, too.")
    boolean print;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help.")
    boolean help;

    /** What the jar is started for. */
    enum Mode {
        LIVE,
        BACKFILL
    }

    private JobOptions() {}

    /**
     * Reads the options. Prints the help instead if it is asked for.
     *
     * @return empty after the help was printed
     * @throws StartRefusedException naming option, value and what is allowed
     */
    public static Optional<JobConfig> parse(
            String[] arguments, Map<String, String> environment, PrintWriter out) {
        JobOptions options = new JobOptions();
        CommandLine command =
                new CommandLine(options)
                        .setDefaultValueProvider(argument -> fromEnvironment(argument, environment))
                        .setCaseInsensitiveEnumValuesAllowed(true)
                        .setTrimQuotes(true);
        if (Arrays.stream(arguments).anyMatch(HELP::contains)) {
            command.usage(out);
            out.flush();
            return Optional.empty();
        }
        try {
            command.parseArgs(arguments);
            return Optional.of(options.toConfig(environment));
        } catch (ParameterException invalid) {
            throw new StartRefusedException(invalid.getMessage() + ". See --help.");
        }
    }

    private static String fromEnvironment(ArgSpec argument, Map<String, String> environment) {
        if (!(argument instanceof OptionSpec option) || option.usageHelp()) {
            return null;
        }
        String value = environment.get(variableOf(option.longestName()));
        // picocli expands variables in default values, which these are to it.
        return value == null || value.isEmpty() ? null : value.replace("$", "$$");
    }

    private static String variableOf(String option) {
        return ENVIRONMENT_PREFIX
                + option.substring("--".length()).replace('-', '_').toUpperCase(Locale.ROOT);
    }

    private JobConfig toConfig(Map<String, String> environment) {
        atLeast("--window-size", windowSize, Duration.ofSeconds(1));
        atMost("--window-size", windowSize, Duration.ofDays(1));
        atLeast("--max-out-of-orderness", maxOutOfOrderness, Duration.ZERO);
        atLeast("--allowed-lateness", allowedLateness, Duration.ZERO);
        atLeast("--max-future-skew", maxFutureSkew, Duration.ZERO);
        atLeast(
                "--state-retention",
                stateRetention,
                allowedLateness.plus(maxOutOfOrderness).plus(windowSize));
        atLeast("--idle-timeout", idleTimeout, Duration.ofMillis(1));
        atLeast("--early-interval", earlyInterval, Duration.ofMillis(1));
        notBlank("--bootstrap-servers", bootstrapServers);
        notBlank("--topic", topic);
        notBlank("--dead-letter-topic", deadLetterTopic);
        notBlank("--group-id", groupId);
        if (deadLetterTopic.equals(topic)) {
            refuse("--dead-letter-topic", deadLetterTopic, "must not be the topic that is read");
        }
        if (!jdbcUrl.startsWith("jdbc:postgresql:")) {
            refuse("--jdbc-url", jdbcUrl, "must begin with jdbc:postgresql:");
        }
        if (SETTINGS_NOT_FOR_THE_URL.matcher(jdbcUrl).find()) {
            throw new StartRefusedException(
                    "--jdbc-url must not hold user, password or reWriteBatchedInserts: the first two"
                            + " have options and variables of their own, and a rewritten batch fails"
                            + " when a row comes twice in it. See --help.");
        }
        return new JobConfig(
                new KafkaConfig(
                        bootstrapServers, topic, groupId, deadLetterTopic, kafkaClientProperties()),
                new JdbcConfig(jdbcUrl, jdbcUser, password(environment), jdbcPasswordFile == null),
                new WindowRules(windowSize, maxOutOfOrderness, allowedLateness, maxFutureSkew),
                stateRetention,
                idleTimeout,
                earlyInterval,
                startingOffsets.equals(StartConverter.EARLIEST)
                        ? Optional.empty()
                        : Optional.of(startingOffsets),
                print,
                backfill());
    }

    private Optional<BackfillConfig> backfill() {
        if (mode == Mode.LIVE) {
            onlyForBackfill("--from", from != null);
            onlyForBackfill("--to", to != null);
            onlyForBackfill("--repair", repair);
            onlyForBackfill("--allow-partial", allowPartial);
            onlyForBackfill("--replace", replace);
            return Optional.empty();
        }
        if (repair && (from != null || to != null || replace)) {
            throw new StartRefusedException(
                    "--repair takes its windows from the table repairs and only raises them: give it"
                            + " without --from, --to and --replace. See --help.");
        }
        if (!repair && from == null) {
            throw new StartRefusedException(
                    "--mode backfill needs --from TIME (and --to TIME), or --repair. See --help.");
        }
        if (from != null && to != null && !from.isBefore(to)) {
            refuse("--to", to.toString(), "must be later than --from " + from);
        }
        return Optional.of(
                new BackfillConfig(
                        Optional.ofNullable(from),
                        Optional.ofNullable(to),
                        allowPartial,
                        repair,
                        replace));
    }

    private static void onlyForBackfill(String option, boolean given) {
        if (given) {
            throw new StartRefusedException(option + " is for --mode backfill only. See --help.");
        }
    }

    private TreeMap<String, String> kafkaClientProperties() {
        TreeMap<String, String> properties = new TreeMap<>();
        if (kafkaPropertiesFile != null) {
            read(kafkaPropertiesFile)
                    .forEach((key, value) -> properties.put((String) key, (String) value));
        }
        properties.putAll(kafkaProperties);
        return properties;
    }

    private static Properties read(Path file) {
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(file)) {
            properties.load(reader);
            return properties;
        } catch (IOException | IllegalArgumentException unreadable) {
            throw new StartRefusedException(
                    "--kafka-properties-file: cannot read '%s' (%s)".formatted(file, unreadable));
        }
    }

    private Secret password(Map<String, String> environment) {
        if (jdbcPasswordFile != null) {
            return new Secret(firstLine(jdbcPasswordFile));
        }
        String password = environment.get(PASSWORD_VARIABLE);
        if (password == null || password.isEmpty()) {
            throw new StartRefusedException(
                    "No password for "
                            + jdbcUser
                            + ": set the environment variable "
                            + PASSWORD_VARIABLE
                            + " for the process that runs main() (the client of 'flink run', the"
                            + " JobManager for web UI and REST submission), or --jdbc-password-file.");
        }
        return new Secret(password);
    }

    private static String firstLine(Path file) {
        try (var lines = Files.lines(file)) {
            return lines.findFirst().orElse("");
        } catch (IOException | java.io.UncheckedIOException unreadable) {
            throw new StartRefusedException(
                    "--jdbc-password-file: cannot read '%s' (%s)".formatted(file, unreadable));
        }
    }

    private static void atLeast(String option, Duration value, Duration minimum) {
        if (value.compareTo(minimum) < 0) {
            refuse(option, readable(value), "must be at least " + readable(minimum));
        }
    }

    private static void atMost(String option, Duration value, Duration maximum) {
        if (value.compareTo(maximum) > 0) {
            refuse(option, readable(value), "must be at most " + readable(maximum));
        }
    }

    private static void notBlank(String option, String value) {
        if (value.isBlank()) {
            refuse(option, value, "must not be blank");
        }
    }

    private static String readable(Duration duration) {
        return TimeUtils.formatWithHighestUnit(duration);
    }

    private static void refuse(String option, String value, String allowed) {
        throw new StartRefusedException(
                "%s (or %s) %s, but is '%s'. See --help."
                        .formatted(option, variableOf(option), allowed, value));
    }

    private static final class DurationConverter implements ITypeConverter<Duration> {

        private static final Duration LONGEST = Duration.ofDays(3_650);

        @Override
        public Duration convert(String value) {
            try {
                Duration duration =
                        value.startsWith("P")
                                ? Duration.parse(value)
                                : TimeUtils.parseDuration(value);
                if (!duration.equals(Duration.ofMillis(duration.toMillis()))
                        || duration.compareTo(LONGEST) > 0) {
                    throw new TypeConversionException(
                            "'" + value + "' must be whole milliseconds, and 3650 days at most");
                }
                return duration;
            } catch (IllegalArgumentException | DateTimeException | ArithmeticException invalid) {
                throw new TypeConversionException(
                        "'" + value + "' is not a duration such as 500ms, 30s, 5m, 1h, 1d or PT1M");
            }
        }
    }

    private static final class StartConverter implements ITypeConverter<Instant> {

        /** Stands for the beginning of the log: no event is older. */
        static final Instant EARLIEST = Instant.EPOCH;

        @Override
        public Instant convert(String value) {
            return value.equals("earliest")
                    ? EARLIEST
                    : time(value, "is neither 'earliest' nor a time such as 2026-01-15T10:00:00Z");
        }
    }

    private static final class TimeConverter implements ITypeConverter<Instant> {

        @Override
        public Instant convert(String value) {
            return time(value, "is not a time such as 2026-01-15T10:00:00Z");
        }
    }

    private static Instant time(String value, String wrong) {
        try {
            Instant time = OffsetDateTime.parse(value).toInstant();
            if (time.isAfter(LATEST)) {
                throw new TypeConversionException("'" + value + "' is after the year 9999");
            }
            return time;
        } catch (DateTimeException invalid) {
            throw new TypeConversionException("'" + value + "' " + wrong);
        }
    }
}
