package io.salespulse.audit;

import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.common.KafkaException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/**
 * The program: options from the command line and the environment, a report on standard output, an
 * exit code.
 */
@Command(
        name = "./run audit",
        sortOptions = false,
        abbreviateSynopsis = true,
        usageHelpAutoWidth = true,
        description = {
            "Recounts the topic with code of its own and compares every row with it, to the cent.",
            "",
            "Reads the whole topic and applies docs/rules.md. Then compares each window and category with category_sales, the"
                    + " rejections of each minute and reason with rejected_events, and each rejected record with its dead letter"
                    + " (reason, key, value, headers). Window size, lateness and counted_from are those of table pipeline."
        },
        footerHeading = "%nWhat is compared:%n",
        footer = {
            "  Every window, open or closed, is compared as the topic is at the end of the audit. If records arrive while it"
                    + " runs, a row that they belong to may lag behind: if it is not equal, its numbers must lie between those before"
                    + " and those after these records. Such a row is left out, and the report says how many were. With --include-open it"
                    + " must be equal too: use that when no producer runs. When the topic is quiet, no row is left out.",
            "  Windows before counted_from are left out, and so are those that a trimmed log no longer holds whole. Rejections"
                    + " are compared by whole minutes.",
            "",
            "Exit codes: 0 equal, 1 different, 2 could not run, or a trimmed log left nothing to compare.",
            "Each option can also be given in the environment: --jdbc-url as SALESPULSE_JDBC_URL, and so on. The password comes from"
                    + " SALESPULSE_JDBC_PASSWORD or a file; for a database on this machine it defaults to the user's name."
        })
public final class Audit implements Callable<Integer> {
    private static final int EQUAL = 0;
    private static final int DIFFERENT = 1;
    private static final int COULD_NOT_RUN = 2;
    private static final String VARIABLE_PREFIX = "SALESPULSE_";
    private static final String API_TIMEOUT_MS = "15000";
    private static final String REQUEST_TIMEOUT_MS = "10000";

    private final Map<String, String> environment;

    @Spec private CommandSpec spec;

    @Option(
            names = "--bootstrap-servers",
            paramLabel = "HOST:PORT",
            defaultValue = "127.0.0.1:9093",
            description = "Kafka (default: ${DEFAULT-VALUE})")
    private String bootstrapServers;

    @Option(
            names = "--kafka-property",
            paramLabel = "KEY=VALUE",
            split = "\\R",
            hideParamSyntax = true,
            description =
                    "A property of the Kafka clients, such as security.protocol=SSL; repeatable, in the environment one a line")
    private List<String> kafkaProperties = new ArrayList<>();

    @Option(
            names = "--kafka-properties-file",
            paramLabel = "FILE",
            description =
                    "Properties file with such properties, for secrets like sasl.jaas.config: a command line shows in the process"
                            + " list; --kafka-property comes before it")
    private Path kafkaPropertiesFile;

    @Option(
            names = "--topic",
            paramLabel = "TOPIC",
            defaultValue = "transactions",
            description = "The topic to recount (default: ${DEFAULT-VALUE})")
    private String topic;

    @Option(
            names = "--dead-letter-topic",
            paramLabel = "TOPIC",
            defaultValue = "transactions.dead-letter",
            description = "Where the rejected records are (default: ${DEFAULT-VALUE})")
    private String deadLetterTopic;

    @Option(
            names = "--jdbc-url",
            paramLabel = "URL",
            defaultValue = "jdbc:postgresql://127.0.0.1:5432/transactions_db",
            description = "PostgreSQL (default: ${DEFAULT-VALUE})")
    private String jdbcUrl;

    @Option(
            names = "--jdbc-user",
            paramLabel = "USER",
            defaultValue = "grafana_reader",
            description = "Reads only (default: ${DEFAULT-VALUE})")
    private String jdbcUser;

    @Option(
            names = "--jdbc-password-file",
            paramLabel = "FILE",
            description = "Holds the password of --jdbc-user")
    private Path jdbcPasswordFile;

