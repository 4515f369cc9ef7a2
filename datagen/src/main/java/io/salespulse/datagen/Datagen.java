package io.salespulse.datagen;

import java.io.IOException;
import java.io.PrintStream;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
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
 * The producer: sends made-up transactions to Kafka, and says what the pipeline must make of them.
 * See {@code --help}.
 *
 * <p>Exit codes: 0 if every event that was sent was acknowledged, also after Ctrl-C; 1 if not; 2
 * for wrong options.
 */
@Command(
        name = "./run datagen",
        sortOptions = false,
        abbreviateSynopsis = true,
        usageHelpWidth = 110,
        description = {
            "Sends made-up e-commerce transactions to Kafka until it is stopped (Ctrl-C), or as told by --count or --for."
        },
        footer = {
            "",
            "DURATION is 500ms, 10s, 2m, 1h30m, 1d or ISO-8601 such as PT10S. Ratios are from 0 to 1 and sum to at most 1.",
            "",
            "Examples:",
            "  ./run datagen --rate 1000 --for 10s",
            "  ./run datagen --rate max --count 5000000",
            "  ./run datagen --history 2026-01-15T08:00:00Z..2026-01-15T10:00:00Z --count 100000",
            "  ./run datagen --rate 100 --for 5m --late-ratio 0.01 --malformed-ratio 0.01 --expected-output expected.csv",
            "",
            "What is needed to reach Kafka (--bootstrap-servers, --topic, --dead-letter-topic, --kafka-property and",
            "--kafka-properties-file) can be set in the environment too: SALESPULSE_BOOTSTRAP_SERVERS, and so on.",
            "",
            "Exit code: 0 if every event that was sent was acknowledged (also after Ctrl-C), 1 if not, 2 for wrong options."
        })
public final class Datagen implements Callable<RunSettings> {

    private static final String DEFAULT_CATEGORIES =
            "Electronics,Fashion,Grocery,Home,Beauty,Sports";

    /**
     * The options that mean the same in every program; others, such as the disorder that is
     * generated, have namesakes in the job that mean something else.
     */
    private static final Set<String> ALSO_FROM_ENVIRONMENT =
            Set.of(
                    "--bootstrap-servers",
                    "--topic",
                    "--dead-letter-topic",
                    "--kafka-property",
                    "--kafka-properties-file");

    @Spec private CommandSpec spec;

    private final Clock clock;

    @Option(
            names = "--bootstrap-servers",
            paramLabel = "HOST:PORT",
            defaultValue = "127.0.0.1:9093",
            description = "Kafka brokers, separated by commas. Default: ${DEFAULT-VALUE}.")
    private String bootstrapServers;

    @Option(
            names = "--topic",
            paramLabel = "NAME",
            defaultValue = "transactions",
            converter = TopicConverter.class,
            description = "Topic to send to; created if it is missing. Default: ${DEFAULT-VALUE}.")
    private String topic;

    @Option(
            names = "--dead-letter-topic",
            paramLabel = "NAME",
            defaultValue = "transactions.dead-letter",
            converter = TopicConverter.class,
            description =
                    "Topic for the pipeline's rejected records; only created if it is missing. Default: ${DEFAULT-VALUE}.")
    private String deadLetterTopic;

    @Option(
            names = "--partitions",
            paramLabel = "N",
            defaultValue = "4",
            converter = PartitionsConverter.class,
            description =
                    "Partitions of the topic if it is created, 1 to 1000. Default: ${DEFAULT-VALUE}.")
    private int partitions;

    @Option(
            names = "--kafka-property",
            paramLabel = "KEY=VALUE",
            split = "\\R",
            hideParamSyntax = true,
            description =
                    "Property of the Kafka clients, such as security.protocol=SASL_SSL; wins over our own. Repeatable, in the"
                            + " environment one a line.")
    private final Map<String, String> kafkaProperties = new LinkedHashMap<>();

    @Option(
            names = "--kafka-properties-file",
            paramLabel = "FILE",
            description =
                    "Properties file with such properties, for secrets like sasl.jaas.config: a command line shows in the"
                            + " process list. --kafka-property comes before it.")
    private Optional<Path> kafkaPropertiesFile;

    @Option(
            names = "--wait",
            paramLabel = "DURATION",
            defaultValue = "60s",
            converter = DurationConverter.class,
            description = "How long to wait for Kafka at the start. Default: ${DEFAULT-VALUE}.")
    private Duration maxWait;

    @Option(
            names = "--rate",
            paramLabel = "N|max",
            converter = RateConverter.class,
            description =
                    "Events to send a second, or max for as fast as Kafka takes them. Default: 1; max with --history.")
    private Optional<Rate> rate;

