package io.salespulse.window;

import static org.assertj.core.api.Assertions.assertThat;

import io.salespulse.window.PlainRecount.Key;
import io.salespulse.window.PlainRecount.Sum;
import io.salespulse.window.Scenario.Action;
import io.salespulse.window.Scenario.Entry;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/**
 * Any interleaving of records, watermarks, idle statuses, timers, barriers, crashes, restores and
 * changes of the parallelism gives the same table and the same late events as a plain loop over the
 * log.
 *
 * <p>A case that fails is shrunk and printed with its seed. {@code
 * -Dsalespulse.property-test.cases=1000000} runs longer; {@code -Dsalespulse.property-test.seed=}
 * repeats a run.
 */
class AnyInterleavingTest {

    private static final int CASES = Integer.getInteger("salespulse.property-test.cases", 3_000);
    private static final long SEED =
            Long.getLong("salespulse.property-test.seed", new SplittableRandom().nextLong());

    /** Cases have nothing in common: each processor has one of its own. */
    @Test
    void givesTheTableOfAPlainLoopOverTheLog() throws Exception {
        OptionalLong failing =
                LongStream.range(SEED, SEED + CASES)
                        .parallel()
                        .filter(AnyInterleavingTest::fails)
                        .findFirst();
        if (failing.isPresent()) {
            Scenario small = shrink(Scenario.generate(failing.getAsLong()));
            throw new AssertionError(
                    "%s%n-Dsalespulse.property-test.seed=%d -Dsalespulse.property-test.cases=1%nshrunk to:%n%s"
                            .formatted(difference(small).get(), failing.getAsLong(), small));
        }
    }

    private static boolean fails(long seed) {
        return difference(Scenario.generate(seed)).isPresent();
    }

    /** What is wrong after a scenario, if anything is. */
    private static Optional<String> difference(Scenario scenario) {
        PlainRecount expected = new PlainRecount(scenario.log(), scenario.rules());
        try (SimulatedJob job = new SimulatedJob(scenario)) {
            for (Action action : scenario.actions()) {
                job.play(action);
            }
            job.finish(expected.newestEventTime);
            return difference(job, expected);
        } catch (Exception e) {
            return Optional.of(stackTrace(e));
        }
    }

    private static String stackTrace(Exception e) {
        StringWriter text = new StringWriter();
        e.printStackTrace(new PrintWriter(text));
        return text.toString();
    }

    private static Optional<String> difference(SimulatedJob job, PlainRecount expected) {
        if (!job.deadLetters.equals(expected.late)) {
            return Optional.of("late: %s, not %s".formatted(job.deadLetters, expected.late));
        }
        for (long repair : job.repairs) {
            if (!job.mayNeedRepair(repair)) {
                return Optional.of("needless repair of " + repair);
            }
        }
        for (Key key : job.table.keySet()) {
            if (!expected.sums.containsKey(key)) {
                return Optional.of("a row that should not be: " + key);
            }
        }
        for (Map.Entry<Key, Sum> sum : expected.sums.entrySet()) {
            CategorySales row = job.table.get(sum.getKey());
            boolean equal = row != null && new Sum(row.cents, row.count).equals(sum.getValue());
            boolean tooLow = row == null || row.count < sum.getValue().count();
            boolean toRepair = job.repairs.contains(sum.getKey().windowStart());
            if (!(equal && (row.isFinal || toRepair)) && !(tooLow && toRepair)) {
                return Optional.of("%s: %s, not %s".formatted(sum.getKey(), row, sum.getValue()));
            }
        }
        return Optional.empty();
    }

    /**
     * Leaves out actions and records, ever smaller runs of them, while the scenario still fails.
     */
    private static Scenario shrink(Scenario failing) {
        Scenario smallest = failing;
        int size;
        do {
            size = smallest.toString().length();
            smallest = shrinkList(smallest, smallest.actions(), smallest::withActions);
            for (int partition = 0; partition < smallest.log().size(); partition++) {
                int chosen = partition;
                Scenario current = smallest;
                smallest =
                        shrinkList(
                                current,
                                current.log().get(chosen),
                                (List<Entry> fewer) -> current.withPartition(chosen, fewer));
            }
        } while (smallest.toString().length() < size);
        return smallest;
    }

    private static <T> Scenario shrinkList(
            Scenario failing, List<T> all, Function<List<T>, Scenario> with) {
        List<T> needed = all;
        Scenario smallest = failing;
        for (int run = Math.max(1, all.size() / 2); run > 0; run /= 2) {
            for (int from = 0; from < needed.size(); ) {
                List<T> fewer = new ArrayList<>(needed.subList(0, from));
                fewer.addAll(needed.subList(Math.min(from + run, needed.size()), needed.size()));
                Scenario candidate = with.apply(fewer);
                if (difference(candidate).isPresent()) {
                    needed = fewer;
                    smallest = candidate;
                } else {
                    from += run;
                }
            }
        }
        return smallest;
    }

    @Test
    void noticesARowThatIsNotTheTopics() throws Exception {
        Scenario scenario = Scenario.generate(1);
        PlainRecount expected = new PlainRecount(scenario.log(), scenario.rules());
        try (SimulatedJob job = new SimulatedJob(scenario)) {
            job.finish(expected.newestEventTime);
            assertThat(difference(job, expected)).isEmpty();

            job.table.values().iterator().next().cents++;

            assertThat(difference(job, expected)).isPresent();
        }
    }
}
