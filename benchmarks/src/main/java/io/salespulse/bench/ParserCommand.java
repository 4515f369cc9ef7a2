package io.salespulse.bench;

import io.salespulse.bench.Report.Column;
import io.salespulse.bench.Report.Section;
import io.salespulse.local.terminal.Console;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code ./run bench parser}. */
@Command(
        name = "parser",
        sortOptions = false,
        usageHelpWidth = 110,
        description = {
            "Measures the parser alone, in memory, beside Jackson streaming and databind (with JMH).%n"
        })
final class ParserCommand implements Callable<Integer>, Benchmark {

    @Option(
            names = "--iterations",
            paramLabel = "N",
            description =
                    "Seconds to measure each of them, after as many to warm up. Default: 3; with --long 10")
    private Integer iterations;

    @Mixin private CommonOptions common;

    ParserCommand() {}

    /** With every option of its own at its default. */
    ParserCommand(CommonOptions common) {
        this.common = common;
    }

    @Override
    public Integer call() throws Exception {
        return common.report(this);
    }

    @Override
    public Map<String, String> settings() {
        return Map.of("parser", iterations() + " s to warm up, " + iterations() + " s to measure");
    }

    @Override
    public void run(Console console, Report report) throws IOException {
        Section section =
                new Section(
                        "Parser",
                        Column.text("What"),
                        Column.number("ns/document", 1),
                        Column.number("±", 1),
                        Column.number("documents/s", 0));
        Progress progress = new Progress(console, 1);
        progress.begin("parsers, in a process of their own (JMH)");
        Path log = Files.createTempFile("salespulse-jmh", ".log");
        try {
            for (RunResult result : new Runner(options(log)).run()) {
                var score = result.getPrimaryResult();
                section.row(
                        result.getPrimaryResult().getLabel(),
                        score.getScore(),
                        Double.isNaN(score.getScoreError()) ? null : score.getScoreError(),
                        1e9 / score.getScore());
            }
        } catch (RunnerException e) {
            throw new IllegalStateException(Files.readString(log), e);
        } finally {
            Files.delete(log);
        }
        progress.end();
        section.note(
                "Documents of about 200 bytes, as datagen makes them; wall clock, one thread.");
        report.add(section);
    }

    private Options options(Path log) {
        return new OptionsBuilder()
                .include(ParserBenchmark.class.getName())
                .forks(1)
                .warmupIterations(iterations())
                .warmupTime(TimeValue.seconds(1))
                .measurementIterations(iterations())
                .measurementTime(TimeValue.seconds(1))
                .output(log.toString())
                .build();
    }

    private int iterations() {
        return iterations != null ? iterations : common.isLong() ? 10 : 3;
    }
}
