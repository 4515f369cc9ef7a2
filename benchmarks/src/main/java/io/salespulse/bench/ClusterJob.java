package io.salespulse.bench;

import io.salespulse.local.flink.FlinkRest;
import io.salespulse.local.terminal.LocalPipelineException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** A job in a TaskManager that was started for it alone, and the CPU time that it takes. */
final class ClusterJob {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final long LOOK_EVERY_MILLIS = 20;
    private static final long ASK_FLINK_EVERY_NANOS = 2_000_000_000L;

    private final BenchStack stack;
    private String id;
    private long startNanos;
    private double cpuBefore;
    private Map<String, Double> othersBefore;

    private ClusterJob(BenchStack stack) {
        this.stack = stack;
    }

    /** Restarts the TaskManager: each run compiles its code anew, as the loops do. */
    static ClusterJob prepare(BenchStack stack) {
        stack.taskManager().restart();
        return new ClusterJob(stack);
    }

    void submit(Path jar, List<String> arguments, int parallelism) {
        String jarId = stack.uploaded(jar);
        cpuBefore = stack.taskManagerCpu();
        othersBefore = stack.othersCpu();
        startNanos = System.nanoTime();
        id = stack.flink().rest().run(jarId, arguments, parallelism, Optional.empty());
    }

    /** Something that is not there yet. */
    interface Condition {
        boolean holds() throws SQLException;
    }

    /**
     * Waits for a condition.
     *
     * @throws LocalPipelineException if the job fails before that
     * @throws VoidRunException if it ends before that
     */
    void await(Condition condition) throws SQLException, InterruptedException {
        await(stack.flink().rest(), id, condition);
    }

    static void await(FlinkRest rest, String id, Condition condition)
            throws SQLException, InterruptedException {
        long askFlink = System.nanoTime() + ASK_FLINK_EVERY_NANOS;
        boolean hadEnded = false;
        while (!condition.holds()) {
            Thread.sleep(LOOK_EVERY_MILLIS);
            if (System.nanoTime() > askFlink) {
                askFlink = System.nanoTime() + ASK_FLINK_EVERY_NANOS;
                if (!rest.exceptions(id).isEmpty()) {
                    throw new LocalPipelineException(
                            "A job of the benchmark failed: " + rest.rootCause(id).orElse(""));
                }
                // What it wrote last may not have been looked at yet the first time.
                if (hadEnded) {
                    throw new VoidRunException(
                            "A job of the benchmark ended without all of its rows.");
                }
                hadEnded = hasEnded(rest, id);
            }
        }
    }

    private static boolean hasEnded(FlinkRest rest, String id) {
        return rest.job(id).filter(FlinkRest.Job::isTerminal).isPresent();
    }

    /**
     * What the job has taken until now.
     *
     * @param events how many it has done
     */
    Sample sample(long events) {
        double wallSeconds = (System.nanoTime() - startNanos) / 1e9;
        double cpuSeconds = stack.taskManagerCpu() - cpuBefore;
        Map<String, Double> others = new TreeMap<>();
        stack.othersCpu()
                .forEach((name, seconds) -> others.put(name, seconds - othersBefore.get(name)));
        return new Sample(events, cpuSeconds, wallSeconds, others);
    }

    String id() {
        return id;
    }

    void cancel() {
        if (id != null && !hasEnded(stack.flink().rest(), id)) {
            stack.flink().rest().cancel(id, PATIENCE);
        }
    }
}
