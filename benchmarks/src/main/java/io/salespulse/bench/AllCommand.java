package io.salespulse.bench;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code ./run bench}: the main measurements, one after the other. */
@Command(
        name = "./run bench",
        sortOptions = false,
        usageHelpWidth = 110,
        description = {
            "Measures the pipeline on a broker, a database and a Flink cluster that it starts for that: throughput,",
            "latency, dashboard queries and the parser, in this order. Each is also a command of its own, with options",
            "of its own. Results are printed and written as Markdown and JSON. Nothing else should run meanwhile.%n"
        },
        footer = {
            "",
            "Exit codes: 0 done; 1 a run's rows were not what they must be, so its times mean nothing; 2 bad option or",
            "environment; 130 interrupted."
        })
final class AllCommand implements Callable<Integer> {

    @Mixin private CommonOptions common;

    @Override
    public Integer call() throws Exception {
        return common.report(
                new ThroughputCommand(common),
                new LatencyCommand(common),
                new DashboardCommand(common),
                new ParserCommand(common));
    }
}
