package io.salespulse.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class LauncherTest {

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int execute(String... arguments) {
        CommandLine commandLine = Launcher.commandLine();
        commandLine.setOut(new PrintWriter(out));
        commandLine.setErr(new PrintWriter(err));
        return commandLine.execute(arguments);
    }

    @Test
    void namesTheCommandsThatExist() {
        assertThat(execute("profile")).isEqualTo(2);
        assertThat(err)
                .hasToString(
                        "There is no command 'profile'. Commands: datagen, audit, replay-dead-letters, backfill, sql, topic, status, bench;"
                                + " without one, ./run starts the pipeline.\nTry './run --help'.\n");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    --rate=fast       | 'fast' is not a rate: --rate takes events a second, or 'max'
                    --rate=-1         | '-1' is not a rate: --rate takes events a second, or 'max'
                    --audit           | --audit needs --for: it looks at the table when the producer has stopped
                    --parallelism=0   | --parallelism is 0: it must be from 1 to 4
                    --kafka-port=0    | --kafka-port is 0: it must be from 1 to 65535
                    --flink-port=65536| --flink-port is 65536: it must be from 1 to 65535
                    --bogus           | Unknown option: '--bogus'
                    """)
    void refusesABadOption(String argument, String message) {
        assertThat(execute(argument)).isEqualTo(2);
        assertThat(err).hasToString(message + "\nTry './run --help'.\n");
    }

    @Test
    void refusesAnAuditWithoutJob() {
        assertThat(execute("--audit", "--for", "1s", "--no-job")).isEqualTo(2);
        assertThat(err.toString()).startsWith("--audit has nothing to compare with --no-job\n");
    }

    @Test
    void refusesABadDuration() {
        assertThat(execute("--for", "2 minutes")).isEqualTo(2);
        assertThat(err.toString())
                .startsWith(
                        "Invalid value for option '--for': '2 minutes' is not a duration: give a number above 0 and a unit,"
                                + " such as 30s, 2m or 1h\n");
    }

    @ParameterizedTest
    @CsvSource({"ftp://mirror.example", "mirror.example", "http://", "http://a b"})
    void refusesABadMirror(String mirror) {
        assertThat(execute("--grafana-mirror", mirror)).isEqualTo(2);
        assertThat(err)
                .hasToString(
                        "Invalid value for option '--grafana-mirror': '%s' is not an address such as https://mirror.example/grafana\nTry './run --help'.\n"
                                .formatted(mirror));
    }

    /** {@code ./run --help} shows no more of it. */
    @Test
    void describesEachCommandInItsFirstLine() {
        assertThat(Launcher.commandLine().getSubcommands().values())
                .extracting(command -> command.getCommandSpec().usageMessage().description()[0])
                .allMatch(line -> line.strip().endsWith("."));
    }

    @ParameterizedTest
    @CsvSource({"--help", "sql --help", "topic --help", "status --help"})
    void hasHelp(String arguments) {
        assertThat(execute(arguments.split(" "))).isZero();
        assertThat(out.toString()).startsWith("Usage: ./run");
    }
}
