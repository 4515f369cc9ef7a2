package io.salespulse.bench;

import io.salespulse.local.terminal.LocalPipelineException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;

/**
 * The cost of one more event: what was taken between two numbers of events, by the events between
 * them. Start-up and most of the time to compile lie before the first.
 *
 * @param cpuMicros CPU microseconds per event of the measured process
 * @param eventsPerSecond by the clock on the wall, on this machine, whatever else it did
 * @param others CPU microseconds per event of the processes beside it, by name
 */
record Slope(double cpuMicros, double eventsPerSecond, Map<String, Double> others) {

    /**
     * @throws LocalPipelineException if no event lies between the two
     */
    static Slope between(Sample first, Sample last) {
        double events = last.events() - first.events();
        if (events <= 0) {
            throw new LocalPipelineException(
                    "All %,d events were done before the first was counted: take more with --to, or count from the start with --from 0"
                            .formatted(last.events()));
        }
        Map<String, Double> others = new TreeMap<>();
        last.others()
                .forEach(
                        (name, seconds) ->
                                others.put(
                                        name,
                                        (seconds - first.others().getOrDefault(name, 0.0))
                                                / events
                                                * 1e6));
        return new Slope(
                (last.cpuSeconds() - first.cpuSeconds()) / events * 1e6,
                events / (last.wallSeconds() - first.wallSeconds()),
                others);
    }

    /** The middle of each number on its own. */
    static Slope median(List<Slope> slopes) {
        Map<String, Double> others = new TreeMap<>();
        slopes.get(0)
                .others()
                .keySet()
                .forEach(name -> others.put(name, median(slopes, s -> s.others().get(name))));
        return new Slope(
                median(slopes, Slope::cpuMicros), median(slopes, Slope::eventsPerSecond), others);
    }

    /** The lowest CPU microseconds per event of several. */
    static double lowest(List<Slope> slopes) {
        return slopes.stream().mapToDouble(Slope::cpuMicros).min().orElseThrow();
    }

    /** The highest CPU microseconds per event of several. */
    static double highest(List<Slope> slopes) {
        return slopes.stream().mapToDouble(Slope::cpuMicros).max().orElseThrow();
    }

    private static double median(List<Slope> slopes, ToDoubleFunction<Slope> number) {
        return median(slopes.stream().mapToDouble(number).toArray());
    }

    static double median(double... numbers) {
        double[] sorted = numbers.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    double eventsPerCpuSecond() {
        return 1e6 / cpuMicros;
    }
}