    @Option(
            names = "--count",
            paramLabel = "N",
            converter = CountConverter.class,
            description = "Stop after this many events, whatever they are.")
    private Optional<Long> count;

    @Option(
            names = "--for",
            paramLabel = "DURATION",
            converter = PositiveDurationConverter.class,
            description =
                    "Stop after this time; with a rate, when the last event that is due by then is sent.")
    private Optional<Duration> duration;

    @Option(
            names = "--seed",
            paramLabel = "N",
            converter = SeedConverter.class,
            description =
                    "All fields but a live timestamp follow from it and the number of the event. Default: random, printed.")
    private Optional<Long> seed;

    @Option(
            names = "--categories",
            paramLabel = "N|A,B,…",
            defaultValue = DEFAULT_CATEGORIES,
            converter = CatalogConverter.class,
            description =
                    "Names, or how many generated ones (Category 1, Category 2, …). Default: ${DEFAULT-VALUE}.")
    private Catalog catalog;

    @Option(
            names = "--category-skew",
            paramLabel = "S",
            defaultValue = "0",
            converter = SkewConverter.class,
            description =
                    "Zipf exponent, 0 to 10: category k is sold in proportion to 1/k^S; 0 is uniform. Default: ${DEFAULT-VALUE}.")
    private double categorySkew;

    @Option(
            names = "--max-out-of-orderness",
            paramLabel = "DURATION",
            defaultValue = "0s",
            converter = DurationConverter.class,
            description =
                    "Shift each event's time back by a random time from 0 to this; with more than the pipeline"
                            + " allows below, some come late. Default: ${DEFAULT-VALUE}.")
    private Duration maxOutOfOrderness;

    @Option(
            names = "--late-ratio",
            paramLabel = "R",
            defaultValue = "0",
            converter = RatioConverter.class,
            description =
                    "Share of events that are too late by the pipeline's settings below: more than an hour by their defaults.")
    private double lateRatio;

    @Option(
            names = "--malformed-ratio",
            paramLabel = "R",
            defaultValue = "0",
            converter = RatioConverter.class,
            description =
                    "Share of events with a bad document: a mix of every way in which one can be bad.")
    private double malformedRatio;

    @Option(
            names = "--duplicate-ratio",
            paramLabel = "R",
            defaultValue = "0",
            converter = RatioConverter.class,
            description =
                    "Share of events that repeat one of the 256 before, byte for byte; it counts again.")
    private double duplicateRatio;

    @Option(
            names = "--future-ratio",
            paramLabel = "R",
            defaultValue = "0",
            converter = RatioConverter.class,
            description = "Share of events with a time in the year 2999.")
    private double futureRatio;

    @Option(
            names = "--history",
            paramLabel = "FROM..TO",
            converter = HistoryConverter.class,
            description =
                    "Spread the times of the events of --count (which it needs) evenly over this past range, in the order of"
                            + " sending. FROM and TO are times with an offset or UTC days. --rate is still the speed of sending.")
    private Optional<HistoryRange> history;

    @Option(
            names = "--expected-output",
            paramLabel = "FILE",
            description =
                    "At the end write what category_sales must hold as CSV (window_start,category,total_sales,transaction_count),"
                            + " and beside it, as FILE with .rejected before its extension, what rejected_events must hold"
                            + " (minute,reason,event_count). It describes this run alone: send into a topic that holds no newer"
                            + " events. Only acknowledged events count.")
    private Optional<Path> expectedOutput;

    @Option(
            names = "--print",
            description =
                    "Print each acknowledged event with its partition and offset on standard output.")
    private boolean print;

    @ArgGroup(
            validate = false,
            heading =
                    "Settings of the pipeline that reads the events, for --late-ratio and --expected-output (same as the job's):%n")
    private final PipelineOptions pipeline = new PipelineOptions();

    @Option(names = "--help", usageHelp = true, description = "Show this help and exit.")
    private boolean help;

    Datagen(Clock clock) {
        this.clock = clock;
    }

    /** Runs the program and exits with its code. */
    public static void main(String[] args) {
        // Numbers look the same, and can be parsed, on every machine.
        Locale.setDefault(Locale.ROOT);
        System.exit(run(args, System.out, System.err));
    }

    private static int run(String[] args, PrintStream out, PrintStream err) {
        CommandLine commandLine = commandLine(Clock.systemUTC(), System.getenv());
        int code = commandLine.execute(args);
        RunSettings settings = commandLine.getExecutionResult();
        return settings == null ? code : execute(settings, out, err);
    }

