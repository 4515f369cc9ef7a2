package io.salespulse.bench;

import io.salespulse.bench.Report.Column;
import io.salespulse.bench.Report.Section;
import io.salespulse.local.terminal.Console;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code ./run bench catch-up}. */
@Command(
        name = "catch-up",
        sortOptions = false,
        usageHelpWidth = 110,
        description = {
            "Stops the job for a while under load and measures how soon its rows are fresh again.",
            "Also whether anything became late by it, and the memory of the TaskManager. With --long also a soak of 30 minutes.%n"
        })
final class CatchUpCommand implements Callable<Integer>, Benchmark {

    private static final Duration WARM_UP = Duration.ofSeconds(20);

    @Option(
            names = "--stop-for",
            paramLabel = "DURATION",
            description = "How long the job is stopped. Default: 30s; with --long 10m")
    private Duration stopFor;

    @Option(
            names = "--soak",
            paramLabel = "DURATION",
            description = "How long memory is watched afterwards. Default: 30s; with --long 30m")
    private Duration soak;

    @Option(
            names = "--rate",
            paramLabel = "N",
            description =
                    "Events a second. Default: half of the highest rate, which is measured first")
    private Double rate;

    @Option(
            names = "--parallelism",
            paramLabel = "N",
            defaultValue = "2",
            description = "Of the job. Default: ${DEFAULT-VALUE}")
    private int parallelism = 2;

    @Mixin private CommonOptions common;

    @Override
    public Integer call() throws Exception {
        return common.report(this);
    }

    @Override
    public Map<String, String> settings() {
        return Map.of(
                "catch-up",
                "stopped for %d s, soak of %d s, parallelism %d"
                        .formatted(stopFor().toSeconds(), soak().toSeconds(), parallelism));
    }

    private Duration stopFor() {
        return stopFor != null
                ? stopFor
                : common.isLong() ? Duration.ofMinutes(10) : Duration.ofSeconds(30);
    }

    private Duration soak() {
        return soak != null
                ? soak
                : common.isLong() ? Duration.ofMinutes(30) : Duration.ofSeconds(30);
    }

    @Override
    public void run(Console console, Report report) throws Exception {
        console.status("Starting Kafka, PostgreSQL and Flink ...");
        Progress progress = new Progress(console, 5);
        try (BenchStack stack = common.startStack();
                BenchStack.Database database = stack.createDatabase();
                LiveJob job =
                        LiveJob.start(
                                stack, "catch-up", database, parallelism, common.jobOptions())) {
            double offered = rate != null ? rate : HighestRate.measure(job, progress) / 2;
            report.add(section(stack, job, offered, progress));
        }
        progress.end();
    }

    private Section section(BenchStack stack, LiveJob job, double offered, Progress progress)
            throws Exception {
        Section section =
                new Section(
                        "Catching up after a stop",
                        Column.text("What"),
                        Column.number("Value", 1),
                        Column.text("Unit"));
        long before = job.counted();
        ChildProgram load = job.produce("--rate", "%.3f".formatted(offered));
        try {
            progress.begin("load of %,.0f events/s".formatted(offered));
            Thread.sleep(WARM_UP.toMillis());
            progress.begin("job stopped for %d s".formatted(stopFor().toSeconds()));
            Path savepoint = job.stop();
            long stoppedAt = job.counted();
            Thread.sleep(stopFor().toMillis());
            progress.begin("catching up");
            long begin = System.nanoTime();
            job.resume(savepoint);
            double seconds = awaitFresh(job, offered, begin);
            long counted = job.counted() - stoppedAt;
            section.row("load", offered, "events/s");
            section.row("stopped for", (double) stopFor().toSeconds(), "s");
            section.row("fresh again after", seconds, "s from the new start");
            section.row("counted meanwhile", counted / seconds, "events/s");
            progress.begin("soak of %d s".formatted(soak().toSeconds()));
            addMemory(section, stack);
        } finally {
            load.stop();
        }
        HighestRate.awaitQuiet(job);
        section.row("late because of it", (double) job.late(), "events");
        section.row("counted in all", (double) (job.counted() - before), "events");
        return section;
    }

    /** Fresh: no more events are missing in the rows than come in a second. */
    private static double awaitFresh(LiveJob job, double offered, long begin)
            throws SQLException, InterruptedException {
        job.await(() -> job.sent() - job.counted() - job.late() <= offered);
        return (System.nanoTime() - begin) / 1e9;
    }

    private void addMemory(Section section, BenchStack stack) throws Exception {
        HeapWatch heap = new HeapWatch(stack.taskManager().pid());
        double first = heap.usedMiB();
        Thread.sleep(soak().toMillis());
        section.row("heap in use after a full collection, before the soak", first, "MiB");
        section.row("and after it", heap.usedMiB(), "MiB");
    }
}
