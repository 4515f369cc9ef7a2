package io.salespulse.bench;

import io.salespulse.bench.Report.Column;
import io.salespulse.bench.Report.Section;
import io.salespulse.dashboards.GrafanaFiles;
import io.salespulse.dashboards.GrafanaFiles.Query;
import io.salespulse.dashboards.MacroExpander;
import io.salespulse.local.postgres.PostgresServer;
import io.salespulse.local.terminal.Console;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code ./run bench dashboard}. */
@Command(
        name = "dashboard",
        sortOptions = false,
        usageHelpWidth = 110,
        description = {
            "Runs every query of the dashboards and alerts as Grafana does, while the job writes.",
            "Again and again, on a small and on a large table, for the default time range as well as for 30 days.%n"
        })
final class DashboardCommand implements Callable<Integer>, Benchmark {

    /**
     * Processes that have just started compile: their compilers take the cores from the queries.
     */
    private static final Duration FIRST_WARM_UP = Duration.ofSeconds(60);

    private static final Duration WARM_UP = Duration.ofSeconds(10);

    private static final Duration DEFAULT_RANGE = Duration.ofMinutes(100);
    private static final Duration LONG_RANGE = Duration.ofDays(30);

    /** How many points Grafana asks for at the most, about one a pixel of a panel. */
    private static final int POINTS = 1_440;

    private static final double DEFAULT_BUDGET_MILLIS = 10;
    private static final double LONG_BUDGET_MILLIS = 150;

    @Option(
            names = "--rows",
            paramLabel = "N",
            split = ",",
            description =
                    "Sizes of the table, ascending. Default: 100000; with --long 100000,10000000")
    private List<Long> rows;

    @Option(
            names = "--runs",
            paramLabel = "N",
            description = "Runs of each query. Default: 100; with --long 1000")
    private Integer runs;

    @Option(
            names = "--rate",
            paramLabel = "N",
            defaultValue = "1000",
            description =
                    "Events a second that the job counts meanwhile. Default: ${DEFAULT-VALUE}")
    private double rate = 1_000;

    @Mixin private CommonOptions common;

    DashboardCommand() {}

    /** With every option of its own at its default. */
    DashboardCommand(CommonOptions common) {
        this.common = common;
    }

    @Override
    public Integer call() throws Exception {
        return common.report(this);
    }

    @Override
    public Map<String, String> settings() {
        return Map.of(
                "dashboard",
                "%s rows, %d runs, %.0f events/s meanwhile".formatted(rows(), runs(), rate));
    }

    /** Ascending, as the table only grows. */
    private List<Long> rows() {
        return rows != null
                ? rows.stream().sorted().distinct().toList()
                : common.isLong() ? List.of(100_000L, 10_000_000L) : List.of(100_000L);
    }

    private int runs() {
        return runs != null ? runs : common.isLong() ? 1_000 : 100;
    }

    @Override
    public void run(Console console, Report report) throws Exception {
        console.status("Starting Kafka, PostgreSQL and Flink ...");
        Progress progress = new Progress(console, 3 * rows().size());
        try (BenchStack stack = common.startStack();
                BenchStack.Database database = stack.createDatabase();
                LiveJob job = LiveJob.start(stack, "dashboard", database, 1, common.jobOptions())) {
            ChildProgram load = job.produce("--rate", Double.toString(rate));
            try {
                measure(database, progress, report);
            } finally {
                load.stop();
            }
        }
        progress.end();
    }

    private void measure(BenchStack.Database database, Progress progress, Report report)
            throws SQLException {
        List<Measured> measured = new ArrayList<>();
        Instant begin = Instant.now();
        long filled = 0;
        for (long size : rows()) {
            progress.begin("filling the table to %,d rows".formatted(size));
            TableRows.fillUntil(database, begin, filled, size);
            filled = size;
            for (Duration range : List.of(DEFAULT_RANGE, LONG_RANGE)) {
                String what = "%,d rows, %s".formatted(size, words(range));
                progress.begin("queries, " + what);
                try (Connection reader = database.connect(PostgresServer.READER)) {
                    warmUp(reader, range, measured.isEmpty() ? FIRST_WARM_UP : WARM_UP);
                    measured.add(new Measured(what, range, times(reader, range, progress)));
                }
            }
        }
        report.add(section(measured));
    }

