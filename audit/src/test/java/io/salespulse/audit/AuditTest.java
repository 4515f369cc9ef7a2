package io.salespulse.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class AuditTest {
    private static final String LOCAL = "jdbc:postgresql://127.0.0.1:5432/transactions_db";
    private static final String ELSEWHERE = "jdbc:postgresql://db.example:5432/transactions_db";

    private final StringWriter err = new StringWriter();
    private final StringWriter out = new StringWriter();

    @Test
    void helpNamesEveryOptionAndTheExitCodes() {
        assertThat(run(Map.of(), "--help")).isZero();
        assertThat(out.toString())
                .contains(
                        "Usage: ./run audit",
                        "--bootstrap-servers",
                        "--kafka-property",
                        "--kafka-properties-file",
                        "--topic",
                        "--dead-letter-topic",
                        "--jdbc-url",
                        "--jdbc-user",
                        "--jdbc-password-file",
                        "--from",
                        "--to",
                        "--include-open",
                        "--wait",
                        "--max-differences",
                        "SALESPULSE_JDBC_PASSWORD",
                        "0 equal, 1 different, 2 could not run");
    }

    @ParameterizedTest
    @CsvSource({
        "--from, 10:00",
        "--to, tomorrow",
        "--wait, 30",
        "--wait, -1s",
        "--wait, PT-1S",
        "--wait, 5s5m",
        "--max-differences, -1",
        "--max-differences, many",
        "--kafka-property, novalue",
        "--nonsense, x"
    })
    void aBadOptionIsNamedOnOneLine(String option, String value) {
        assertThat(run(Map.of(), option, value)).isEqualTo(2);
        assertThat(err.toString().lines().findFirst().orElseThrow())
                .startsWith("audit: ")
                .contains(option);
        assertThat(err.toString()).doesNotContain("Exception");
    }

    @ParameterizedTest
    @CsvSource({
        "0s, 0",
        "500ms, 500",
        "30s, 30000",
        "5m, 300000",
        "1h30m, 5400000",
        "1d, 86400000",
        "PT10S, 10000"
    })
    void durations(String text, long millis) {
        assertThat(new Audit.DurationConverter().convert(text).toMillis()).isEqualTo(millis);
    }

    @Test
    void theEnvironmentStandsInForAnOption() {
        assertThat(run(Map.of("SALESPULSE_WAIT", "soon"))).isEqualTo(2);
        assertThat(err.toString()).contains("--wait", "soon");
    }

    @Test
    void anOptionWinsOverTheEnvironment() {
        run(
                Map.of("SALESPULSE_JDBC_URL", "jdbc:mysql://environment"),
                "--jdbc-url",
                "jdbc:mysql://option");
        assertThat(err.toString()).contains("jdbc:mysql://option").doesNotContain("environment");
    }

    @Test
    void anUnreachableDatabaseIsOneLine() {
        assertThat(run(Map.of(), "--jdbc-url", "jdbc:postgresql://127.0.0.1:1/none")).isEqualTo(2);
        assertThat(err.toString().lines()).hasSize(1);
        assertThat(err.toString())
                .startsWith(
                        "audit: cannot read PostgreSQL at jdbc:postgresql://127.0.0.1:1/none: ");
    }

    @Test
    void aKafkaPropertiesFileThatCannotBeReadIsOneLine() {
        assertThat(run(Map.of(), "--kafka-properties-file", "no/such.file")).isEqualTo(2);
        assertThat(err.toString().lines())
                .singleElement()
                .asString()
                .startsWith("audit: --kafka-properties-file no/such.file cannot be read: ");
    }

    @Test
    void thePasswordOfTheLocalStackIsTheUsersName() throws CannotRunException {
        assertThat(DatabaseLogin.of(LOCAL, "reader", null, null).password()).isEqualTo("reader");
        assertThat(
                        DatabaseLogin.of("jdbc:postgresql://localhost/x", "reader", null, null)
                                .password())
                .isEqualTo("reader");
        assertThat(DatabaseLogin.of("jdbc:postgresql://[::1]/x", "reader", null, null).password())
                .isEqualTo("reader");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                ELSEWHERE,
                "jdbc:postgresql://127.0.0.1,db.example/x",
                "jdbc:postgresql://localhost.example/x",
                "jdbc:postgresql://127.example/x"
            })
    void elsewhereAPasswordMustBeGiven(String url) {
        assertThatThrownBy(() -> DatabaseLogin.of(url, "reader", null, null))
                .isInstanceOf(CannotRunException.class)
                .hasMessageContaining("SALESPULSE_JDBC_PASSWORD");
    }

    @Test
    void aPasswordComesFromAFileOrTheEnvironment(@TempDir Path folder)
            throws IOException, CannotRunException {
        Path file = Files.writeString(folder.resolve("password"), "of the file\n");
        assertThat(DatabaseLogin.of(ELSEWHERE, "reader", file, "of the environment").password())
                .isEqualTo("of the file");
        assertThat(DatabaseLogin.of(ELSEWHERE, "reader", null, "of the environment").password())
                .isEqualTo("of the environment");
        assertThatThrownBy(
                        () -> DatabaseLogin.of(ELSEWHERE, "reader", folder.resolve("none"), null))
                .hasMessageContaining("--jdbc-password-file");
    }

    @Test
    void aPasswordInTheUrlIsRefusedAndNotShown() {
        assertThatThrownBy(() -> DatabaseLogin.of(LOCAL + "?password=secret", "reader", null, null))
                .hasMessageContaining("SALESPULSE_JDBC_PASSWORD")
                .hasMessageNotContaining("secret");
    }

    @Test
    void aLoginDoesNotShowItsSecrets() throws CannotRunException {
        DatabaseLogin login =
                DatabaseLogin.of(ELSEWHERE + "?sslpassword=hidden", "reader", null, "secret");
        assertThat(login.toString()).isEqualTo("reader at " + ELSEWHERE);
    }

    @Test
    void aRangeIsOfWholeWindows() throws CannotRunException {
        PipelineSettings settings = Fixture.settings(0);
        Instant ten = Instant.ofEpochMilli(Fixture.TEN);
        assertThat(options(ten, ten.plusSeconds(60)).range(settings))
                .isEqualTo(new Range(Fixture.TEN, Fixture.TEN + Fixture.MINUTE));
        assertThat(options(null, null).range(settings)).isEqualTo(Range.ALL);
        assertThatThrownBy(() -> options(ten.plusMillis(1), null).range(settings))
                .hasMessage(
                        "--from 2026-01-15T10:00:00.001Z is not where a window of 60 s begins: use 2026-01-15T10:00:00Z or"
                                + " 2026-01-15T10:01:00Z");
        assertThatThrownBy(() -> options(null, ten.plusNanos(1)).range(settings))
                .hasMessageContaining("--to");
        assertThatThrownBy(() -> options(ten, ten).range(settings))
                .hasMessageContaining("is not before");
    }

    private static AuditOptions options(Instant from, Instant to) throws CannotRunException {
        DatabaseLogin login = DatabaseLogin.of(LOCAL, "reader", null, null);
        return new AuditOptions(
                Map.of(), "transactions", "dead", login, from, to, false, Duration.ZERO, 20);
    }

    private int run(Map<String, String> environment, String... args) {
        CommandLine commandLine = Audit.commandLine(environment);
        commandLine.setErr(new PrintWriter(err, true));
        commandLine.setOut(new PrintWriter(out, true));
        return commandLine.execute(args);
    }
}
