package io.salespulse.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;

class TopicCommandTest {

    private static final long TIME = Instant.parse("2026-01-15T10:00:00.123Z").toEpochMilli();

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static ConsumerRecord<byte[], byte[]> record(
            byte[] key, byte[] value, RecordHeaders headers) {
        return new ConsumerRecord<>(
                "transactions",
                2,
                17,
                TIME,
                TimestampType.LOG_APPEND_TIME,
                0,
                0,
                key,
                value,
                headers,
                Optional.empty());
    }

    @Test
    void formatsARecordAsOneLine() {
        RecordHeaders headers = new RecordHeaders();
        headers.add("error.reason", utf8("LATE_EVENT"));
        assertThat(TopicCommand.format(record(utf8("k1"), utf8("{\"amount\":1}"), headers)))
                .isEqualTo(
                        "2@17  2026-01-15T10:00:00.123Z  k1  error.reason=LATE_EVENT  {\"amount\":1}");
    }

    @Test
    void showsWhatWouldBreakTheLine() {
        assertThat(TopicCommand.format(record(null, utf8("a\nb\033[2J"), new RecordHeaders())))
                .isEqualTo("2@17  2026-01-15T10:00:00.123Z  null  a\\u000ab\\u001b[2J");
    }
}
