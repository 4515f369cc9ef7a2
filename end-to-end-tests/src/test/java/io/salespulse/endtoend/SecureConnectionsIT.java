package io.salespulse.endtoend;

import static io.salespulse.endtoend.Pipeline.await;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.salespulse.local.kafka.KafkaBroker;
import io.salespulse.local.machine.Ports;
import io.salespulse.local.postgres.PostgresServer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * All programs with SASL_SSL (SCRAM) to Kafka and TLS with a verified name to PostgreSQL, which
 * takes no other connections. Broker and database are this test's own.
 */
class SecureConnectionsIT {

    private static final String TOPIC = "transactions";
    private static final String KAFKA_USER = "salespulse";
    private static final String KAFKA_PASSWORD = "kafka-open-sesame";
    private static final String WRITER_PASSWORD = "writer-open-sesame";
    private static final String READER_PASSWORD = "reader-open-sesame";
    private static final String SECRET = "open-sesame";
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir private static Path folder;

    private static final Stack STACK = Stack.shared();
    private static final int SECURE_PORT = Ports.orFree(0);

    private static Certificates certificates;
    private static Certificates others;
    private static KafkaBroker kafka;
    private static PostgresServer postgres;
    private static String job;

    @BeforeAll
    static void start() throws Exception {
        // Where root may not run PostgreSQL, the server is given its own folder to read.
        certificates = Certificates.create(folder.resolve("postgres/tls"));
        others = Certificates.create(folder.resolve("others"));
        kafka = startKafka();
        postgres = startPostgres();
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            admin.alterUserScramCredentials(
                            List.of(
                                    new UserScramCredentialUpsertion(
                                            KAFKA_USER,
                                            new ScramCredentialInfo(
                                                    ScramMechanism.SCRAM_SHA_512, 4096),
                                            KAFKA_PASSWORD)))
                    .all()
                    .get();
        }
        try (Connection connection = postgres.connectAsSuperuser();
                Statement statement = connection.createStatement()) {
            setPassword(statement, PostgresServer.WRITER, WRITER_PASSWORD);
            setPassword(statement, PostgresServer.READER, READER_PASSWORD);
        }
        ProgramResult first =
                datagen(Map.of("SALESPULSE_KAFKA_PROPERTIES_FILE", kafkaFile().toString()));
        assertThat(first.exitCode()).as(first.output()).isZero();
        job = submit(kafkaFile(), databaseUrl(certificates), WRITER_PASSWORD);
    }

    private static KafkaBroker startKafka() {
        int port = Ports.orFree(0);
        int controllerPort = Ports.orFree(0);
        String clients =
                "PLAINTEXT://127.0.0.1:%d,SASL_SSL://127.0.0.1:%d".formatted(port, SECURE_PORT);
        return KafkaBroker.builder(STACK.layout(), folder.resolve("kafka"))
                .port(port)
                .configuration(
                        Map.of(
                                "listeners",
                                clients + ",CONTROLLER://127.0.0.1:" + controllerPort,
                                "advertised.listeners",
                                clients,
                                "listener.security.protocol.map",
                                "PLAINTEXT:PLAINTEXT,SASL_SSL:SASL_SSL,CONTROLLER:PLAINTEXT",
                                "controller.quorum.voters",
                                "1@127.0.0.1:" + controllerPort,
                                "sasl.enabled.mechanisms",
                                "SCRAM-SHA-512",
                                "listener.name.sasl_ssl.scram-sha-512.sasl.jaas.config",
                                "org.apache.kafka.common.security.scram.ScramLoginModule required;",
                                "ssl.keystore.type",
                                "PEM",
                                "ssl.keystore.location",
                                certificates.server().toString()))
                .start();
    }

    private static PostgresServer startPostgres() throws IOException {
        Path access =
                Files.writeString(
                        folder.resolve("postgres/pg_hba.conf"),
                        "hostssl all all 127.0.0.1/32 scram-sha-256\n");
        return PostgresServer.builder(STACK.layout(), folder.resolve("postgres"))
                .configuration(
                        Map.of(
                                "ssl", "on",
                                "ssl_cert_file", certificates.server().toString(),
                                "ssl_key_file", certificates.server().toString(),
                                "hba_file", access.toString()))
                .start();
    }

    private static void setPassword(Statement statement, String role, String password)
            throws Exception {
        statement.execute("ALTER ROLE %s PASSWORD '%s'".formatted(role, password));
    }

    @AfterAll
    static void stop() {
        if (job != null) {
            STACK.flink().rest().cancel(job, PATIENCE);
        }
        if (postgres != null) {
            postgres.close();
        }
        if (kafka != null) {
            kafka.close();
        }
    }

    // ---- what works ----

    @Test
    void everythingWorksAndNoSecretIsShown() throws Exception {
        STACK.flink().rest().awaitRunning(job, PATIENCE);
        try (RunningProgram datagen =
                RunningProgram.start(
                        STACK.layout().datagenJar(),
                        withTopic(
                                "--malformed-ratio",
                                "0.1",
                                "--rate",
                                "50",
                                "--kafka-properties-file",
                                kafkaFile().toString()))) {
            await().until(() -> rejections() > 0);
            assertThat(commandLines()).noneMatch(line -> line.contains(SECRET));
            assertThat(datagen.terminate().exitCode()).isZero();
        }

        ProgramResult audit =
                audit(
                        databaseUrl(certificates),
                        Map.of(
                                "SALESPULSE_KAFKA_PROPERTY",
                                kafkaSettings(certificates, KAFKA_PASSWORD),
                                "SALESPULSE_JDBC_PASSWORD",
                                READER_PASSWORD));

        assertThat(audit.exitCode()).as(audit.output()).isZero();
        assertThat(audit.output()).contains("\nequal: ").doesNotContain(SECRET);
        ProgramResult replay = replayDryRun(kafkaFile());
        assertThat(replay.exitCode()).as(replay.output()).isZero();
        List<String> shown = shownByFlink();
        assertThat(shown).anyMatch(page -> page.contains("sasl.jaas.config = [hidden]"));
        assertThat(shown).noneMatch(page -> page.contains(SECRET));
    }

    // ---- what does not ----

    @Test
    void aWrongKafkaPasswordIsOneLine() throws Exception {
        String expected =
                "Authentication failed during authentication due to invalid credentials with SASL"
                        + " mechanism SCRAM-SHA-512";

        assertEveryProgramSays(expected, kafkaFile(certificates, "wrong"));
    }

    @Test
    void anUntrustedBrokerIsOneLine() throws Exception {
        String expected = "unable to find valid certification path to requested target";

        assertEveryProgramSays(expected, kafkaFile(others, KAFKA_PASSWORD));
    }

    private void assertEveryProgramSays(String expected, Path kafkaFile) throws Exception {
        assertThatThrownBy(() -> submit(kafkaFile, databaseUrl(certificates), WRITER_PASSWORD))
                .hasMessageContaining(expected)
                .hasMessageContaining("--kafka-propert");
        assertOneLine(
                datagen(Map.of("SALESPULSE_KAFKA_PROPERTIES_FILE", kafkaFile.toString())),
                expected);
        assertOneLine(auditOverKafka(kafkaFile), expected);
    }

    @Test
    void anUntrustedDatabaseIsOneLine() throws Exception {
        String expected = "unable to find valid certification path to requested target";

        assertThatThrownBy(() -> submit(kafkaFile(), databaseUrl(others), WRITER_PASSWORD))
                .hasMessageContaining(expected)
                .hasMessageContaining("sslrootcert");
        assertOneLine(audit(databaseUrl(others), environment(READER_PASSWORD)), expected);
    }

    @Test
    void aWrongDatabasePasswordIsOneLine() throws Exception {
        assertThatThrownBy(() -> submit(kafkaFile(), databaseUrl(certificates), "wrong"))
                .hasMessageContaining("password authentication failed")
                .hasMessageContaining("SALESPULSE_JDBC_PASSWORD");
        assertOneLine(
                audit(databaseUrl(certificates), environment("wrong")),
                "password authentication failed");
    }

    @Test
    void aDatabaseConnectionWithoutTlsIsOneLine() throws Exception {
        String url = databaseUrl(certificates).replaceFirst("\\?.*", "?sslmode=disable");

        assertThatThrownBy(() -> submit(kafkaFile(), url, WRITER_PASSWORD))
                .hasMessageContaining("no encryption");
        assertOneLine(audit(url, environment(READER_PASSWORD)), "no encryption");
    }

    private static void assertOneLine(ProgramResult result, String expected) {
        assertThat(result.exitCode()).isNotZero();
        assertThat(result.output().lines().filter(line -> !line.startsWith("waiting for Kafka")))
                .singleElement()
                .asString()
                .contains(expected);
        assertThat(result.output()).doesNotContain(SECRET);
    }

    // ---- settings ----

    private static String kafkaSettings(Certificates trusted, String password) {
        return """
               security.protocol=SASL_SSL
               sasl.mechanism=SCRAM-SHA-512
               sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required username="%s" password="%s";
               ssl.truststore.type=PEM
               ssl.truststore.location=%s"""
                .formatted(KAFKA_USER, password, trusted.authority());
    }

    private static Path kafkaFile() throws IOException {
        return kafkaFile(certificates, KAFKA_PASSWORD);
    }

    private static Path kafkaFile(Certificates trusted, String password) throws IOException {
        return Files.writeString(
                Files.createTempFile(folder, "kafka", ".properties"),
                kafkaSettings(trusted, password));
    }

    private static String databaseUrl(Certificates trusted) {
        return postgres.jdbcUrl() + "?sslmode=verify-full&sslrootcert=" + trusted.authority();
    }

    private static Map<String, String> environment(String readerPassword) throws IOException {
        return Map.of(
                "SALESPULSE_KAFKA_PROPERTIES_FILE",
                kafkaFile().toString(),
                "SALESPULSE_JDBC_PASSWORD",
                readerPassword);
    }

    // ---- the programs ----

    private static List<String> withTopic(String... options) {
        List<String> arguments = new ArrayList<>(List.of(options));
        arguments.addAll(
                List.of("--bootstrap-servers", "127.0.0.1:" + SECURE_PORT, "--topic", TOPIC));
        return arguments;
    }

    private static String submit(Path kafkaFile, String jdbcUrl, String password)
            throws IOException {
        Path passwordFile =
                Files.writeString(Files.createTempFile(folder, "writer", ".password"), password);
        List<String> arguments =
                withTopic(
                        "--kafka-properties-file",
                        kafkaFile.toString(),
                        "--jdbc-url",
                        jdbcUrl,
                        "--jdbc-password-file",
                        passwordFile.toString());
        return STACK.flink().rest().run(STACK.jarId(), arguments, 1, Optional.empty());
    }

    private static ProgramResult datagen(Map<String, String> environment)
            throws IOException, InterruptedException {
        return ProgramResult.of(
                STACK.layout().datagenJar(),
                withTopic("--count", "100", "--rate", "max"),
                environment);
    }

    private static ProgramResult audit(String jdbcUrl, Map<String, String> environment)
            throws IOException, InterruptedException {
        return ProgramResult.of(
                STACK.layout().auditJar(),
                withTopic("--jdbc-url", jdbcUrl, "--include-open"),
                environment);
    }

    private static ProgramResult auditOverKafka(Path kafkaFile)
            throws IOException, InterruptedException {
        return ProgramResult.of(
                STACK.layout().auditJar(),
                withTopic(
                        "--jdbc-url",
                        databaseUrl(certificates),
                        "--kafka-properties-file",
                        kafkaFile.toString()),
                Map.of("SALESPULSE_JDBC_PASSWORD", READER_PASSWORD));
    }

    private static ProgramResult replayDryRun(Path kafkaFile)
            throws IOException, InterruptedException {
        return ProgramResult.of(
                STACK.layout().deadLetterReplayJar(),
                withTopic("--dry-run", "--kafka-properties-file", kafkaFile.toString()),
                Map.of());
    }

    // ---- what can be seen from outside ----

    private static long rejections() throws Exception {
        try (Connection connection = postgres.connectAsSuperuser();
                Statement statement = connection.createStatement();
                var row =
                        statement.executeQuery(
                                "SELECT coalesce(sum(event_count), 0) FROM rejected_events")) {
            row.next();
            return row.getLong(1);
        }
    }

    /** As other users of this machine see them. */
    private static List<String> commandLines() throws IOException, InterruptedException {
        if (!Files.exists(Path.of("/proc/self/cmdline"))) {
            Process ps = new ProcessBuilder("ps", "-axww", "-o", "command").start();
            return new String(ps.getInputStream().readAllBytes(), UTF_8).lines().toList();
        }
        List<String> lines = new ArrayList<>();
        try (Stream<Path> processes = Files.list(Path.of("/proc"))) {
            for (Path process : processes.filter(SecureConnectionsIT::isProcess).toList()) {
                try {
                    lines.add(Files.readString(process.resolve("cmdline")));
                } catch (IOException ended) {
                    continue;
                }
            }
        }
        assertThat(lines).anyMatch(line -> line.contains("datagen.jar"));
        return lines;
    }

    private static boolean isProcess(Path folder) {
        return folder.getFileName().toString().matches("\\d+");
    }

    /** Every page of the web UI that shows settings or logs. */
    private static List<String> shownByFlink() throws IOException, InterruptedException {
        List<String> paths =
                new ArrayList<>(
                        List.of(
                                "/config",
                                "/jars",
                                "/jobmanager/config",
                                "/jobmanager/environment",
                                "/jobmanager/log",
                                "/jobmanager/stdout",
                                "/jobs/" + job,
                                "/jobs/" + job + "/config",
                                "/jobs/" + job + "/plan",
                                "/jobs/" + job + "/exceptions",
                                "/jobs/" + job + "/checkpoints/config",
                                "/jobs/" + job + "/jobmanager/config",
                                "/jobs/" + job + "/jobmanager/environment"));
        paths.addAll(logs("/jobmanager"));
        for (String taskManager : STACK.flink().rest().taskManagerIds()) {
            paths.add("/taskmanagers/" + taskManager);
            paths.addAll(logs("/taskmanagers/" + taskManager));
        }
        List<String> pages = new ArrayList<>();
        for (String path : paths) {
            pages.add(get(path));
        }
        return pages;
    }

    private static List<String> logs(String process) throws IOException, InterruptedException {
        JsonNode listing = new ObjectMapper().readTree(get(process + "/logs"));
        List<String> paths = new ArrayList<>();
        listing.path("logs")
                .forEach(log -> paths.add(process + "/logs/" + log.path("name").asText()));
        assertThat(paths).isNotEmpty();
        return paths;
    }

    private static String get(String path) throws IOException, InterruptedException {
        HttpResponse<String> response =
                HttpClient.newHttpClient()
                        .send(
                                HttpRequest.newBuilder(URI.create(STACK.flink().url() + path))
                                        .build(),
                                HttpResponse.BodyHandlers.ofString());
        assertThat(response.statusCode()).as(path).isEqualTo(200);
        return response.body();
    }
}