    private static String words(Duration range) {
        return range.toDays() > 0 ? range.toDays() + " days" : range.toMinutes() + " min";
    }

    /**
     * One size and time range.
     *
     * @param millis of each run, ascending, by query
     */
    private record Measured(String what, Duration range, Map<String, double[]> millis) {

        double worst() {
            return millis.values().stream()
                    .mapToDouble(times -> LatencyCommand.quantile(times, 0.99))
                    .max()
                    .orElseThrow();
        }

        double budget() {
            return range.equals(DEFAULT_RANGE) ? DEFAULT_BUDGET_MILLIS : LONG_BUDGET_MILLIS;
        }
    }

    private Map<String, double[]> times(Connection reader, Duration range, Progress progress)
            throws SQLException {
        List<Query> queries = GrafanaFiles.allQueries();
        Map<String, double[]> times = new LinkedHashMap<>();
        queries.forEach(query -> times.put(query.place(), new double[runs()]));
        for (int run = 0; run < runs(); run++) {
            for (Query query : queries) {
                times.get(query.place())[run] = millis(reader, query, range);
            }
            progress.within(run, runs());
        }
        times.values().forEach(Arrays::sort);
        return times;
    }

    private static void warmUp(Connection reader, Duration range, Duration time)
            throws SQLException {
        long end = System.nanoTime() + time.toNanos();
        do {
            for (Query query : GrafanaFiles.allQueries()) {
                millis(reader, query, range);
            }
        } while (System.nanoTime() < end);
    }

    /** As Grafana asks: a plain statement with the range of this moment, read to its end. */
    private static double millis(Connection reader, Query query, Duration range)
            throws SQLException {
        Instant now = Instant.now();
        String sql =
                new MacroExpander(now.minus(range), now, interval(range))
                        .expand(
                                query.sql(),
                                Map.of(
                                        "category",
                                        "category",
                                        "__timezone",
                                        zoneLateInTheDay(now)));
        long begin = System.nanoTime();
        try (Statement statement = reader.createStatement();
                ResultSet found = statement.executeQuery(sql)) {
            int columns = found.getMetaData().getColumnCount();
            while (found.next()) {
                found.getObject(columns);
            }
        }
        return (System.nanoTime() - begin) / 1e6;
    }

    /** A zone where it is past 23:00, when what is asked of a day takes longest. */
    static String zoneLateInTheDay(Instant now) {
        int hour = now.atOffset(ZoneOffset.UTC).getHour();
        // In these names the sign is the other way round.
        return hour < 12 ? "Etc/GMT+" + (hour + 1) : "Etc/GMT-" + (23 - hour);
    }

    private static Duration interval(Duration range) {
        Duration shortest = Duration.ofMinutes(1);
        Duration point = range.dividedBy(POINTS);
        return point.compareTo(shortest) > 0 ? point : shortest;
    }

    private Section section(List<Measured> measured) {
        List<Column> columns = new ArrayList<>();
        columns.add(Column.text("Query"));
        for (Measured each : measured) {
            columns.add(Column.number(each.what() + ": p50 ms", 1));
            columns.add(Column.number("p99 ms", 1));
        }
        Section section = new Section("Dashboard queries", columns.toArray(Column[]::new));
        for (String place : measured.get(0).millis().keySet()) {
            List<Object> row = new ArrayList<>();
            row.add(place);
            for (Measured each : measured) {
                double[] times = each.millis().get(place);
                row.add(LatencyCommand.quantile(times, 0.5));
                row.add(LatencyCommand.quantile(times, 0.99));
            }
            section.row(row.toArray());
        }
        measured.forEach(
                each ->
                        section.note(
                                Report.budget(
                                        "slowest p99, ms, " + each.what(),
                                        each.worst(),
                                        "≤",
                                        each.budget())));
        section.note("%,d runs of each, in turns, warm, late in the day.".formatted(runs()));
        return section;
    }
}
