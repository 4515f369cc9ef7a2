package io.salespulse.replay;

import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.TimeoutException;
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

/** The program that sends dead letters to their topic again. See {@code --help}. */
@Command(
        name = "./run replay-dead-letters",
        sortOptions = false,
        abbreviateSynopsis = true,
        usageHelpAutoWidth = true,
        description = {
            "Sends rejected records to the topic again, byte for byte as they were, so that they count.",
            "",
            "Each gets the header 'replayed.from' with its original position. Such a record is never too late, and makes no"
                    + " other one late (docs/rules.md section 8). Everything else is judged anew: a record that was too far in the"
                    + " future may count now; one that is bad in itself is rejected again."
        },
        footerHeading = "%nSafe to run at any time, and again:%n",
        footer = {
            "  A record is sent once, however often and with whatever options this runs, also after a crash or beside another run:"
                    + " what was sent is written to the topic DEAD-LETTER-TOPIC.replayed in the same Kafka transaction. Never delete"
                    + " that topic. A second run takes over from one that is still at work.",
            "  A record that is rejected again has a new dead letter, which is left alone unless --include-rejected-again is given.",
            "  Windows that the job no longer holds appear in table repairs; './run backfill --repair' then completes them.",
            "",
            "Exit codes: 0 done, 1 not done or not finished (the message says why; run it again), 2 wrong options, 130 interrupted.",
            "Each option can also be given in the environment: --dead-letter-topic as SALESPULSE_DEAD_LETTER_TOPIC, and so on."
        })
public final class ReplayDeadLetters implements Callable<Integer> {
    private static final int DONE = 0;
    private static final int NOT_FINISHED = 1;
    private static final String VARIABLE_PREFIX = "SALESPULSE_";
    private static final String API_TIMEOUT_MS = "15000";

    private final BooleanSupplier stopped;

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
            names = "--dead-letter-topic",
            paramLabel = "TOPIC",
            defaultValue = "transactions.dead-letter",
            description = "Where the rejected records are (default: ${DEFAULT-VALUE})")
    private String deadLetterTopic;

    @Option(
            names = "--topic",
            paramLabel = "TOPIC",
            defaultValue = "transactions",
            description =
                    "The topic that they were rejected from and go to again (default: ${DEFAULT-VALUE})")
    private String topic;

    @Option(
            names = "--reason",
            paramLabel = "REASON",
            split = ",",
            hideParamSyntax = true,
            description =
                    "Only those rejected for this reason; repeatable: ${COMPLETION-CANDIDATES}")
    private Set<Reason> reasons = EnumSet.noneOf(Reason.class);

    @Option(
            names = "--from",
            paramLabel = "INSTANT",
            converter = InstantConverter.class,
            description =
                    "Only records that came into the topic at this time or later, by Kafka's record timestamp (the time in"
                            + " rejected_events), such as 2026-01-15T10:00:00Z")
    private Instant from;

    @Option(
            names = "--to",
            paramLabel = "INSTANT",
            converter = InstantConverter.class,
            description = "Only records that came into the topic before this time")
    private Instant to;

    @Option(
            names = "--include-rejected-again",
            description = "Also those that were replayed before and rejected again")
    private boolean includeRejectedAgain;

    @Option(
            names = "--dry-run",
            description = "Send nothing; show what would be sent, by reason, with samples")
    private boolean dryRun;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help")
    private boolean help;

    private ReplayDeadLetters(BooleanSupplier stopped) {
        this.stopped = stopped;
    }

    /** Runs the program and ends the process with its exit code. */
    public static void main(String[] args) {
        // Numbers look the same, and can be parsed, on every machine.
        Locale.setDefault(Locale.ROOT);
        StopSignal stop = StopSignal.install();
        int code = commandLine(System.getenv(), stop::isRequested).execute(args);
        stop.complete(code);
        System.exit(code);
    }

    static CommandLine commandLine(Map<String, String> environment, BooleanSupplier stopped) {
        return new CommandLine(new ReplayDeadLetters(stopped))
                .setDefaultValueProvider(arg -> fromEnvironment(arg, environment))
                .setParameterExceptionHandler(ReplayDeadLetters::explainParameter)
                .setExecutionExceptionHandler(ReplayDeadLetters::explainFailure);
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
        err.println("replay-dead-letters: " + e.getMessage());
        err.println("Try './run replay-dead-letters --help'.");
        return e.getCommandLine().getCommandSpec().exitCodeOnInvalidInput();
    }

    private static int explainFailure(
            Exception e, CommandLine commandLine, CommandLine.ParseResult parsed) throws Exception {
        if (e instanceof CannotRunException) {
            commandLine.getErr().println("replay-dead-letters: " + e.getMessage());
            return NOT_FINISHED;
        }
        throw e;
    }

    @Override
    public Integer call() throws CannotRunException {
        if (from != null && to != null && !from.isBefore(to)) {
            throw new ParameterException(
                    spec.commandLine(), "--from " + from + " is not before --to " + to);
        }
        ReplayOptions options =
                new ReplayOptions(
                        kafkaProperties(),
                        deadLetterTopic,
                        new Selection(topic, reasons, from, to, includeRejectedAgain),
                        dryRun);
        Report report = new Report(options);
        boolean isComplete = run(options, report);
        report.print(spec.commandLine().getOut(), isComplete);
        return isComplete ? DONE : StopSignal.EXIT_CODE;
    }

    private boolean run(ReplayOptions options, Report report) throws CannotRunException {
        PrintStream terminal = System.console() == null ? null : System.err;
        try {
            return Replay.run(options, report, new Progress(terminal), stopped);
        } catch (KafkaException e) {
            printIfAnything(report);
            throw new CannotRunException(explain(e), e);
        } catch (CannotRunException e) {
            printIfAnything(report);
            throw e;
        }
    }

    private void printIfAnything(Report report) {
        if (report.read() > 0) {
            report.print(spec.commandLine().getOut(), false);
        }
    }

    private String explain(KafkaException e) {
        Throwable cause = e;
        while (cause.getCause() instanceof KafkaException deeper) {
            cause = deeper;
        }
        if (cause instanceof OffsetOutOfRangeException) {
            return "dead letters were removed from the log while they were read ("
                    + Text.reason(cause)
                    + "): run again";
        }
        String reason = Text.reason(cause);
        if (cause instanceof AuthenticationException) {
            reason =
                    Text.innermostReason(cause)
                            + " (check --kafka-property and --kafka-properties-file)";
        } else if (cause instanceof TimeoutException) {
            reason += " (is it up, and is --bootstrap-servers right?)";
        }
        return "Kafka at " + bootstrapServers + ": " + reason;
    }

    private Map<String, Object> kafkaProperties() throws CannotRunException {
        Map<String, Object> properties = new HashMap<>();
        properties.put(CommonClientConfigs.DEFAULT_API_TIMEOUT_MS_CONFIG, API_TIMEOUT_MS);
        properties.put(CommonClientConfigs.REQUEST_TIMEOUT_MS_CONFIG, "10000");
        properties.put(CommonClientConfigs.CLIENT_ID_CONFIG, "salespulse-replay");
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

    private static final class InstantConverter implements ITypeConverter<Instant> {
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
}
