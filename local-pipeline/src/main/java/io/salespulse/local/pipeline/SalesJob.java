package io.salespulse.local.pipeline;

import io.salespulse.local.flink.FlinkCluster;
import io.salespulse.local.flink.FlinkRest;
import io.salespulse.local.flink.FlinkRestException;
import io.salespulse.local.process.Await;
import io.salespulse.local.process.Backoff;
import io.salespulse.local.terminal.Console;
import io.salespulse.local.terminal.LocalPipelineException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.stream.Collectors;

/**
 * The job on the cluster: continued from where its last run stopped, submitted again when a
 * restarted JobManager has forgotten it, and stopped so that the next run continues exactly there.
 *
 * <p>The ids of the jobs submitted here are kept in a file: a checkpoint of another job, say a
 * backfill that was submitted by hand, is not one to continue from.
 */
final class SalesJob implements AutoCloseable {

    /** The name that the job gives itself. */
    private static final String NAME = "sales-analytics";

    private static final Duration CHECK_INTERVAL = Duration.ofMillis(500);
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(10);

    private final FlinkCluster cluster;
    private final Path jar;
    private final List<String> arguments;
    private final int parallelism;
    private final Path idsFile;
    private final Console console;
    private volatile String id;
    private volatile String state = "NOT SUBMITTED";
    private volatile boolean failed;
    private Thread watcher;

    /**
     * @param idsFile keeps the ids of submitted jobs between runs
     */
    SalesJob(
            FlinkCluster cluster,
            Path jar,
            List<String> arguments,
            int parallelism,
            Path idsFile,
            Console console) {
        this.cluster = cluster;
        this.jar = jar;
        this.arguments = arguments;
        this.parallelism = parallelism;
        this.idsFile = idsFile;
        this.console = console;
    }

    /**
     * Submits the job, from its newest retained checkpoint if there is one.
     *
     * @return that checkpoint
     * @throws FlinkRestException if the job refuses to start; the message is its reason
     */
    Optional<Path> submit() {
        List<String> earlier = earlierIds();
        Optional<Path> checkpoint = cluster.checkpoints().newestOf(earlier);
        id = cluster.rest().submit(jar, arguments, parallelism, checkpoint);
        remember(checkpoint, id);
        state = "CREATED";
        return checkpoint;
    }

    private List<String> earlierIds() {
        try {
            return Files.exists(idsFile) ? Files.readAllLines(idsFile) : List.of();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Keeps the new job and the one that it continues; checkpoints of older ones are of no more
     * use.
     */
    private void remember(Optional<Path> checkpoint, String submitted) {
        List<String> ids = new ArrayList<>();
        checkpoint.map(path -> path.getParent().getFileName().toString()).ifPresent(ids::add);
        ids.add(submitted);
        try {
            for (String earlier : earlierIds()) {
                if (!ids.contains(earlier)) {
                    cluster.checkpoints().delete(earlier);
                }
            }
            Files.write(
                    idsFile, ids, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Waits until all tasks run.
     *
     * @throws LocalPipelineException if the job fails or does not get there
     */
    void awaitRunning(Duration timeout) {
        try {
            cluster.rest().awaitRunning(id, timeout);
        } catch (FlinkRestException e) {
            throw new LocalPipelineException("The job does not start: " + e.getMessage(), e);
        }
        state = "RUNNING";
    }

    /** Starts to watch over the job until {@link #close()}. */
    void watch() {
        watcher = new Thread(this::watchUntilClosed, "watch job");
        watcher.setDaemon(true);
        watcher.start();
    }

    /**
     * Flink's name for the state that was seen last, or {@code UNREACHABLE} while the JobManager
     * does not answer.
     */
    String state() {
        return state;
    }

    /** Whether the job has failed for good and the console has said why. */
    boolean hasFailed() {
        return failed;
    }

    private void watchUntilClosed() {
        Backoff backoff = new Backoff();
        try {
            while (!isTerminal()) {
                Await.sleep(CHECK_INTERVAL);
                check(backoff);
            }
            console.say("The job is %s. %s".formatted(state, cause()));
            failed = state.equals("FAILED");
        } catch (CancellationException e) {
            // Closed.
            Thread.currentThread().interrupt();
        }
    }

    private String cause() {
        try {
            return cluster.rest().rootCause(id).orElse("");
        } catch (FlinkRestException e) {
            return e.getMessage();
        }
    }

    private boolean isTerminal() {
        return new FlinkRest.Job(id, "", state).isTerminal();
    }

    private void check(Backoff backoff) {
        Optional<FlinkRest.Job> job;
        try {
            job = cluster.rest().job(id);
        } catch (FlinkRestException e) {
            state = "UNREACHABLE";
            return;
        }
        if (job.isPresent()) {
            state = job.get().state();
            backoff.reset();
        } else {
            state = "LOST";
            Await.sleep(backoff.next());
            submitAgain();
        }
    }

    private void submitAgain() {
        try {
            Optional<String> running = runningId();
            if (running.isPresent()) {
                // An earlier attempt got through although its answer did not.
                id = running.get();
            } else {
                console.say("The job is submitted again, " + describe(submit()) + ".");
            }
        } catch (FlinkRestException e) {
            console.say("The job could not be submitted again: " + e.getMessage());
        }
    }

    /**
     * State of the job of this name on a cluster, whoever submitted it: {@code none} if there is
     * none, all of them if there are several, {@code UNREACHABLE} if the JobManager does not
     * answer.
     */
    static String stateOn(FlinkRest cluster) {
        try {
            String states =
                    cluster.jobs().stream()
                            .filter(job -> job.name().equals(NAME) && !job.isTerminal())
                            .map(FlinkRest.Job::state)
                            .collect(Collectors.joining(", "));
            return states.isEmpty() ? "none" : states;
        } catch (FlinkRestException e) {
            return "UNREACHABLE";
        }
    }

    private Optional<String> runningId() {
        return cluster.rest().jobs().stream()
                .filter(job -> job.name().equals(NAME) && !job.isTerminal())
                .map(FlinkRest.Job::id)
                .findFirst();
    }

    /** Where a job begins, in words. */
    static String describe(Optional<Path> checkpoint) {
        return checkpoint
                .map(path -> "continued from checkpoint " + path.getFileName())
                .orElse("from the beginning of the topic");
    }

    /**
     * Takes a last checkpoint and cancels the job, which keeps it. What fails here costs the next
     * run a longer replay.
     */
    @Override
    public void close() {
        stopWatching();
        if (id == null || isTerminal()) {
            return;
        }
        try {
            cluster.rest().checkpoint(id, STOP_TIMEOUT);
        } catch (FlinkRestException e) {
            console.say("No last checkpoint: " + e.getMessage());
        }
        try {
            cluster.rest().cancel(id, STOP_TIMEOUT);
        } catch (FlinkRestException e) {
            console.say("The job was not cancelled: " + e.getMessage());
        }
    }

    private void stopWatching() {
        if (watcher == null) {
            return;
        }
        watcher.interrupt();
        try {
            watcher.join(STOP_TIMEOUT.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