    @Option(
            names = "--from",
            paramLabel = "INSTANT",
            converter = InstantConverter.class,
            description =
                    "The start of the first window to compare, such as 2026-01-15T10:00:00Z (default: the earliest)")
    private Instant from;

    @Option(
            names = "--to",
            paramLabel = "INSTANT",
            converter = InstantConverter.class,
            description = "The end of the last window to compare (default: no end)")
    private Instant to;

    @Option(
            names = "--include-open",
            description =
                    "Leave out no row because records arrived during the audit: all must be equal")
    private boolean includeOpen;

    @Option(
            names = "--wait",
            paramLabel = "DURATION",
            converter = DurationConverter.class,
            defaultValue = "30s",
            description =
                    "How long what is missing in the tables may take to arrive, such as 500ms, 30s, 5m or 0s; an equal result"
                            + " does not wait (default: ${DEFAULT-VALUE})")
    private Duration wait;

    @Option(
            names = "--max-differences",
            paramLabel = "N",
            defaultValue = "20",
            description =
                    "How many differences to print; all are counted (default: ${DEFAULT-VALUE})")
    private int maxDifferences;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help")
    private boolean help;

    private Audit(Map<String, String> environment) {
        this.environment = environment;
    }

    /**
     * Runs the program and ends the process with its exit code: 0 equal, 1 different, 2 could not
     * run.
     */
    public static void main(String[] args) {
        // Numbers look the same, and can be parsed, on every machine.
        Locale.setDefault(Locale.ROOT);
        System.exit(commandLine(System.getenv()).execute(args));
    }

    static CommandLine commandLine(Map<String, String> environment) {
        return new CommandLine(new Audit(environment))
                .setDefaultValueProvider(arg -> fromEnvironment(arg, environment))
                .setParameterExceptionHandler(Audit::explainParameter)
                .setExecutionExceptionHandler(Audit::explainFailure)
                .setExitCodeExceptionMapper(e -> COULD_NOT_RUN);
    }

    private static String fromEnvironment(ArgSpec arg, Map<String, String> environment) {
        if (!(arg instanceof OptionSpec option) || option.usageHelp()) {
            return null;
        }
        String name = option.longestName().substring(2).replace('-', '_').toUpperCase(Locale.ROOT);
        String value = environment.get(VARIABLE_PREFIX + name);
        // picocli expands variables in default values, which these are to it.
        return value == null || value.isEmpty() ? null : value.replace("$", "$$");
    }

    private static int explainParameter(ParameterException e, String[] args) {
        PrintWriter err = e.getCommandLine().getErr();
        err.println("audit: " + e.getMessage());
        err.println("Try './run audit --help'.");
        return COULD_NOT_RUN;
    }

    private static int explainFailure(
            Exception e, CommandLine commandLine, CommandLine.ParseResult parsed) throws Exception {
        if (e instanceof CannotRunException) {
            commandLine.getErr().println("audit: " + e.getMessage());
            return COULD_NOT_RUN;
        }
        throw e;
    }

    @Override
    public Integer call() throws Exception {
        if (maxDifferences < 0) {
            throw new ParameterException(
                    spec.commandLine(),
                    "Invalid value for option '--max-differences': it must not be negative");
        }
        DatabaseLogin login =
                DatabaseLogin.of(
                        jdbcUrl,
                        jdbcUser,
                        jdbcPasswordFile,
                        environment.get(VARIABLE_PREFIX + "JDBC_PASSWORD"));
        AuditOptions options =
                new AuditOptions(
                        kafkaProperties(),
                        topic,
                        deadLetterTopic,
                        login,
                        from,
                        to,
                        includeOpen,
                        wait,
                        maxDifferences);
        Report report = run(options);
        report.print(spec.commandLine().getOut());
        if (report.isOfNothing()) {
            return COULD_NOT_RUN;
        }
        return report.isEqual() ? EQUAL : DIFFERENT;
    }

