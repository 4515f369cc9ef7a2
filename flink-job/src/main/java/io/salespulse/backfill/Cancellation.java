package io.salespulse.backfill;

import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.flink.core.execution.JobClient;

/** Ctrl-C until {@link #close()}: cancels the Flink job, and undoes what is not committed. */
final class Cancellation implements AutoCloseable {

    private static final long CANCEL_SECONDS = 10;

    private final BackfillSession session;
    private final Thread hook = new Thread(this::cancel, "cancel backfill");
    private volatile Optional<JobClient> job = Optional.empty();
    private volatile String outcome = "no row was changed.";

    Cancellation(BackfillSession session) {
        this.session = session;
        Runtime.getRuntime().addShutdownHook(hook);
    }

    void alsoOf(JobClient submitted) {
        job = Optional.of(submitted);
    }

    /** From now on nobody can tell whether the commit was faster than Ctrl-C. */
    void mergeBegins() {
        outcome = "the rows are corrected all or none; run it again to see which.";
    }

    private void cancel() {
        System.err.println();
        System.err.println("Cancelled: " + outcome);
        job.ifPresent(Cancellation::cancel);
        session.abort();
    }

    private static void cancel(JobClient job) {
        try {
            job.cancel().get(CANCEL_SECONDS, TimeUnit.SECONDS);
            awaitEnd(job);
        } catch (InterruptedException | ExecutionException | TimeoutException failure) {
            System.err.printf(
                    "Flink job %s could not be cancelled; it ends by itself (%s).%n",
                    job.getJobID(), failure);
        }
    }

    /** Flink only promises to cancel; the tasks stage rows until they have ended. */
    private static void awaitEnd(JobClient job) throws InterruptedException, TimeoutException {
        try {
            job.getJobExecutionResult().get(CANCEL_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException cancelled) {
            // A job that was cancelled ends in no other way.
        }
    }

    @Override
    public void close() {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException ending) {
            waitForTheEnd();
        }
    }

    /** The JVM ends when the hook has. What fails here meanwhile fails because of it. */
    private static void waitForTheEnd() {
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
