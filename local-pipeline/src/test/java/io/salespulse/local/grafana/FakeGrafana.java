package io.salespulse.local.grafana;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Stands in for Grafana's program: writes down how it was started, then answers on the health
 * address.
 */
final class FakeGrafana {

    private FakeGrafana() {}

    public static void main(String[] arguments) throws IOException {
        Map<String, String> environment = new TreeMap<>(System.getenv());
        Path data = Files.createDirectories(Path.of(environment.get("GF_PATHS_DATA")));
        Files.write(data.resolve("arguments"), List.of(arguments));
        Files.write(
                data.resolve("environment"),
                environment.entrySet().stream().map(e -> e.getKey() + "=" + e.getValue()).toList());
        HttpServer server =
                HttpServer.create(
                        new InetSocketAddress(
                                InetAddress.getByName(environment.get("GF_SERVER_HTTP_ADDR")),
                                Integer.parseInt(environment.get("GF_SERVER_HTTP_PORT"))),
                        0);
        server.createContext(
                "/api/health",
                exchange -> {
                    exchange.sendResponseHeaders(200, -1);
                    exchange.close();
                });
        server.start();
    }

    /** Text of a {@code bin/grafana} that runs this class. */
    static String script() {
        return "#!/bin/sh\nexec '%s' -XX:TieredStopAtLevel=1 -cp '%s' %s \"$@\"\n"
                .formatted(
                        Path.of(System.getProperty("java.home"), "bin", "java"),
                        Path.of(
                                FakeGrafana.class
                                        .getProtectionDomain()
                                        .getCodeSource()
                                        .getLocation()
                                        .getPath()),
                        FakeGrafana.class.getName());
    }

    /** Makes a folder look like an unpacked archive. */
    static Path installIn(Path home) throws IOException {
        writeExecutable(home.resolve("bin/grafana"));
        writeDefaults(home);
        return home;
    }

    static void writeExecutable(Path file) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, script());
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    static void writeDefaults(Path home) throws IOException {
        Files.createDirectories(home.resolve("conf"));
        Files.writeString(home.resolve("conf/defaults.ini"), "");
    }
}
