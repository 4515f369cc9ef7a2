package io.salespulse.bench;

import io.salespulse.local.terminal.Console;
import java.util.Map;

/** Something that measures and adds its results to a report. */
interface Benchmark {

    /** What it was told, by name, for the report. */
    Map<String, String> settings();

    void run(Console console, Report report) throws Exception;
}
