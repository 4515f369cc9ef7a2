package io.salespulse.local.grafana;

import io.salespulse.local.machine.ProjectLayout;
import io.salespulse.local.process.Supervisor;
import io.salespulse.local.terminal.Console;
import io.salespulse.local.terminal.LocalPipelineException;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.function.Function;

/**
 * Grafana, looked for, fetched if need be, and started, all in the background: nothing waits for
 * it, and without it everything else runs.
 */
public final class Dashboards implements AutoCloseable {

    /** Longer than it takes to give up a start; a thread that waits for the network is left. */
    private static final long LONGEST_WAIT_MILLIS = 3_000;

    private final Map<String, String> environment;
    private final GrafanaDistribution distribution;
    private final Function<GrafanaInstallation, GrafanaServer> server;
    private final Supervisor supervisor;
    private final Console console;
    private final Thread thread = new Thread(this::show, "dashboards");
    private volatile String progress = "";
    private boolean closed;
    private GrafanaServer started;

    /**
     * Where Grafana is reached and comes from.
     *
     * @param source where Grafana's archive is fetched from if this machine has no Grafana
     */
    public record Settings(int port, URI source) {}

    /**
     * @param environment variables that may name an installation
     * @param distribution what is fetched if there is none
     * @param server makes the process, not started
     * @param supervisor watches it once it is ready
     */
    Dashboards(
            Map<String, String> environment,
            GrafanaDistribution distribution,
            Function<GrafanaInstallation, GrafanaServer> server,
            Supervisor supervisor,
            Console console) {
        this.environment = environment;
        this.distribution = distribution;
        this.server = server;
        this.supervisor = supervisor;
        this.console = console;
        thread.setDaemon(true);
    }

    /**
     * The checkout's dashboards; variables of this JVM's environment may name an installation and
     * the address that alerts are sent to.
     *
     * @param folder for Grafana's data and logs; kept between starts
     * @param postgresPort of the database to show
     * @param supervisor watches Grafana once it is ready
     */
    public static Dashboards of(
            Settings settings,
            ProjectLayout layout,
            Path folder,
            int postgresPort,
            Supervisor supervisor,
            Console console) {
        return new Dashboards(
                System.getenv(),
                new GrafanaDistribution(
                        GrafanaRelease.CURRENT,
                        GrafanaRelease.platform(),
                        settings.source(),
                        layout.downloads()),
                installation ->
                        new GrafanaServer(
                                installation,
                                layout.grafana(),
                                folder,
                                settings.port(),
                                postgresPort,
                                Optional.ofNullable(
                                                System.getenv(GrafanaServer.ALERT_WEBHOOK_VARIABLE))
                                        .filter(url -> !url.isBlank())),
                supervisor,
                console);
    }

    /** Begins; returns at once. */
    public void start() {
        thread.start();
    }

    /** How far the download is, in a few words; empty if there is none under way. */
    public Optional<String> progress() {
        return Optional.of(progress).filter(text -> !text.isEmpty());
    }

    private void show() {
        try {
            GrafanaServer grafana = server.apply(find());
            synchronized (this) {
                if (closed) {
                    return;
                }
                started = grafana;
            }
            grafana.start();
            supervisor.watch(grafana);
            console.say("Grafana is ready: http://127.0.0.1:" + grafana.port());
        } catch (LocalPipelineException e) {
            // Reading and writing files fails, too, in a thread that is interrupted.
            if (!Thread.currentThread().isInterrupted()) {
                console.say("No dashboards: " + e.getMessage());
            }
        } catch (CancellationException e) {
            // Closed.
            Thread.currentThread().interrupt();
        } finally {
            progress = "";
        }
    }

    private GrafanaInstallation find() {
        return GrafanaInstallation.find(environment)
                .or(distribution::installed)
                .orElseGet(this::fetch);
    }

    private GrafanaInstallation fetch() {
        return distribution.fetch(
                (bytes, total) -> {
                    if (progress.isEmpty()) {
                        console.say(
                                "Fetching %s once, in the background, from %s"
                                        .formatted(distribution.name(), distribution.archive()));
                    }
                    progress = format(bytes, total);
                });
    }

    static String format(long bytes, long total) {
        return total > 0
                ? "Grafana: %d %% of %d MB".formatted(100 * bytes / total, total / 1_000_000)
                : "Grafana: %d MB".formatted(bytes / 1_000_000);
    }

    /** Gives up what is not done, and stops Grafana. */
    @Override
    public void close() {
        thread.interrupt();
        GrafanaServer running;
        synchronized (this) {
            closed = true;
            running = started;
        }
        join();
        if (running != null) {
            supervisor.release(running);
            running.stop();
        }
    }

    private void join() {
        try {
            thread.join(LONGEST_WAIT_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
