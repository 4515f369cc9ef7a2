package io.salespulse.replay;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class ReplayDeadLettersTest {
    private final StringWriter err = new StringWriter();
    private final StringWriter out = new StringWriter();

    @Test
    void helpNamesEveryOptionAndTheExitCodes() {
        assertThat(run(Map.of(), "--help")).isZero();
        assertThat(out.toString())
                .contains(
                        "Usage: ./run replay-dead-letters",
                        "--bootstrap-servers",
                        "--kafka-property",
                        "--kafka-properties-file",
                        "--dead-letter-topic",
                        "--topic",
                        "--reason",
                        "--from",
                        "--to",
                        "--include-rejected-again",
                        "--dry-run",
                        "LATE_EVENT",
                        "0 done, 1 not done or not finished");
    }

    @ParameterizedTest
    @CsvSource({
        "--from, 10:00",
        "--to, tomorrow",
        "--reason, TOO_LATE",
        "--kafka-property, novalue",
        "--nonsense, x"
    })
    void aBadOptionIsNamedOnOneLine(String option, String value) {
        assertThat(run(Map.of(), option, value)).isEqualTo(2);
        assertThat(err.toString().lines().findFirst().orElseThrow())
                .startsWith("replay-dead-letters: ")
                .contains(option);
        assertThat(err.toString()).doesNotContain("Exception");
    }

    @Test
    void aRangeMustNotBeEmpty() {
        assertThat(
                        run(
                                Map.of("SALESPULSE_TO", "2026-01-15T10:00:00Z"),
                                "--from",
                                "2026-01-15T10:00:00Z"))
                .isEqualTo(2);
        assertThat(err.toString())
                .startsWith(
                        "replay-dead-letters: --from 2026-01-15T10:00:00Z is not before --to 2026-01-15T10:00:00Z\n");
    }

    @Test
    void aBrokerThatCannotBeNamedIsToldInOneLine() {
        assertThat(run(Map.of(), "--bootstrap-servers", "nonsense")).isEqualTo(1);
        assertThat(err.toString())
                .startsWith("replay-dead-letters: Kafka at nonsense: ")
                .hasLineCount(1);
    }

    @Test
    void aKafkaPropertiesFileThatCannotBeReadIsOneLine() {
        assertThat(run(Map.of(), "--kafka-properties-file", "no/such.file")).isEqualTo(1);
        assertThat(err.toString())
                .startsWith(
                        "replay-dead-letters: --kafka-properties-file no/such.file cannot be read: ")
                .hasLineCount(1);
    }

    private int run(Map<String, String> environment, String... arguments) {
        CommandLine commandLine = ReplayDeadLetters.commandLine(environment, () -> false);
        commandLine.setOut(new PrintWriter(out));
        commandLine.setErr(new PrintWriter(err));
        return commandLine.execute(arguments);
    }
}