    /** Parses options into {@link RunSettings} and complains in one line about wrong ones. */
    static CommandLine commandLine(Clock clock, Map<String, String> environment) {
        return new CommandLine(new Datagen(clock))
                .setDefaultValueProvider(argument -> fromEnvironment(argument, environment))
                .setParameterExceptionHandler(
                        (exception, args) -> {
                            CommandLine command = exception.getCommandLine();
                            command.getErr().println("datagen: " + exception.getMessage());
                            return command.getCommandSpec().exitCodeOnInvalidInput();
                        });
    }

    private static String fromEnvironment(ArgSpec argument, Map<String, String> environment) {
        if (!(argument instanceof OptionSpec option)
                || !ALSO_FROM_ENVIRONMENT.contains(option.longestName())) {
            return null;
        }
        String name = option.longestName().substring(2).replace('-', '_').toUpperCase(Locale.ROOT);
        String value = environment.get("SALESPULSE_" + name);
        // picocli expands variables in default values, which these are to it.
        return value == null || value.isEmpty() ? null : value.replace("$", "$$");
    }

    private static int execute(RunSettings settings, PrintStream out, PrintStream err) {
        StopSignal stop = StopSignal.install();
        int code = CommandLine.ExitCode.SOFTWARE;
        try {
            if (new DatagenRun(settings, stop, out, err).execute()) {
                code = CommandLine.ExitCode.OK;
            }
        } catch (UserException e) {
            err.println("datagen: " + e.getMessage());
        } catch (InterruptedException e) {
            err.println("datagen: stopped before anything was sent");
        } finally {
            stop.complete(code);
        }
        return code;
    }

    /**
     * The settings that the options ask for.
     *
     * @throws ParameterException if options do not go together
     */
    @Override
    public RunSettings call() {
        checkHistory();
        expectedOutput.ifPresent(this::checkWritable);
        Map<String, String> clientProperties = kafkaClientProperties();
        if (expectedOutput.isPresent()
                && "false".equals(clientProperties.get("enable.idempotence"))) {
            throw wrong(
                    "--expected-output needs the order of sending to be kept: leave enable.idempotence at true");
        }
        return new RunSettings(
                new KafkaSettings(
                        bootstrapServers,
                        topic,
                        deadLetterTopic,
                        Map.copyOf(clientProperties),
                        partitions,
                        maxWait),
                new GeneratorSettings(
                        seed.orElseGet(
                                () -> ThreadLocalRandom.current().nextLong(1_000_000_000_000L)),
                        catalog,
                        categorySkew,
                        mix(),
                        maxOutOfOrderness,
                        pipeline.rules()),
                rate.orElse(history.isPresent() ? Rate.MAX : new Rate(1)),
                count.map(OptionalLong::of).orElseGet(OptionalLong::empty),
                duration,
                history,
                expectedOutput,
                print);
    }

    private Map<String, String> kafkaClientProperties() {
        Map<String, String> properties = new HashMap<>();
        kafkaPropertiesFile
                .map(this::read)
                .ifPresent(
                        file ->
                                file.forEach(
                                        (key, value) ->
                                                properties.put((String) key, (String) value)));
        properties.putAll(kafkaProperties);
        return properties;
    }

