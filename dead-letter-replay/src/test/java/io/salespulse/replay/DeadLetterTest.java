package io.salespulse.replay;

import static io.salespulse.replay.Fixture.TEN;
import static io.salespulse.replay.Fixture.bytes;
import static io.salespulse.replay.Fixture.letter;
import static io.salespulse.replay.Fixture.original;
import static io.salespulse.replay.Fixture.rejected;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DeadLetterTest {
    private static final SourcePosition SOURCE = new SourcePosition("my-transactions", 3, 4_711);

    @Test
    void saysWhatItsHeadersSay() {
        DeadLetter letter = letter(original("{}"), "LATE_EVENT", SOURCE);

        assertThat(letter.source()).isEqualTo(SOURCE).hasToString("my-transactions-3@4711");
        assertThat(letter.reason()).isEqualTo("LATE_EVENT");
        assertThat(letter.detail()).isEqualTo("detail of my-transactions-3@4711");
        assertThat(letter.sourceTimestamp()).isEqualTo(TEN.toEpochMilli());
        assertThat(letter.isCut()).isFalse();
        assertThat(letter.isReplayed()).isFalse();
    }

    @Test
    void becomesTheOriginalWithAMark() {
        ConsumerRecord<byte[], byte[]> original = original("\u0000{ not json \u00e4");
        original.headers().add("trace", bytes("1")).add("none", null).add("trace", bytes("2"));

        ProducerRecord<byte[], byte[]> replayed = letter(original, "LATE_EVENT", SOURCE).original();

        assertThat(replayed.topic()).isEqualTo("my-transactions");
        assertThat(replayed.partition()).isEqualTo(3);
        assertThat(replayed.timestamp()).isNull();
        assertThat(replayed.key()).isEqualTo(bytes("key"));
        assertThat(replayed.value()).isEqualTo(bytes("\u0000{ not json \u00e4"));
        assertThat(headers(replayed))
                .containsExactly(
                        "trace=1", "none=null", "trace=2", "replayed.from=my-transactions-3@4711");
    }

    @Test
    void keepsANullKeyAndATombstone() {
        ConsumerRecord<byte[], byte[]> tombstone = new ConsumerRecord<>("d", 0, 0, null, null);

        ProducerRecord<byte[], byte[]> replayed =
                letter(tombstone, "NULL_VALUE", SOURCE).original();

        assertThat(replayed.key()).isNull();
        assertThat(replayed.value()).isNull();
    }

    @Test
    void keepsHeadersOfTheOriginalThatAreNamedLikeOurs() {
        ConsumerRecord<byte[], byte[]> original = original("{}");
        original.headers().add("source.topic", bytes("its own")).add("error.reason", null);

        DeadLetter letter = letter(original, "LATE_EVENT", SOURCE);

        assertThat(letter.source()).isEqualTo(SOURCE);
        assertThat(headers(letter.original()))
                .containsExactly(
                        "source.topic=its own",
                        "error.reason=null",
                        "replayed.from=my-transactions-3@4711");
    }

    @Test
    void hasOneMarkHoweverOftenItCameBack() {
        ConsumerRecord<byte[], byte[]> original = original("{}");
        original.headers().add("replayed.from", bytes("my-transactions-3@1"));

        DeadLetter letter = letter(original, "MALFORMED_JSON", SOURCE);

        assertThat(letter.isReplayed()).isTrue();
        assertThat(headers(letter.original()))
                .containsExactly("replayed.from=my-transactions-3@4711");
    }

    @Test
    void knowsThatItWasCut() {
        ConsumerRecord<byte[], byte[]> original = original("{");
        original.headers().add("error.truncated", bytes("3000000"));

        assertThat(letter(original, "MALFORMED_JSON", SOURCE).isCut()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "error.reason",
                "source.topic",
                "source.partition",
                "source.offset",
                "source.timestamp"
            })
    void needsItsHeaders(String missing) {
        ConsumerRecord<byte[], byte[]> record = rejected(original("{}"), "LATE_EVENT", SOURCE);
        record.headers().remove(missing);

        assertThat(DeadLetter.of(record)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"source.partition, x", "source.offset, ''", "source.timestamp, 1.5"})
    void needsNumbersWhereNumbersBelong(String header, String value) {
        ConsumerRecord<byte[], byte[]> record = rejected(original("{}"), "LATE_EVENT", SOURCE);
        record.headers().add(header, bytes(value));

        assertThat(DeadLetter.of(record)).isEmpty();
    }

    @Test
    void positionsCanBeReadBack() {
        assertThat(SourcePosition.parse(SOURCE.toString())).contains(SOURCE);
        assertThat(SourcePosition.parse("transactions")).isEmpty();
        assertThat(SourcePosition.parse("transactions-0@")).isEmpty();
        assertThat(SourcePosition.parse("")).isEmpty();
    }

    private static List<String> headers(ProducerRecord<byte[], byte[]> record) {
        return Arrays.stream(record.headers().toArray())
                .map(
                        header ->
                                header.key()
                                        + "="
                                        + (header.value() == null
                                                ? "null"
                                                : new String(header.value(), UTF_8)))
                .toList();
    }
}
