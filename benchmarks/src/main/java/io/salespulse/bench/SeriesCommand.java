package io.salespulse.bench;

import io.salespulse.bench.Report.Column;
import io.salespulse.bench.Report.Section;
import io.salespulse.bench.Workload.Shape;
import io.salespulse.local.terminal.Console;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code ./run bench series}. */
@Command(
        name = "series",
        sortOptions = false,
        usageHelpWidth = 110,
        description = {
            "Measures how the job's cost grows with partitions, categories, late events, lateness and rows",
            "in the table.",
            "Checks the rows of every run.%n"
        })
final class SeriesCommand implements Callable<Integer>, Benchmark {

    private static final String BASE = "6 categories, 4 partitions, parallelism 1";
    private static final String TEN_THOUSAND = "10,000 categories";
    private static final String BUSY_BASE = "6 categories, busy stream";
    private static final String BUSY_TEN_THOUSAND = "10,000 categories, busy stream";
    private static final long BUSY = 200_000;

    @Option(
            names = "--from",
            paramLabel = "N",
            converter = PositiveNumbers.OrZero.class,
            description =
                    "Events before those whose cost is counted. Default: 4,000,000; with --long 10,000,000")
    private Long from;

    @Option(
            names = "--to",
            paramLabel = "N",
            description = "Events of a run. Default: 12,000,000; with --long 30,000,000")
    private Long to;

    @Option(
            names = "--repeat",
            paramLabel = "N",
            description = "Runs of each. Default: 1; with --long 3")
    private Integer repeats;

    @Option(
            names = "--only",
            paramLabel = "REGEX",
            defaultValue = "",
            description = "Run only what this is found in, for example 'categories'.")
    private Pattern only;

    @Mixin private CommonOptions common;

    @Spec private CommandSpec spec;

    private final Map<Shape, Workload> sent = new HashMap<>();

    /**
     * One point of a series.
     *
     * @param options for the job
     * @param rows in the table before
     */
    private record Point(
            String name, Shape shape, int parallelism, List<String> options, long rows) {

        static Point of(String name, Shape shape, int parallelism) {
            return new Point(name, shape, parallelism, List.of(), 0);
        }
    }

    @Override
    public Integer call() throws Exception {
        CommonOptions.requireSlope(spec, from(), to());
        if (points().isEmpty()) {
            throw new ParameterException(
                    spec.commandLine(), "--only '%s' is in no name of a series".formatted(only));
        }
        return common.report(this);
    }

    @Override
    public Map<String, String> settings() {
        return Map.of(
                "series", "from %,d to %,d events, %d of each".formatted(from(), to(), repeats()));
    }

    private long from() {
        return from != null ? from : common.isLong() ? 10_000_000 : 4_000_000;
    }

    private long to() {
        return to != null ? to : common.isLong() ? 30_000_000 : 12_000_000;
    }

    private int repeats() {
        return repeats != null ? repeats : common.isLong() ? 3 : 1;
    }

    private List<Point> points() {
        Shape usual = Shape.USUAL;
        List<Point> points = new ArrayList<>();
        points.add(Point.of(BASE, usual, 1));
        points.add(Point.of("1 partition, parallelism 1", usual.withPartitions(1), 1));
        points.add(Point.of("2 partitions, parallelism 2", usual.withPartitions(2), 2));
        points.add(Point.of("4 partitions, parallelism 4", usual, 4));
        points.add(Point.of("100 categories", usual.withCategories("100", 0), 1));
        points.add(Point.of(TEN_THOUSAND, usual.withCategories("10000", 0), 1));
        points.add(Point.of("10,000 categories, skewed", usual.withCategories("10000", 1), 1));
        Shape busy = usual.withRate(BUSY);
        points.add(Point.of(BUSY_BASE, busy, 1));
        points.add(Point.of(BUSY_TEN_THOUSAND, busy.withCategories("10000", 0), 1));
        if (common.isLong()) {
            points.add(
                    Point.of(
                            "1,000,000 categories, busy stream",
                            busy.withCategories("1000000", 0),
                            1));
        }
        points.add(Point.of("1 late event in 1,000", usual.withLate(0.001), 1));
        points.add(lateness("lateness 0", "0s", "1d"));
        points.add(lateness("lateness 24 h", "24h", "26h"));
        points.add(new Point("100,000 rows before", usual, 1, List.of(), 100_000));
        points.add(new Point("10,000,000 rows before", usual, 1, List.of(), 10_000_000));
        points.removeIf(point -> !only.matcher(point.name()).find());
        return points;
    }

