package io.salespulse.local.postgres;

import io.salespulse.local.machine.Folders;
import io.salespulse.local.machine.Ports;
import io.salespulse.local.machine.ProjectLayout;
import io.salespulse.local.process.ManagedProcess;
import io.salespulse.local.process.PidFile;
import io.salespulse.local.process.ProcessService;
import io.salespulse.local.terminal.LocalPipelineException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/**
 * A PostgreSQL server on 127.0.0.1 with the database {@value #DATABASE}, the project's schema and
 * its two roles, whose passwords are their names. Every start applies the schema's files again. The
 * superuser {@code postgres} has a random password that is kept in the data folder, readable by its
 * owner only.
 */
public final class PostgresServer extends ProcessService {

    public static final String DATABASE = "transactions_db";

    /** Role of the job; its password is its name. */
    public static final String WRITER = "salespulse_writer";

    /** Role of dashboards and of everybody who only looks; its password is its name. */
    public static final String READER = "grafana_reader";

    private static final String SUPERUSER = "postgres";
    private static final Duration INITDB_TIMEOUT = Duration.ofSeconds(60);
    private static final Duration READY_TIMEOUT = Duration.ofSeconds(60);

    private final ProjectLayout layout;
    private final Path folder;
    private final int port;
    private final Map<String, String> configuration;
    private final Unprivileged user = Unprivileged.detect();

    private PostgresServer(Builder builder) {
        super("PostgreSQL");
        layout = builder.layout;
        folder = builder.folder;
        port = Ports.orFree(builder.port);
        configuration = builder.configuration;
    }

    /**
     * Describes a server.
     *
     * @param folder for data and logs; kept between starts
     */
    public static Builder builder(ProjectLayout layout, Path folder) {
        return new Builder(layout, folder.toAbsolutePath().normalize());
    }

    public int port() {
        return port;
    }

    /** URL of {@value #DATABASE}, without user. */
    public String jdbcUrl() {
        return urlOf(DATABASE);
    }

    /** A new connection to {@value #DATABASE} as {@link #WRITER} or {@link #READER}. */
    public Connection connect(String role) throws SQLException {
        return DriverManager.getConnection(jdbcUrl(), role, role);
    }

    /** A new connection to {@value #DATABASE} that may do everything. */
    public Connection connectAsSuperuser() throws SQLException {
        return connectAsSuperuser(DATABASE);
    }

    /** A new connection to another database of this server that may do everything. */
    public Connection connectAsSuperuser(String database) throws SQLException {
        try {
            return DriverManager.getConnection(
                    urlOf(database), SUPERUSER, Files.readString(passwordFile()).strip());
        } catch (IOException e) {
            throw new LocalPipelineException("Cannot read " + passwordFile() + ": " + e, e);
        }
    }

    private String urlOf(String database) {
        return "jdbc:postgresql://127.0.0.1:%d/%s".formatted(port, database);
    }

    @Override
    protected ManagedProcess launch() {
        Path binaries = PostgresBinaries.unpack(layout.cache());
        try {
            Files.createDirectories(folder);
            user.requireReachable(binaries);
            if (!Files.exists(data().resolve("PG_VERSION"))) {
                initialise(binaries);
            }
            removeStaleLock();
        } catch (IOException e) {
            throw new LocalPipelineException("PostgreSQL cannot write to " + folder + ": " + e, e);
        }
        List<String> command = new ArrayList<>(user.command(List.of()));
        command.add(binaries.resolve("bin/postgres").toString());
        command.addAll(List.of("-D", data().toString()));
        serverConfiguration()
                .forEach((key, value) -> command.addAll(List.of("-c", key + "=" + value)));
        configuration.forEach((key, value) -> command.addAll(List.of("-c", key + "=" + value)));
        return ManagedProcess.builder(name(), data().toString(), command)
                .output(folder.resolve("postgres.log"))
                .pidFile(folder.resolve("postgres.pid"))
                // PostgreSQL's "fast" shutdown; on SIGTERM it would wait until all clients have
                // left.
                .stopSignal("INT")
                // Its "immediate" shutdown, which takes the server's own children along.
                .orphanSignal("QUIT")
                .start();
    }

    private Map<String, String> serverConfiguration() {
        return Map.of(
                "listen_addresses", "127.0.0.1",
                "port", Integer.toString(port),
                "unix_socket_directories", "",
                "timezone", "UTC",
                "log_timezone", "UTC",
                "log_checkpoints", "off",
                "log_line_prefix", "%m [%p] %q%u ");
    }

