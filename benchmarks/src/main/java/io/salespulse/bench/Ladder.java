package io.salespulse.bench;

import io.salespulse.bench.ConsumerLoop.Work;
import io.salespulse.bench.Report.Column;
import io.salespulse.bench.Report.Section;
import io.salespulse.local.terminal.Console;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * CPU per event of the whole job beside the parts of its work: what reading costs, what the work
 * itself costs (the limit), and what others take for it.
 */
final class Ladder {

    private final BenchStack stack;
    private final Options options;
    private final Console console;
    private Progress progress;
    private final List<Rung> rungs = new ArrayList<>();

    /**
     * @param from number of events before those whose cost is counted
     * @param to number of events of a run
     * @param repeats how often each is run, in turns; the middle is reported
     * @param parallelism of the Flink jobs
     * @param only a regular expression that is found in the names of what is run
     */
    record Options(long from, long to, int repeats, int parallelism, Pattern only) {}

    Ladder(
            BenchStack stack,
            Options options,
            List<String> jvmOptions,
            List<String> jobOptions,
            Console console)
            throws IOException {
        this.stack = stack;
        this.options = options;
        this.console = console;
        for (Work work : Work.values()) {
            add(new LoopRung(work, stack, jvmOptions));
        }
        add(new JobRung(stack, options.parallelism(), jobOptions));
        add(new TextbookRung(stack, options.parallelism()));
    }

    private void add(Rung rung) {
        if (options.only().matcher(rung.name()).find()) {
            rungs.add(rung);
        }
    }

    Section run() throws IOException, InterruptedException, SQLException {
        progress = new Progress(console, 2 + options.repeats() * rungs.size());
        // What datagen has done is not to be seen from outside, so it runs twice.
        Workload.Sent small = send("bench-small", smallEvents());
        Workload.Sent sent = send("bench", options.to());
        Map<String, List<Slope>> slopes = new LinkedHashMap<>();
        for (int repeat = 1; repeat <= options.repeats(); repeat++) {
            for (Rung rung : rungs) {
                slopes.computeIfAbsent(rung.name(), name -> new ArrayList<>())
                        .add(run(rung, sent.workload()));
            }
        }
        progress.end();
        return section(slopes, Slope.between(small.sample(), sent.sample()));
    }

    private long smallEvents() {
        return Math.max(1, options.to() / 4);
    }

    private Workload.Sent send(String topic, long events) throws IOException, InterruptedException {
        progress.begin("datagen, %,d events".formatted(events));
        return stack.send(topic, events, Workload.Shape.USUAL);
    }

    private Slope run(Rung rung, Workload workload)
            throws IOException, InterruptedException, SQLException {
        progress.begin("%s, %,d events".formatted(rung.name(), workload.events()));
        return rung.run(
                workload, options.from(), counted -> progress.within(counted, workload.events()));
    }

    private Section section(Map<String, List<Slope>> slopes, Slope datagen) {
        Section section =
                new Section(
                        "Throughput",
                        Column.text("What"),
                        Column.number("CPU µs/event", 3),
                        Column.number("lowest", 3),
                        Column.number("highest", 3),
                        Column.number("× limit", 2),
                        Column.number("events/CPU s", 0),
                        Column.number("events/s", 0),
                        Column.number("JobManager µs", 3),
                        Column.number("PostgreSQL µs", 3),
                        Column.number("Kafka µs", 3));
        double limit = micros(slopes, Work.PARSE.text());
        double job = micros(slopes, JobRung.NAME);
        slopes.forEach((name, each) -> addRow(section, name, each, limit));
        addRow(section, "datagen --rate max", List.of(datagen), Double.NaN);
        addBudget(section, "whole job / limit", job / limit, "≤", 1.2);
        addBudget(
                section,
                "whole job / Jackson streaming loop (goal 0.75)",
                job / micros(slopes, Work.JACKSON.text()),
                "≤",
                1);
        addBudget(
                section,
                "textbook job / whole job",
                micros(slopes, TextbookRung.NAME) / job,
                "≥",
                4);
        section.note(
                Report.budget(
                        "datagen, events per CPU second",
                        datagen.eventsPerCpuSecond(),
                        "≥",
                        500_000));
        section.note(
                "From the %,dth event to the %,dth of a run, after start-up and most of the compilation; middle of %d runs in turns; rows of every run compared with the expected output. CPU is user + system time of the process that does the work (for Flink: the TaskManager). datagen: what %,d events took beyond %,d, one run each."
                        .formatted(
                                options.from(),
                                options.to(),
                                options.repeats(),
                                options.to(),
                                smallEvents()));
        return section;
    }

    private static void addBudget(
            Section section, String what, double ratio, String comparison, double budget) {
        if (!Double.isNaN(ratio)) {
            section.note(Report.budget(what, ratio, comparison, budget));
        }
    }

    /** Not a number if it was not run. */
    private static double micros(Map<String, List<Slope>> slopes, String name) {
        return slopes.containsKey(name) ? Slope.median(slopes.get(name)).cpuMicros() : Double.NaN;
    }

    private static void addRow(Section section, String name, List<Slope> slopes, double limit) {
        Slope middle = Slope.median(slopes);
        section.row(
                name,
                middle.cpuMicros(),
                Slope.lowest(slopes),
                Slope.highest(slopes),
                Double.isNaN(limit) ? null : middle.cpuMicros() / limit,
                middle.eventsPerCpuSecond(),
                middle.eventsPerSecond(),
                middle.others().get("JobManager"),
                middle.others().get("PostgreSQL"),
                middle.others().get("Kafka"));
    }
}
