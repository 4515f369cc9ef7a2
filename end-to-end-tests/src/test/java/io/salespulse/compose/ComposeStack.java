package io.salespulse.compose;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.salespulse.local.flink.FlinkRest;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/** {@code docker-compose.yml} on a Docker engine, as a project of its own on free ports. */
final class ComposeStack implements AutoCloseable {

    private static final String PROJECT = "salespulse-it";
    private static final int METRICS_PORTS = 10;

    private final Path root;
    private final Map<String, String> environment = new LinkedHashMap<>();
    private final FlinkRest flink;

    ComposeStack(Path root) {
        this.root = root;
        int flinkPort = freePorts(1);
        environment.put("FLINK_HOST_PORT", Integer.toString(flinkPort));
        for (String port :
                List.of(
                        "KAFKA_HOST_PORT",
                        "POSTGRES_HOST_PORT",
                        "GRAFANA_HOST_PORT",
                        "JOBMANAGER_METRICS_HOST_PORT")) {
            environment.put(port, Integer.toString(freePorts(1)));
        }
        int first = freePorts(METRICS_PORTS);
        environment.put(
                "TASKMANAGER_METRICS_HOST_PORTS", first + "-" + (first + METRICS_PORTS - 1));
        flink = new FlinkRest(flinkPort);
    }

    /** What a command said, output and errors in one, and how it ended. */
    record Result(int exitCode, String output) {}

    /** Why no stack can be started here; empty if it can. */
    static Optional<String> reasonAgainst(Path root) {
        try {
            if (run(root, Map.of(), "docker", "info").exitCode() != 0) {
                return Optional.of("no Docker engine answers (docker info)");
            }
            if (run(root, Map.of(), "docker", "compose", "version").exitCode() != 0) {
                return Optional.of("docker compose is not installed");
            }
            for (String image : foreignImages(root)) {
                if (run(root, Map.of(), "docker", "image", "inspect", image).exitCode() != 0) {
                    return Optional.of("the image " + image + " is not here: docker pull it");
                }
            }
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of("there is no docker command: " + e.getMessage());
        }
    }

    private static List<String> foreignImages(Path root) throws IOException {
        ComposeFile compose = ComposeFile.read(root.resolve("docker-compose.yml"), Map.of());
        List<String> images = new ArrayList<>();
        for (ComposeFile.Service service : compose.services()) {
            if (!service.image().startsWith("salespulse/")) {
                images.add(service.image());
            }
            String dockerfile = (String) service.part("build").get("dockerfile");
            if (dockerfile != null) {
                Files.readAllLines(root.resolve(dockerfile)).stream()
                        .filter(line -> line.startsWith("FROM "))
                        .map(line -> line.split(" ")[1])
                        .forEach(images::add);
            }
        }
        return images;
    }

    /** Changes a variable for the commands that follow. */
    void set(String variable, String value) {
        environment.put(variable, value);
    }

    /** Runs {@code docker compose} to its end. */
    Result compose(String... arguments) {
        List<String> command = new ArrayList<>(List.of("docker", "compose", "-p", PROJECT));
        command.addAll(List.of(arguments));
        try {
            return run(root, environment, command.toArray(String[]::new));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Kills a service's only process, as a crash does: for Docker this is no wish that it stays
     * down. The engine may run elsewhere than this program, so a container does it.
     *
     * @return the process that was killed, as the engine numbers it
     */
    String crash(String service) {
        String process = processOf(service);
        String container = "salespulse/flink-job:1.0.0";
        try {
            Result result =
                    run(
                            root,
                            environment,
                            "docker",
                            "run",
                            "--rm",
                            "--pid",
                            "host",
                            "--user",
                            "root",
                            "--entrypoint",
                            "bash",
                            container,
                            "-c",
                            "kill -9 " + process);
            if (result.exitCode() != 0) {
                throw new IllegalStateException(result.output());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return process;
    }

    /** The first process of a service's only container; 0 while it is down. */
    String processOf(String service) {
        try {
            String container = compose("ps", "--all", "--quiet", service).output().strip();
            return run(
                            root,
                            environment,
                            "docker",
                            "inspect",
                            "--format",
                            "{{.State.Pid}}",
                            container)
                    .output()
                    .strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Everything that a Flink process serves to Prometheus. */
    String metrics(String service) throws IOException {
        String address = compose("port", service, "9249").output().strip();
        try (InputStream answer =
                URI.create("http://" + address + "/metrics").toURL().openStream()) {
            return new String(answer.readAllBytes(), UTF_8);
        }
    }

    Result removeVolume(String name) {
        try {
            return run(root, environment, "docker", "volume", "rm", PROJECT + "_" + name);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    FlinkRest flink() {
        return flink;
    }

    Connection connect(String user, String password) throws SQLException {
        return DriverManager.getConnection(
                "jdbc:postgresql://127.0.0.1:%s/transactions_db"
                        .formatted(environment.get("POSTGRES_HOST_PORT")),
                user,
                password);
    }

    @Override
    public void close() {
        compose("--profile", "tools", "down", "--volumes", "--timeout", "10");
    }

    private static Result run(Path folder, Map<String, String> environment, String... command)
            throws IOException {
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true);
        builder.environment().putAll(environment);
        Process process = builder.start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        return new Result(process.onExit().join().exitValue(), output);
    }

    /** The first of so many ports in a row, below those that systems give out themselves. */
    private static int freePorts(int count) {
        int first;
        do {
            first = 20_000 + (int) (Math.random() * 10_000);
        } while (!IntStream.range(first, first + count).allMatch(ComposeStack::isFree));
        return first;
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return socket.isBound();
        } catch (IOException e) {
            return false;
        }
    }
}