    private void initialise(Path binaries) throws IOException {
        Folders.delete(data());
        Path unfinished = folder.resolve("data-unfinished");
        Folders.delete(unfinished);
        Files.createDirectories(unfinished);
        Files.setPosixFilePermissions(unfinished, PosixFilePermissions.fromString("rwx------"));
        writePassword();
        user.own(folder);
        run(
                user.command(
                        List.of(
                                binaries.resolve("bin/initdb").toString(),
                                "--pgdata=" + unfinished,
                                "--username=" + SUPERUSER,
                                "--pwfile=" + passwordFile(),
                                "--auth=scram-sha-256",
                                "--encoding=UTF8",
                                "--locale=C",
                                "--no-sync",
                                "--no-instructions")),
                unfinished.toString());
        // A folder of that name is complete: an interrupted initdb is done again.
        Files.move(unfinished, data());
    }

    private void writePassword() throws IOException {
        byte[] random = new byte[16];
        new SecureRandom().nextBytes(random);
        Files.deleteIfExists(passwordFile());
        Files.createFile(
                passwordFile(),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(passwordFile(), HexFormat.of().formatHex(random) + "\n");
    }

    private void run(List<String> command, String marker) {
        ManagedProcess initdb =
                ManagedProcess.builder("PostgreSQL's initdb", marker, command)
                        .output(folder.resolve("initdb.log"))
                        .start();
        try (initdb) {
            int exitCode = initdb.onExit().get(INITDB_TIMEOUT.toSeconds(), TimeUnit.SECONDS);
            if (exitCode != 0) {
                throw new LocalPipelineException(
                        "PostgreSQL's data folder could not be created in %s:%n%s"
                                .formatted(folder, initdb.lastLines(10)));
            }
        } catch (ExecutionException | TimeoutException e) {
            throw new LocalPipelineException(
                    "PostgreSQL's data folder could not be created: " + e, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LocalPipelineException("Interrupted while creating PostgreSQL's data", e);
        }
    }

    /**
     * A server that was killed leaves its process id behind. PostgreSQL ignores it if there is no
     * such process, but believes in it if the id was given to another one, as happens after a
     * restart of the machine or a container.
     */
    private void removeStaleLock() throws IOException {
        Path lock = data().resolve("postmaster.pid");
        if (!Files.exists(lock)) {
            return;
        }
        boolean stale =
                Files.readAllLines(lock).stream()
                        .findFirst()
                        .filter(line -> line.matches("\\d{1,18}"))
                        .flatMap(line -> ProcessHandle.of(Long.parseLong(line)))
                        .filter(
                                process ->
                                        !PidFile.commandLine(process).contains(data().toString()))
                        .isPresent();
        if (stale) {
            Files.delete(lock);
        }
    }

    @Override
    protected void awaitReady(ManagedProcess process) {
        process.awaitReady(READY_TIMEOUT, this::answers);
        try {
            createDatabase();
            applySchema();
        } catch (SQLException | IOException e) {
            throw new LocalPipelineException(
                    "The schema in %s could not be applied: %s"
                            .formatted(layout.postgresInit(), e.getMessage()),
                    e);
        }
    }

    private boolean answers() {
        if (Ports.isFree(port)) {
            return false;
        }
        try (Connection connection = connectAsSuperuser(SUPERUSER)) {
            return connection.isValid(1);
        } catch (SQLException e) {
            return false;
        }
    }

    private void createDatabase() throws SQLException {
        try (Connection connection = connectAsSuperuser(SUPERUSER);
                Statement statement = connection.createStatement();
                ResultSet found =
                        statement.executeQuery(
                                "SELECT FROM pg_database WHERE datname = '" + DATABASE + "'")) {
            if (!found.next()) {
                statement.execute("CREATE DATABASE " + DATABASE);
            }
        }
    }

    private void applySchema() throws SQLException, IOException {
        List<Path> files;
        try (Stream<Path> listing = Files.list(layout.postgresInit())) {
            files = listing.filter(file -> file.toString().endsWith(".sql")).sorted().toList();
        }
        try (Connection connection = connectAsSuperuser();
                Statement statement = connection.createStatement()) {
            for (Path file : files) {
                statement.execute(Files.readString(file));
            }
            for (String role : List.of(WRITER, READER)) {
                statement.execute("ALTER ROLE %s PASSWORD '%s'".formatted(role, role));
            }
        }
    }

    private Path data() {
        return folder.resolve("data");
    }

    private Path passwordFile() {
        return folder.resolve("superuser-password");
    }

    /** How the server is to run. */
    public static final class Builder {

        private final ProjectLayout layout;
        private final Path folder;
        private int port;
        private Map<String, String> configuration = Map.of();

        private Builder(ProjectLayout layout, Path folder) {
            this.layout = layout;
            this.folder = folder;
        }

        /** Port; 0, the default, chooses a free one, which stays the same at every start. */
        public Builder port(int number) {
            port = number;
            return this;
        }

        /** Server settings that are added or replace the ones here. */
        public Builder configuration(Map<String, String> settings) {
            configuration = Map.copyOf(settings);
            return this;
        }

        /** The server, not started. */
        public PostgresServer build() {
            return new PostgresServer(this);
        }

        /** The server, serving requests, with the schema applied. */
        public PostgresServer start() {
            PostgresServer server = build();
            server.start();
            return server;
        }
    }
}
