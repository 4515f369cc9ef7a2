package io.salespulse.audit;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;

/** Builds the records of a topic by hand, each at the next offset of its partition. */
final class Fixture {
    static final String TOPIC = "transactions";
    static final String DEAD_LETTER_TOPIC = "transactions.dead-letter";
    static final long MINUTE = 60_000;
    static final long HOUR = 60 * MINUTE;
    static final long TEN = millis("2026-01-15T10:00:00Z");

    private final Map<Integer, Long> nextOffsets = new HashMap<>();
    private long nextDeadLetterOffset;

    static long millis(String instant) {
        return Instant.parse(instant).toEpochMilli();
    }

    static PipelineSettings settings(long countedFrom) {
        return new PipelineSettings(TOPIC, "id", MINUTE, MINUTE, HOUR, MINUTE, countedFrom);
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static String transaction(long eventTime, String category, String amount) {
        return "{\"transaction_id\":\"a\",\"timestamp\":%d,\"category\":\"%s\",\"amount\":%s}"
                .formatted(eventTime, category, amount);
    }

    /** A partition whose log no longer holds what came before this offset. */
    Fixture startingAt(int partition, long offset) {
        nextOffsets.put(partition, offset);
        return this;
    }

    ConsumerRecord<byte[], byte[]> sale(
            int partition, long eventTime, String category, String amount) {
        return saleAt(partition, eventTime, eventTime, category, amount);
    }

    ConsumerRecord<byte[], byte[]> saleAt(
            int partition, long recordTimestamp, long eventTime, String category, String amount) {
        return record(partition, recordTimestamp, transaction(eventTime, category, amount));
    }

    /** A record with the key "key" and, by default, no headers. */
    ConsumerRecord<byte[], byte[]> record(int partition, long recordTimestamp, String value) {
        long offset = nextOffsets.merge(partition, 1L, Long::sum) - 1;
        byte[] bytes = value == null ? null : bytes(value);
        return record(
                TOPIC,
                partition,
                offset,
                recordTimestamp,
                bytes("key"),
                bytes,
                new RecordHeaders());
    }

    /** The dead letter that the pipeline owes for this record. */
    ConsumerRecord<byte[], byte[]> deadLetter(
            ConsumerRecord<byte[], byte[]> source, String reason) {
        Headers headers = new RecordHeaders(source.headers().toArray());
        headers.add(DeadLetterHeaders.REASON, bytes(reason));
        headers.add(DeadLetterHeaders.DETAIL, bytes("detail"));
        headers.add(DeadLetterHeaders.TOPIC, bytes(source.topic()));
        headers.add(DeadLetterHeaders.PARTITION, bytes(Integer.toString(source.partition())));
        headers.add(DeadLetterHeaders.OFFSET, bytes(Long.toString(source.offset())));
        headers.add(DeadLetterHeaders.TIMESTAMP, bytes(Long.toString(source.timestamp())));
        return record(
                DEAD_LETTER_TOPIC,
                0,
                nextDeadLetterOffset++,
                source.timestamp(),
                source.key(),
                source.value(),
                headers);
    }

    static ConsumerRecord<byte[], byte[]> withKeyAndValue(
            ConsumerRecord<byte[], byte[]> record, byte[] key, byte[] value) {
        return record(
                record.topic(),
                record.partition(),
                record.offset(),
                record.timestamp(),
                key,
                value,
                record.headers());
    }

    private static ConsumerRecord<byte[], byte[]> record(
            String topic,
            int partition,
            long offset,
            long timestamp,
            byte[] key,
            byte[] value,
            Headers headers) {
        return new ConsumerRecord<>(
                topic,
                partition,
                offset,
                timestamp,
                TimestampType.LOG_APPEND_TIME,
                0,
                0,
                key,
                value,
                headers,
                Optional.empty());
    }
}
