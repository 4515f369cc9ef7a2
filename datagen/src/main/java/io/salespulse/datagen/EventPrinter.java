package io.salespulse.datagen;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.PrintStream;
import org.apache.kafka.clients.producer.RecordMetadata;

/** Prints one line for each acknowledged event: {@code transactions-2@17 {"transaction_id":…}}. */
final class EventPrinter {

    private final PrintStream out;

    EventPrinter(PrintStream out) {
        this.out = out;
    }

    /**
     * @param value may be null, which is printed as {@code null}
     */
    void print(RecordMetadata metadata, byte[] value) {
        String document = value == null ? "null" : new String(value, UTF_8).replace('\n', ' ');
        out.println(
                metadata.topic()
                        + "-"
                        + metadata.partition()
                        + "@"
                        + metadata.offset()
                        + " "
                        + document);
    }

    /** Whether nobody reads any more, as after {@code | head}. */
    boolean isClosed() {
        return out.checkError();
    }
}
