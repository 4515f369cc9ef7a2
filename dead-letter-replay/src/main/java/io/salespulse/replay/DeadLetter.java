package io.salespulse.replay;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;

/**
 * A rejected record with what its headers say (docs/rules.md section 7).
 *
 * @param source where the rejected record is
 * @param reason a {@link Reason}, or one that this version does not know
 * @param sourceTimestamp Kafka's timestamp of the rejected record in epoch milliseconds
 * @param isCut whether bytes of the original are missing
 * @param isReplayed whether the rejected record was a replayed one itself
 */
record DeadLetter(
        SourcePosition source,
        String reason,
        String detail,
        long sourceTimestamp,
        boolean isCut,
        boolean isReplayed,
        ConsumerRecord<byte[], byte[]> record) {
    /** Marks a replayed record: docs/rules.md section 8. */
    static final String REPLAYED_FROM = "replayed.from";

    private static final String REASON = "error.reason";
    private static final String DETAIL = "error.detail";
    private static final String TRUNCATED = "error.truncated";
    private static final String TOPIC = "source.topic";
    private static final String PARTITION = "source.partition";
    private static final String OFFSET = "source.offset";
    private static final String TIMESTAMP = "source.timestamp";
    private static final Set<String> ADDED =
            Set.of(REASON, DETAIL, TOPIC, PARTITION, OFFSET, TIMESTAMP);

    /** Reads the headers; empty if the record is no dead letter of ours. */
    static Optional<DeadLetter> of(ConsumerRecord<byte[], byte[]> record) {
        Headers headers = record.headers();
        String topic = text(headers, TOPIC);
        String reason = text(headers, REASON);
        if (topic == null || reason == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(
                    new DeadLetter(
                            new SourcePosition(
                                    topic,
                                    Integer.parseInt(text(headers, PARTITION)),
                                    Long.parseLong(text(headers, OFFSET))),
                            reason,
                            text(headers, DETAIL),
                            Long.parseLong(text(headers, TIMESTAMP)),
                            headers.lastHeader(TRUNCATED) != null,
                            headers.lastHeader(REPLAYED_FROM) != null,
                            record));
        } catch (NumberFormatException unreadable) {
            return Optional.empty();
        }
    }

    private static String text(Headers headers, String name) {
        Header header = headers.lastHeader(name);
        return header == null || header.value() == null ? null : new String(header.value(), UTF_8);
    }

    /**
     * The rejected record as it was, in its partition, with the mark and without what made it a
     * dead letter. Its timestamp is that of sending: retention and the future rule go by the time
     * at which a record came into the log.
     */
    ProducerRecord<byte[], byte[]> original() {
        Headers headers = new RecordHeaders(originalHeaders());
        headers.remove(REPLAYED_FROM);
        headers.add(REPLAYED_FROM, source.toString().getBytes(UTF_8));
        return new ProducerRecord<>(
                source.topic(), source.partition(), null, record.key(), record.value(), headers);
    }

    /** The original may have had headers of the same names; of each name the last one is ours. */
    private Deque<Header> originalHeaders() {
        Set<String> added = new HashSet<>(ADDED);
        Deque<Header> originals = new ArrayDeque<>();
        Header[] all = record.headers().toArray();
        for (int i = all.length - 1; i >= 0; i--) {
            if (!added.remove(all[i].key())) {
                originals.addFirst(all[i]);
            }
        }
        return originals;
    }

    /** Bytes of key, value and headers: what a batch has to hold. */
    long size() {
        long size = length(record.key()) + length(record.value());
        for (Header header : record.headers()) {
            size += header.key().length() + length(header.value());
        }
        return size;
    }

    private static int length(byte[] bytes) {
        return bytes == null ? 0 : bytes.length;
    }
}
