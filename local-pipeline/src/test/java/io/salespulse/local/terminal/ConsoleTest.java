package io.salespulse.local.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ConsoleTest {

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);

    private void print(Console console) {
        console.status("events 1");
        console.status("events 2");
        console.say("Kafka has ended.");
        console.status("events 3");
        console.clearStatus();
    }

    @Test
    void overwritesTheStatusOnATerminal() {
        print(new Console(out, true));
        assertThat(bytes.toString(StandardCharsets.UTF_8))
                .isEqualTo("events 1\r\033[Kevents 2\r\033[KKafka has ended.\nevents 3\r\033[K");
    }

    @Test
    void printsEachStatusElsewhere() {
        print(new Console(out, false));
        assertThat(bytes.toString(StandardCharsets.UTF_8))
                .isEqualTo("events 1\nevents 2\nKafka has ended.\nevents 3\n");
    }
}
