package io.salespulse.bench;

import io.salespulse.bench.Report.Column;
import io.salespulse.bench.Report.Section;
import io.salespulse.local.terminal.Console;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code ./run bench latency}. */
@Command(
        name = "latency",
        sortOptions = false,
        usageHelpWidth = 110,
        description = {
            "Measures the time from an event's creation to its visible row.",
            "The load is a share of the highest rate that the job sustains here, and open-loop: it keeps its schedule whatever",
            "the job does, and an event that is sent late is timed from when it was due.%n"
        })
final class LatencyCommand implements Callable<Integer>, Benchmark {

    private static final int PARTITIONS = 4;
    private static final Duration WARM_UP = Duration.ofSeconds(10);

    @Option(
            names = "--for",
            paramLabel = "DURATION",
            description = "Time at each rate. Default: 20s; with --long 3m")
    private Duration time;

    @Option(
            names = "--highest",
            paramLabel = "N",
            description =
                    "Events a second to take the shares of. Default: measured, with a producer at full speed")
    private Double highest;

    @Option(
            names = "--shares",
            paramLabel = "PERCENT",
            split = ",",
            defaultValue = "10,50,90",
            description = "Rates in percent of the highest. Default: ${DEFAULT-VALUE}")
    private List<Integer> shares = List.of(10, 50, 90);

    @Option(
            names = "--parallelism",
            paramLabel = "N",
            defaultValue = "2",
            description = "Of the job. Default: ${DEFAULT-VALUE}")
    private int parallelism = 2;

    @Mixin private CommonOptions common;

    LatencyCommand() {}

    /** With every option of its own at its default. */
    LatencyCommand(CommonOptions common) {
        this.common = common;
    }

    @Override
    public Integer call() throws Exception {
        return common.report(this);
    }

    @Override
    public Map<String, String> settings() {
        return Map.of(
                "latency",
                "%d s at each rate, parallelism %d".formatted(time().toSeconds(), parallelism));
    }

    private Duration time() {
        return time != null
                ? time
                : common.isLong() ? Duration.ofMinutes(3) : Duration.ofSeconds(20);
    }

    @Override
    public void run(Console console, Report report) throws Exception {
        console.status("Starting Kafka, PostgreSQL and Flink ...");
        Progress progress = new Progress(console, 1 + shares.size());
        try (BenchStack stack = common.startStack();
                BenchStack.Database database = stack.createDatabase();
                LiveJob job =
                        LiveJob.start(
                                stack, "latency", database, parallelism, common.jobOptions())) {
            double rate = highest != null ? highest : HighestRate.measure(job, progress);
            report.add(section(stack, job, rate, progress));
        }
        progress.end();
    }

    private Section section(BenchStack stack, LiveJob job, double rate, Progress progress)
            throws IOException, InterruptedException, SQLException {
        Section section =
                new Section(
                        "Latency, created to visible",
                        Column.number("% of highest", 0),
                        Column.number("events/s", 0),
                        Column.number("p50 ms", 0),
                        Column.number("p95 ms", 0),
                        Column.number("p99 ms", 0),
                        Column.number("max ms", 0),
                        Column.number("probes", 0));
        Probes probes = new Probes(job, stack.bootstrapServers(), PARTITIONS);
        for (int share : shares) {
            double offered = rate * share / 100;
            progress.begin("latency at %d %%, %,.0f events/s".formatted(share, offered));
            double[] latencies = atRate(job, offered, probes, progress);
            section.row(
                    (double) share,
                    offered,
                    quantile(latencies, 0.5),
                    quantile(latencies, 0.95),
                    quantile(latencies, 0.99),
                    latencies[latencies.length - 1],
                    (double) latencies.length);
            if (share == 50) {
                section.note(
                        Report.budget(
                                "p99 at half of the highest rate, ms",
                                quantile(latencies, 0.99),
                                "≤",
                                1_000));
            }
        }
        section.note("Highest rate that the job sustained here: %,.0f events/s.".formatted(rate));
        section.note(
                "What the floor is made of by the defaults: pre-aggregation flush every 100 ms (50 ms in the middle), early results every 500 ms (250 ms), up to 10 ms in the sink for the rest of a burst, one commit, and 2 ms between two looks at the table.");
        return section;
    }

    private double[] atRate(LiveJob job, double rate, Probes probes, Progress progress)
            throws IOException, InterruptedException, SQLException {
        ChildProgram load = job.produce("--rate", "%.3f".formatted(rate));
        try {
            Thread.sleep(WARM_UP.toMillis());
            long start = System.nanoTime();
            return probes.run(
                    time(),
                    () ->
                            progress.within(
                                    (System.nanoTime() - start) / 1_000_000_000,
                                    time().toSeconds()));
        } finally {
            load.stop();
        }
    }

    static double quantile(double[] ascending, double share) {
        int index = (int) Math.ceil(share * ascending.length) - 1;
        return ascending[Math.max(0, index)];
    }
}
