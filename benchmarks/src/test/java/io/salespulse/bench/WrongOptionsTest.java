package io.salespulse.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class WrongOptionsTest {

    @ParameterizedTest
    @CsvSource({
        "dashboard --runs 0, --runs",
        "dashboard --rows 1000;0, --rows",
        "dashboard --rate NaN, --rate",
        "throughput --from 20 --to 10, --to",
        "throughput --from -1, --from",
        "throughput --from many, --from",
        "throughput --repeat 0, --repeat",
        "series --from 20 --to 20, --to",
        "series --only nothing, nothing",
        "latency --shares 0, --shares",
        "latency --for 0s, --for",
        "latency --highest -1, --highest",
        "catch-up --rate -1, --rate",
        "parser --iterations 0, --iterations",
    })
    void areRefusedInTwoLinesBeforeAnythingStarts(String arguments, String named) {
        StringWriter errors = new StringWriter();
        CommandLine commands = Bench.commandLine().setErr(new PrintWriter(errors, true));

        int exitCode = commands.execute(arguments.replace(';', ',').split(" "));

        assertThat(exitCode).isEqualTo(2);
        assertThat(errors.toString().lines())
                .hasSize(2)
                .anySatisfy(line -> assertThat(line).contains(named))
                .last()
                .asString()
                .contains("--help");
    }
}
