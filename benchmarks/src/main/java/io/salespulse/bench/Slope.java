package io.salespulse.bench;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;

/**
 * The cost of one more event: what a large run took beyond a small one, by the events that it had
 * more. Start-up, the time to compile and the last results cancel.
 *
 * @param cpuMicros CPU microseconds per event of the measured process
 * @param eventsPerSecond by the clock on the wall, on this machine, whatever else it did
 * @param others CPU microseconds per event of the processes beside it, by name
 */
record Slope(double cpuMicros, double eventsPerSecond, Map<String, Double> others) {

    static Slope between(Sample small, Sample large) {
        double events = large.events() - small.events();
        Map<String, Double> others = new TreeMap<>();
        large.others()
                .forEach(
                        (name, seconds) ->
                                others.put(
                                        name,
                                        (seconds - small.others().getOrDefault(name, 0.0))
                                                / events
                                                * 1e6));
        return new Slope(
                (large.cpuSeconds() - small.cpuSeconds()) / events * 1e6,
                events / (large.wallSeconds() - small.wallSeconds()),
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