    private Properties read(Path file) {
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(file)) {
            properties.load(reader);
            return properties;
        } catch (IOException | IllegalArgumentException e) {
            throw wrong("--kafka-properties-file: cannot read '%s' (%s)".formatted(file, e));
        }
    }

    private EventMix mix() {
        try {
            return new EventMix(lateRatio, malformedRatio, duplicateRatio, futureRatio);
        } catch (IllegalArgumentException e) {
            throw wrong(e.getMessage());
        }
    }

    private void checkHistory() {
        if (history.isEmpty()) {
            return;
        }
        if (count.isEmpty()) {
            throw wrong("--history needs --count, the number of events to spread over the range");
        }
        if (duration.isPresent()) {
            throw wrong(
                    "--history and --for do not go together: --count says how many events to send");
        }
        if (history.get().to().isAfter(clock.instant())) {
            throw wrong(
                    "--history: "
                            + history.get().to()
                            + " is in the future; TO must not be later than now");
        }
    }

    private void checkWritable(Path file) {
        Path folder = file.toAbsolutePath().getParent();
        if (Files.isDirectory(file) || folder == null || !Files.isDirectory(folder)) {
            throw wrong("--expected-output: '" + file + "' is not a file in an existing folder");
        }
        if (!Files.isWritable(Files.exists(file) ? file : folder)) {
            throw wrong("--expected-output: '" + file + "' is not writable");
        }
    }

    private ParameterException wrong(String message) {
        return new ParameterException(spec.commandLine(), message);
    }

    /**
     * What the expected output and late events depend on; the names tell them from the disorder
     * that is generated.
     */
    private static final class PipelineOptions {

        @Option(
                names = "--pipeline-window-size",
                paramLabel = "DURATION",
                defaultValue = "1m",
                converter = PositiveDurationConverter.class,
                description = "The job's --window-size. Default: ${DEFAULT-VALUE}.")
        private Duration windowSize;

        @Option(
                names = "--pipeline-max-out-of-orderness",
                paramLabel = "DURATION",
                defaultValue = "1m",
                converter = DurationConverter.class,
                description = "The job's --max-out-of-orderness. Default: ${DEFAULT-VALUE}.")
        private Duration maxOutOfOrderness;

        @Option(
                names = "--pipeline-allowed-lateness",
                paramLabel = "DURATION",
                defaultValue = "1h",
                converter = DurationConverter.class,
                description = "The job's --allowed-lateness. Default: ${DEFAULT-VALUE}.")
        private Duration allowedLateness;

        @Option(
                names = "--pipeline-max-future-skew",
                paramLabel = "DURATION",
                defaultValue = "1m",
                converter = DurationConverter.class,
                description = "The job's --max-future-skew. Default: ${DEFAULT-VALUE}.")
        private Duration maxFutureSkew;

        private PipelineRules rules() {
            return new PipelineRules(windowSize, maxOutOfOrderness, allowedLateness, maxFutureSkew);
        }
    }

    private static <T> T converted(String text, Function<String, T> parser) {
        try {
            return parser.apply(text);
        } catch (IllegalArgumentException e) {
            throw new TypeConversionException(e.getMessage());
        }
    }

    private static long wholeNumber(String text, long lowest, long highest) {
        if (text.matches("-?[0-9]{1,18}")) {
            long number = Long.parseLong(text);
            if (number >= lowest && number <= highest) {
                return number;
            }
        }
        throw new TypeConversionException(
                "'%s' is not a whole number from %d to %d".formatted(text, lowest, highest));
    }

    private static double decimal(String text, double highest) {
        if (text.matches("[0-9]{1,9}(\\.[0-9]{1,15})?")) {
            double number = Double.parseDouble(text);
            if (number <= highest) {
                return number;
            }
        }
        throw new TypeConversionException(
                "'%s' is not a number from 0 to %.0f".formatted(text, highest));
    }

    private static final class TopicConverter implements ITypeConverter<String> {
        @Override
        public String convert(String text) {
            if (!text.matches("[a-zA-Z0-9._-]{1,249}") || text.matches("\\.\\.?")) {
                throw new TypeConversionException(
                        "'%s' is not a topic name: 1 to 249 of a-z, A-Z, 0-9, '.', '_' and '-'"
                                .formatted(text));
            }
            return text;
        }
    }

    private static final class DurationConverter implements ITypeConverter<Duration> {
        @Override
        public Duration convert(String text) {
            return converted(text, Durations::parse);
        }
    }

    private static final class PositiveDurationConverter implements ITypeConverter<Duration> {
        @Override
        public Duration convert(String text) {
            Duration duration = converted(text, Durations::parse);
            if (duration.isZero()) {
                throw new TypeConversionException("'" + text + "' is not longer than zero");
            }
            return duration;
        }
    }

    private static final class RateConverter implements ITypeConverter<Rate> {
        @Override
        public Rate convert(String text) {
            return converted(text, Rate::parse);
        }
    }

    private static final class CatalogConverter implements ITypeConverter<Catalog> {
        @Override
        public Catalog convert(String text) {
            return converted(text, Catalog::parse);
        }
    }

    private static final class HistoryConverter implements ITypeConverter<HistoryRange> {
        @Override
        public HistoryRange convert(String text) {
            return converted(text, HistoryRange::parse);
        }
    }

    private static final class CountConverter implements ITypeConverter<Long> {
        @Override
        public Long convert(String text) {
            return wholeNumber(text, 1, 999_999_999_999_999_999L);
        }
    }

    private static final class SeedConverter implements ITypeConverter<Long> {
        @Override
        public Long convert(String text) {
            return wholeNumber(text, -999_999_999_999_999_999L, 999_999_999_999_999_999L);
        }
    }

    private static final class PartitionsConverter implements ITypeConverter<Integer> {
        @Override
        public Integer convert(String text) {
            return (int) wholeNumber(text, 1, 1_000);
        }
    }

    private static final class SkewConverter implements ITypeConverter<Double> {
        @Override
        public Double convert(String text) {
            return decimal(text, 10);
        }
    }

    private static final class RatioConverter implements ITypeConverter<Double> {
        @Override
        public Double convert(String text) {
            return decimal(text, 1);
        }
    }
}
