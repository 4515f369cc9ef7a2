package io.salespulse.local.grafana;

import io.salespulse.local.machine.Ports;
import io.salespulse.local.postgres.PostgresServer;
import io.salespulse.local.process.ManagedProcess;
import io.salespulse.local.process.PidFile;
import io.salespulse.local.process.ProcessService;
import io.salespulse.local.terminal.LocalPipelineException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;

/**
 * Grafana on 127.0.0.1 with the checkout's settings and dashboards. What differs between machines
 * it gets as environment variables; it changes none of the checkout's files.
 */
public final class GrafanaServer extends ProcessService {

    /** Address that alerts are sent to. */
    static final String ALERT_WEBHOOK_VARIABLE = "ALERT_WEBHOOK_URL";

    /** The first start creates a database of its own. */
    private static final Duration READY_TIMEOUT = Duration.ofSeconds(120);

    private static final HttpClient HTTP =
            HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .connectTimeout(Duration.ofSeconds(5))
                    .build();

    private final GrafanaInstallation installation;
    private final Path settings;
    private final Path folder;
    private final int port;
    private final int postgresPort;
    private final Optional<String> alertWebhook;

    /**
     * @param settings folder with {@code grafana.ini}, which names the variables that are set here
     * @param folder for data and logs; kept between starts
     * @param postgresPort of the database to show
     * @param alertWebhook address that alerts are sent to; empty to list them on the dashboard only
     */
    GrafanaServer(
            GrafanaInstallation installation,
            Path settings,
            Path folder,
            int port,
            int postgresPort,
            Optional<String> alertWebhook) {
        super("Grafana");
        this.installation = installation;
        this.settings = settings;
        this.folder = folder;
        this.port = port;
        this.postgresPort = postgresPort;
        this.alertWebhook = alertWebhook;
    }

    int port() {
        return port;
    }

    /** Whether a Grafana serves requests on a port of 127.0.0.1. */
    public static boolean answers(int port) {
        if (Ports.isFree(port)) {
            return false;
        }
        HttpRequest health =
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/api/health"))
                        .timeout(Duration.ofSeconds(5))
                        .build();
        try {
            return HTTP.send(health, BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancellationException("interrupted");
        }
    }

    @Override
    protected ManagedProcess launch() {
        Ports.requireFree(port, name(), "--grafana-port");
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new LocalPipelineException("Grafana cannot write to " + folder + ": " + e, e);
        }
        // As an override of a path, so that the command line tells this data folder's Grafana from
        // another's.
        String marker = "cfg:default.paths.data=" + folder.resolve("data");
        return ManagedProcess.builder(
                        name(),
                        marker,
                        List.of(
                                installation.executable().toString(),
                                "server",
                                "--homepath=" + installation.home(),
                                "--config=" + settings.resolve("grafana.ini"),
                                marker))
                .environment(environment())
                .output(folder.resolve("grafana.out"))
                .pidFile(folder.resolve("grafana" + PidFile.SUFFIX))
                .orphanSignal("TERM")
                .start();
    }

    /** The variables that the process gets beside this JVM's own. */
    Map<String, String> environment() {
        Map<String, String> variables = new LinkedHashMap<>();
        variables.put("GF_PATHS_DATA", folder.resolve("data").toString());
        variables.put("GF_PATHS_LOGS", folder.resolve("logs").toString());
        variables.put("GF_PATHS_PLUGINS", folder.resolve("plugins").toString());
        variables.put("GF_PATHS_PROVISIONING", provisioning().toString());
        variables.put("GF_SERVER_PROTOCOL", "http");
        variables.put("GF_SERVER_HTTP_ADDR", "127.0.0.1");
        variables.put("GF_SERVER_HTTP_PORT", Integer.toString(port));
        variables.put("SALESPULSE_DASHBOARDS", settings.resolve("dashboards").toString());
        variables.put("SALESPULSE_POSTGRES_ADDRESS", "127.0.0.1:" + postgresPort);
        variables.put("SALESPULSE_POSTGRES_SSLMODE", "disable");
        variables.put("SALESPULSE_GRAFANA_READER_PASSWORD", PostgresServer.READER);
        alertWebhook.ifPresent(url -> variables.put(ALERT_WEBHOOK_VARIABLE, url));
        return variables;
    }

    private Path provisioning() {
        return settings.resolve(alertWebhook.isPresent() ? "provisioning-webhook" : "provisioning");
    }

    @Override
    protected void awaitReady(ManagedProcess process) {
        process.awaitReady(READY_TIMEOUT, () -> answers(port));
    }
}