    private static Point lateness(String name, String lateness, String retention) {
        return new Point(
                name,
                Shape.USUAL,
                1,
                List.of("--allowed-lateness", lateness, "--state-retention", retention),
                0);
    }

    @Override
    public void run(Console console, Report report) throws Exception {
        console.status("Starting Kafka, PostgreSQL and Flink ...");
        List<Point> points = points();
        Progress progress = new Progress(console, repeats() * points.size());
        Map<String, List<Slope>> slopes = new HashMap<>();
        Map<String, Measured> newest = new HashMap<>();
        try (BenchStack stack = common.startStack()) {
            for (int repeat = 1; repeat <= repeats(); repeat++) {
                for (Point point : points) {
                    Measured measured = measure(stack, point, progress);
                    slopes.computeIfAbsent(point.name(), name -> new ArrayList<>())
                            .add(measured.slope());
                    newest.put(point.name(), measured);
                }
            }
        }
        progress.end();
        report.add(section(points, slopes, newest));
    }

    private Section section(
            List<Point> points, Map<String, List<Slope>> slopes, Map<String, Measured> newest) {
        Section section =
                new Section(
                        "How the whole job's cost grows",
                        Column.text("What"),
                        Column.number("CPU µs/event", 3),
                        Column.number("lowest", 3),
                        Column.number("highest", 3),
                        Column.number("events/s", 0),
                        Column.number("PostgreSQL µs", 3),
                        Column.number("rows", 0),
                        Column.number("writes a row", 1));
        for (Point point : points) {
            addRow(section, point.name(), slopes.get(point.name()), newest.get(point.name()));
        }
        addBudget(section, slopes, BUSY_TEN_THOUSAND, BUSY_BASE);
        addBudget(section, slopes, TEN_THOUSAND, BASE);
        section.note(
                "The TaskManager's CPU from the %,dth event to the %,dth of a run, middle of %d; where nothing else is said: %s, %,d events to a second of event time (busy stream: %,d), lateness 1 h, an empty table."
                        .formatted(from(), to(), repeats(), BASE, Shape.USUAL.rate(), BUSY));
        return section;
    }

    private static void addRow(Section section, String name, List<Slope> slopes, Measured newest) {
        Slope middle = Slope.median(slopes);
        section.row(
                name,
                middle.cpuMicros(),
                Slope.lowest(slopes),
                Slope.highest(slopes),
                middle.eventsPerSecond(),
                middle.others().get("PostgreSQL"),
                (double) newest.rows(),
                (double) newest.writes() / newest.rows());
    }

    private static void addBudget(
            Section section, Map<String, List<Slope>> slopes, String what, String base) {
        if (slopes.containsKey(what) && slopes.containsKey(base)) {
            section.note(
                    Report.budget(
                            "CPU per event, %s / %s".formatted(what, base),
                            Slope.median(slopes.get(what)).cpuMicros()
                                    / Slope.median(slopes.get(base)).cpuMicros(),
                            "≤",
                            1.2));
        }
    }

    /** Points of one shape share their topic. */
    private Workload workload(BenchStack stack, Shape shape, Progress progress)
            throws IOException, InterruptedException {
        if (!sent.containsKey(shape)) {
            progress.detail("datagen, %,d events".formatted(to()));
            sent.put(shape, stack.send("series-" + sent.size(), to(), shape).workload());
        }
        return sent.get(shape);
    }

    /** One run, its rows, and how often it wrote them. */
    private record Measured(Slope slope, long rows, long writes) {}

    private Measured measure(BenchStack stack, Point point, Progress progress)
            throws IOException, InterruptedException, SQLException {
        Workload workload = workload(stack, point.shape(), progress);
        List<String> options = new ArrayList<>(point.options());
        options.addAll(common.jobOptions());
        try (BenchStack.Database database = stack.createDatabase()) {
            if (point.rows() > 0) {
                progress.detail("%,d rows into the table".formatted(point.rows()));
                TableRows.fillBeyondAllEvents(database, point.rows());
            }
            progress.begin("%s, %,d events".formatted(point.name(), workload.events()));
            long before = TableRows.writes(database);
            Slope slope =
                    new JobRung(stack, point.parallelism(), options)
                            .run(
                                    workload,
                                    from(),
                                    database,
                                    counted -> progress.within(counted, workload.counted()));
            return new Measured(
                    slope, workload.expected().size(), TableRows.writes(database) - before);
        }
    }
}
