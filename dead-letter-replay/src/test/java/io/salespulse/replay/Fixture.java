package io.salespulse.replay;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Instant;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Headers;

/** Dead letters as the job writes them. */
final class Fixture {
    static final String TOPIC = "transactions";
    static final String DEAD_LETTER_TOPIC = "transactions.dead-letter";
    static final Instant TEN = Instant.parse("2026-01-15T10:00:00Z");

    private Fixture() {}

    static ConsumerRecord<byte[], byte[]> original(String value) {
        return new ConsumerRecord<>(DEAD_LETTER_TOPIC, 0, 0, bytes("key"), bytes(value));
    }

    /** Adds the job's headers. */
    static ConsumerRecord<byte[], byte[]> rejected(
            ConsumerRecord<byte[], byte[]> record, String reason, SourcePosition source) {
        Headers headers = record.headers();
        headers.add("error.reason", bytes(reason));
        headers.add("error.detail", bytes("detail of " + source));
        headers.add("source.topic", bytes(source.topic()));
        headers.add("source.partition", bytes(String.valueOf(source.partition())));
        headers.add("source.offset", bytes(String.valueOf(source.offset())));
        headers.add("source.timestamp", bytes(String.valueOf(TEN.toEpochMilli())));
        return record;
    }

    static DeadLetter letter(long offset) {
        return letter("LATE_EVENT", offset);
    }

    static DeadLetter letter(String reason, long offset) {
        return letter(original("{}"), reason, new SourcePosition(TOPIC, 0, offset));
    }

    static DeadLetter letter(
            ConsumerRecord<byte[], byte[]> original, String reason, SourcePosition source) {
        return DeadLetter.of(rejected(original, reason, source)).orElseThrow();
    }

    static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }
}
