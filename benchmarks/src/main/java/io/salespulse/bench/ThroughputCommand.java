package io.salespulse.bench;

import io.salespulse.local.terminal.Console;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code ./run bench throughput}. */
@Command(
        name = "throughput",
        sortOptions = false,
        usageHelpWidth = 110,
        description = {
            "Measures CPU time per event: of bare loops, of the whole job and of a textbook Flink job.",
            "The loops read, touch, and parse and sum the same topic. Checks the rows of every run.%n"
        })
final class ThroughputCommand implements Callable<Integer>, Benchmark {

    @Option(
            names = "--from",
            paramLabel = "N",
            converter = PositiveNumbers.OrZero.class,
            description =
                    "Events before those whose cost is counted. Default: 8,000,000; with --long 20,000,000")
    private Long from;

    @Option(
            names = "--to",
            paramLabel = "N",
            description = "Events of a run. Default: 20,000,000; with --long 60,000,000")
    private Long to;

    @Option(
            names = "--repeat",
            paramLabel = "N",
            description = "Runs of each. Default: 1; with --long 3")
    private Integer repeats;

    @Option(
            names = "--parallelism",
            paramLabel = "N",
            defaultValue = "1",
            description = "Of the Flink jobs; a loop is one thread. Default: ${DEFAULT-VALUE}")
    private int parallelism = 1;

    @Option(
            names = "--only",
            paramLabel = "REGEX",
            defaultValue = "",
            description = "Run only what this is found in, for example 'limit|whole'.")
    private Pattern only = Pattern.compile("");

    @Mixin private CommonOptions common;

    @Spec private CommandSpec spec;

    ThroughputCommand() {}

    /** With every option of its own at its default. */
    ThroughputCommand(CommonOptions common) {
        this.common = common;
    }

    @Override
    public Integer call() throws Exception {
        CommonOptions.requireSlope(spec, from(), to());
        return common.report(this);
    }

    @Override
    public Map<String, String> settings() {
        return Map.of("throughput", options().toString());
    }

    @Override
    public void run(Console console, Report report) throws Exception {
        console.status("Starting Kafka, PostgreSQL and Flink ...");
        try (BenchStack stack = common.startStack()) {
            report.add(
                    new Ladder(stack, options(), common.jvmOptions(), common.jobOptions(), console)
                            .run());
        }
    }

    private Ladder.Options options() {
        return new Ladder.Options(
                from(),
                to(),
                repeats != null ? repeats : common.isLong() ? 3 : 1,
                parallelism,
                only);
    }

    private long from() {
        return from != null ? from : common.isLong() ? 20_000_000 : 8_000_000;
    }

    private long to() {
        return to != null ? to : common.isLong() ? 60_000_000 : 20_000_000;
    }
}
