package io.salespulse.local.process;

import io.salespulse.local.terminal.Console;
import io.salespulse.local.terminal.LocalPipelineException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;

/** Starts services again that end without having been asked to. */
public final class Supervisor implements AutoCloseable {

    /** A service that has lived this long is not in a crash loop. */
    private static final Duration HEALTHY = Duration.ofMinutes(1);

    private final Console console;
    private final Map<Service, Thread> threads = new ConcurrentHashMap<>();

    /**
     * Watches nothing yet.
     *
     * @param console is told who has ended and who is back
     */
    public Supervisor(Console console) {
        this.console = console;
    }

    /** Watches a running service until {@link #close()}. */
    public void watch(Service service) {
        Thread thread = new Thread(() -> watchUntilClosed(service), "watch " + service.name());
        thread.setDaemon(true);
        threads.put(service, thread);
        thread.start();
    }

    private void watchUntilClosed(Service service) {
        Backoff backoff = new Backoff();
        try {
            while (true) {
                long started = System.nanoTime();
                int exitCode = service.awaitExit();
                if (!threads.containsKey(service)) {
                    return;
                }
                if (System.nanoTime() - started > HEALTHY.toNanos()) {
                    backoff.reset();
                }
                console.say(
                        "%s has ended (%s). Starting it again."
                                .formatted(service.name(), describe(exitCode)));
                startAgain(service, backoff);
            }
        } catch (InterruptedException | CancellationException e) {
            // Closed.
            Thread.currentThread().interrupt();
        }
    }

    private void startAgain(Service service, Backoff backoff) {
        long ended = System.nanoTime();
        while (true) {
            Await.sleep(backoff.next());
            try {
                service.start();
                console.say(
                        "%s is back after %.1f s."
                                .formatted(service.name(), (System.nanoTime() - ended) / 1e9));
                return;
            } catch (LocalPipelineException e) {
                console.say(e.getMessage());
            }
        }
    }

    private static String describe(int exitCode) {
        return exitCode > 128 ? "signal " + (exitCode - 128) : "exit code " + exitCode;
    }

    /**
     * Stops watching one service; a start under way is abandoned. The service itself is left as it
     * is.
     */
    public void release(Service service) {
        Thread thread = threads.remove(service);
        if (thread != null) {
            thread.interrupt();
            join(thread);
        }
    }

    private static void join(Thread thread) {
        try {
            thread.join(Duration.ofSeconds(30).toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Releases all services. */
    @Override
    public void close() {
        List<Thread> watching = List.copyOf(threads.values());
        threads.clear();
        watching.forEach(Thread::interrupt);
        watching.forEach(Supervisor::join);
    }
}
