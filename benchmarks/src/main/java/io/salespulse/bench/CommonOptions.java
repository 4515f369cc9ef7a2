package io.salespulse.bench;

import io.salespulse.local.machine.ProjectLayout;
import io.salespulse.local.terminal.Console;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** What every benchmark can be told. */
final class CommonOptions {

    @Option(
            names = "--output",
            paramLabel = "DIR",
            description = "Folder for the results. Default: benchmarks/results")
    private Path output;

    @Option(
            names = "--job-option",
            paramLabel = "OPTION",
            description =
                    "Option for the job, such as --job-option=--early-interval=1s. May be repeated.")
    private List<String> jobOptions = new ArrayList<>();

    @Option(
            names = "--flink-setting",
            paramLabel = "KEY=VALUE",
            description = "Setting for the Flink cluster. May be repeated.")
    private Map<String, String> flinkSettings = new LinkedHashMap<>();

    @Option(
            names = "--jvm-option",
            paramLabel = "OPTION",
            description =
                    "Option for the JVM of the TaskManager and of the loops alike, such as --jvm-option=-XX:+UseParallelGC. May be repeated.")
    private List<String> jvmOptions = new ArrayList<>();

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help.")
    private boolean help;

    @Option(
            names = "--long",
            description = "The sizes behind the documented numbers; takes much longer.")
    private boolean isLong;

    private final ProjectLayout layout = ProjectLayout.fromSystemProperty();

    boolean isLong() {
        return isLong;
    }

    List<String> jobOptions() {
        return List.copyOf(jobOptions);
    }

    List<String> jvmOptions() {
        return List.copyOf(jvmOptions);
    }

    ProjectLayout layout() {
        return layout;
    }

    Path output() {
        return output == null ? layout.root().resolve("benchmarks/results") : output;
    }

    BenchStack startStack() throws IOException {
        return BenchStack.start(
                layout.root().resolve("benchmarks/target/work"),
                new BenchStack.Settings(jvmOptions, flinkSettings));
    }

    /** Refuses two numbers of events that nothing lies between. */
    static void requireSlope(CommandSpec command, long from, long to) {
        if (to <= from) {
            throw new ParameterException(
                    command.commandLine(),
                    "--to is %,d: it must be more than --from, which is %,d".formatted(to, from));
        }
    }

    /** Runs benchmarks one after the other; prints and keeps each result when it is there. */
    int report(Benchmark... benchmarks) throws Exception {
        Console console = Console.ofSystem();
        Report report = new Report(circumstances(benchmarks));
        for (Benchmark benchmark : benchmarks) {
            benchmark.run(console, report);
            console.say("");
            console.say(report.newestSection().text());
            console.say("Written to " + report.write(output()));
        }
        return Bench.OK;
    }

    private Map<String, String> circumstances(Benchmark... benchmarks) throws IOException {
        Map<String, String> circumstances =
                Machine.describe(
                        layout.root(),
                        List.of(
                                layout.flinkLib(),
                                layout.kafkaLib(),
                                layout.root().resolve("benchmarks/target/lib")));
        circumstances.put("job options", jobOptions.toString());
        circumstances.put("Flink settings", flinkSettings.toString());
        circumstances.put("JVM options", jvmOptions.toString());
        for (Benchmark benchmark : benchmarks) {
            circumstances.putAll(benchmark.settings());
        }
        return circumstances;
    }
}