    private Report run(AuditOptions options) throws CannotRunException, InterruptedException {
        PrintStream terminal = System.console() == null ? null : System.err;
        try {
            return Reconciliation.run(options, new Progress(terminal));
        } catch (SQLException e) {
            throw new CannotRunException(Database.explain(e, options.login()), e);
        } catch (KafkaException e) {
            throw new CannotRunException(KafkaTopics.explain(e, bootstrapServers), e);
        } catch (ArithmeticException e) {
            throw new CannotRunException(
                    "a sum or time is beyond what can be counted (" + Text.reason(e) + ")", e);
        }
    }

    private Map<String, Object> kafkaProperties() throws CannotRunException {
        Map<String, Object> properties = new HashMap<>();
        properties.put(CommonClientConfigs.DEFAULT_API_TIMEOUT_MS_CONFIG, API_TIMEOUT_MS);
        properties.put(CommonClientConfigs.REQUEST_TIMEOUT_MS_CONFIG, REQUEST_TIMEOUT_MS);
        properties.put(CommonClientConfigs.CLIENT_ID_CONFIG, "salespulse-audit");
        if (kafkaPropertiesFile != null) {
            read(kafkaPropertiesFile).forEach((key, value) -> properties.put((String) key, value));
        }
        for (String property : kafkaProperties) {
            int separator = property.indexOf('=');
            if (separator < 1) {
                throw new ParameterException(
                        spec.commandLine(),
                        "Invalid value for option '--kafka-property': it must be KEY=VALUE");
            }
            properties.put(
                    property.substring(0, separator).strip(),
                    property.substring(separator + 1).strip());
        }
        properties.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
        return properties;
    }

    private static Properties read(Path file) throws CannotRunException {
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(file)) {
            properties.load(reader);
            return properties;
        } catch (IOException | IllegalArgumentException e) {
            throw new CannotRunException(
                    "--kafka-properties-file " + file + " cannot be read: " + e, e);
        }
    }

    /** Reads an ISO-8601 instant. */
    static final class InstantConverter implements ITypeConverter<Instant> {
        @Override
        public Instant convert(String value) {
            try {
                return Instant.parse(value);
            } catch (DateTimeParseException e) {
                throw new TypeConversionException(
                        "'" + value + "' is no instant such as 2026-01-15T10:00:00Z");
            }
        }
    }

    /** Reads whole numbers with units, the greatest first, or ISO-8601. */
    static final class DurationConverter implements ITypeConverter<Duration> {
        private static final Pattern FORM =
                Pattern.compile(
                        "(?:(\\d{1,9})d)?(?:(\\d{1,9})h)?(?:(\\d{1,9})m)?(?:(\\d{1,9})s)?(?:(\\d{1,9})ms)?");
        private static final List<ChronoUnit> UNITS =
                List.of(
                        ChronoUnit.DAYS,
                        ChronoUnit.HOURS,
                        ChronoUnit.MINUTES,
                        ChronoUnit.SECONDS,
                        ChronoUnit.MILLIS);

        @Override
        public Duration convert(String value) {
            Matcher matcher = FORM.matcher(value);
            Duration duration = !value.isEmpty() && matcher.matches() ? sum(matcher) : iso(value);
            if (duration.isNegative()) {
                throw new TypeConversionException("'" + value + "' is negative");
            }
            return duration;
        }

        private static Duration sum(Matcher matcher) {
            Duration sum = Duration.ZERO;
            for (int i = 0; i < UNITS.size(); i++) {
                String amount = matcher.group(i + 1);
                sum = amount == null ? sum : sum.plus(Long.parseLong(amount), UNITS.get(i));
            }
            return sum;
        }

        private static Duration iso(String value) {
            try {
                return Duration.parse(value);
            } catch (DateTimeParseException e) {
                throw new TypeConversionException(
                        "'" + value + "' is no duration such as 500ms, 30s, 1h30m or PT30S");
            }
        }
    }
}
