package io.salespulse.local.process;

import io.salespulse.local.terminal.LocalPipelineException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * Starts parts side by side and waits for them one after the other; if one fails, all are stopped.
 */
public final class Startup implements AutoCloseable {

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<Service> begun = new ArrayList<>();

    /** Starts the services and returns when all are ready. */
    public static void all(List<Service> services) {
        try (Startup startup = new Startup()) {
            List<Future<?>> starting = services.stream().<Future<?>>map(startup::begin).toList();
            starting.forEach(startup::await);
        }
    }

    /** Begins to start a service. */
    public Future<?> begin(Service service) {
        begun.add(service);
        return threads.submit(service::start);
    }

    /**
     * Waits until a service is ready.
     *
     * @throws LocalPipelineException what its start threw; then all services that were begun are
     *     stopped
     * @throws CancellationException if this thread was interrupted; likewise
     */
    public void await(Future<?> starting) {
        try {
            starting.get();
        } catch (ExecutionException e) {
            abandon();
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            abandon();
            Thread.currentThread().interrupt();
            throw new CancellationException("interrupted");
        }
    }

    private void abandon() {
        close();
        for (int i = begun.size() - 1; i >= 0; i--) {
            begun.get(i).stop();
        }
    }

    /** A start that nobody has awaited is abandoned. */
    @Override
    public void close() {
        threads.shutdownNow();
        try {
            threads.awaitTermination(60, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
