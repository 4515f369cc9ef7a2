package io.salespulse.sink;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.salespulse.rejection.Rejection;
import java.util.Arrays;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;

/**
 * A rejection as a record of the dead-letter topic: the original key, value and headers, and why
 * and where from (docs/rules.md section 7). What would not fit into the topic is cut and says so,
 * because a dead letter that Kafka refuses would stop the job for ever.
 */
final class DeadLetterSerializer implements KafkaRecordSerializationSchema<Rejection> {

    static final String TRUNCATED = "error.truncated";

    /** Room for our own headers, and for what Kafka adds to a record and a batch. */
    private static final int OVERHEAD_BYTES = 2_048;

    private final String deadLetterTopic;
    private final String sourceTopic;
    private final int maxMessageBytes;

    DeadLetterSerializer(String deadLetterTopic, String sourceTopic, int maxMessageBytes) {
        this.deadLetterTopic = deadLetterTopic;
        this.sourceTopic = sourceTopic;
        this.maxMessageBytes = maxMessageBytes;
    }

    @Override
    public ProducerRecord<byte[], byte[]> serialize(
            Rejection rejection, KafkaSinkContext context, Long timestamp) {
        int room = Math.max(0, maxMessageBytes - OVERHEAD_BYTES);
        int headerBytes = headerBytes(rejection);
        Headers headers = new RecordHeaders();
        byte[] key = rejection.key;
        byte[] value = rejection.value;
        if ((long) headerBytes + length(key) + length(value) <= room) {
            copyHeaders(rejection, headers);
        } else {
            if (headerBytes <= room / 4) {
                copyHeaders(rejection, headers);
                room -= headerBytes;
            }
            key = cut(key, room / 2);
            value = cut(value, room - length(key));
            add(headers, TRUNCATED, String.valueOf(length(rejection.value)));
        }
        describe(rejection, headers);
        return new ProducerRecord<>(deadLetterTopic, null, key, value, headers);
    }

    private void describe(Rejection rejection, Headers headers) {
        add(headers, "error.reason", rejection.reason.name());
        add(headers, "error.detail", rejection.detail);
        add(headers, "source.topic", sourceTopic);
        add(headers, "source.partition", String.valueOf(rejection.partition));
        add(headers, "source.offset", String.valueOf(rejection.offset));
        add(headers, "source.timestamp", String.valueOf(rejection.recordTimestamp));
    }

    private static void add(Headers headers, String key, String value) {
        headers.add(key, value.getBytes(UTF_8));
    }

    private static void copyHeaders(Rejection rejection, Headers headers) {
        for (int i = 0; i < rejection.headerKeys.length; i++) {
            headers.add(rejection.headerKeys[i], rejection.headerValues[i]);
        }
    }

    private static int headerBytes(Rejection rejection) {
        int bytes = 0;
        for (int i = 0; i < rejection.headerKeys.length; i++) {
            bytes += 3 * rejection.headerKeys[i].length() + length(rejection.headerValues[i]) + 10;
        }
        return bytes;
    }

    private static byte[] cut(byte[] bytes, int room) {
        return bytes == null || bytes.length <= room ? bytes : Arrays.copyOf(bytes, room);
    }

    private static int length(byte[] bytes) {
        return bytes == null ? 0 : bytes.length;
    }
}
