package io.salespulse.audit;

import io.salespulse.audit.Differences.Kind;
import java.time.Instant;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Headers;

/**
 * Checks each dead letter against the recount as it is read, and notes which rejected records have
 * one. A dead letter may be there more than once; each copy must be right. Feed it a dead letter
 * only after the recount has seen all records before its source. Not thread-safe.
 */
final class DeadLetters {
    private final Recount recount;
    private final String sourceTopic;
    private final Map<Integer, RejectedRecords> rejected;
    private final Map<Integer, Long> beginnings;
    private final Range range;
    private final long openedAt;
    private final Fingerprints fingerprints = new Fingerprints();
    private final Differences differences;
    private final Map<Integer, Long> firstTimestamps = new TreeMap<>();
    private long read;
    private long repeated;
    private long ofOtherTopics;
    private long ofRemovedRecords;
    private long outOfRange;

    /**
     * @param beginnings the offset at which each partition of the dead-letter topic begins
     * @param range dead letters whose source timestamp lies outside are not looked at
     * @param now the time at which the partitions were found to begin where they begin
     * @param maxDifferences how many texts of differences are kept
     */
    DeadLetters(
            Recount recount,
            Map<Integer, Long> beginnings,
            Range range,
            Instant now,
            int maxDifferences) {
        this.recount = recount;
        this.sourceTopic = recount.settings().topic();
        this.rejected = recount.rejectedRecords();
        this.beginnings = beginnings;
        this.range = range;
        this.openedAt = now.toEpochMilli();
        this.differences = new Differences(maxDifferences);
    }

    void accept(ConsumerRecord<byte[], byte[]> deadLetter) {
        read++;
        firstTimestamps.putIfAbsent(deadLetter.partition(), deadLetter.timestamp());
        String topic = DeadLetterHeaders.text(deadLetter.headers(), DeadLetterHeaders.TOPIC);
        OptionalLong partition =
                DeadLetterHeaders.number(deadLetter.headers(), DeadLetterHeaders.PARTITION);
        OptionalLong offset =
                DeadLetterHeaders.number(deadLetter.headers(), DeadLetterHeaders.OFFSET);
        if (topic != null && !topic.equals(sourceTopic)) {
            ofOtherTopics++;
        } else if (topic == null || partition.isEmpty() || offset.isEmpty()) {
            differences.add(
                    Kind.UNREADABLE_DEAD_LETTER,
                    () ->
                            position(deadLetter)
                                    + ": no readable source.topic, source.partition and source.offset");
        } else if (isOutOfRange(deadLetter.headers())) {
            outOfRange++;
        } else if (recount.isRemoved(partition.getAsLong(), offset.getAsLong())) {
            ofRemovedRecords++;
        } else {
            match(deadLetter, partition.getAsLong(), offset.getAsLong());
        }
    }

    private boolean isOutOfRange(Headers headers) {
        OptionalLong timestamp = DeadLetterHeaders.number(headers, DeadLetterHeaders.TIMESTAMP);
        return timestamp.isPresent() && !range.holds(timestamp.getAsLong());
    }

    private void match(ConsumerRecord<byte[], byte[]> deadLetter, long partition, long offset) {
        RejectedRecords records =
                partition == (int) partition ? rejected.get((int) partition) : null;
        int index = records == null ? RejectedRecords.NOT_FOUND : records.indexOf(offset);
        String name =
                position(deadLetter)
                        + ", the dead letter of "
                        + sourceTopic
                        + "-"
                        + partition
                        + "@"
                        + offset;
        if (index == RejectedRecords.NOT_FOUND) {
            String reason = DeadLetterHeaders.text(deadLetter.headers(), DeadLetterHeaders.REASON);
            differences.add(
                    Kind.FOREIGN_DEAD_LETTER,
                    () ->
                            name
                                    + ": that record was not rejected, here it has reason "
                                    + Text.visible(reason));
            return;
        }
        if (records.hasDeadLetter(index)) {
            repeated++;
        }
        records.setHasDeadLetter(index);
        compare(deadLetter, records, index, name);
    }

    private void compare(
            ConsumerRecord<byte[], byte[]> deadLetter,
            RejectedRecords records,
            int index,
            String name) {
        String reason = DeadLetterHeaders.text(deadLetter.headers(), DeadLetterHeaders.REASON);
        if (!records.reason(index).name().equals(reason)) {
            differences.add(
                    Kind.WRONG_REASON,
                    () ->
                            name
                                    + ": reason "
                                    + Text.visible(reason)
                                    + ", expected "
                                    + records.reason(index));
        }
        boolean cut = isCut(deadLetter, records, index);
        if (fingerprints.of(deadLetter.key()) != records.keyFingerprint(index)
                && !(cut && isShorter(deadLetter.key(), records.keySize(index)))) {
            differences.add(Kind.WRONG_BYTES, () -> name + ": its key differs from the original");
        }
        if (fingerprints.of(deadLetter.value()) != records.valueFingerprint(index)
                && !(cut && isShorter(deadLetter.value(), records.valueSize(index)))) {
            differences.add(Kind.WRONG_BYTES, () -> name + ": its value differs from the original");
        }
        if (fingerprints.of(deadLetter.headers()) != records.headersFingerprint(index)) {
            differences.add(
                    Kind.WRONG_HEADERS,
                    () -> name + ": the original headers are missing or changed");
        }
        if (!hasHeadersOfItsOwn(deadLetter.headers(), records.timestamp(index))) {
            differences.add(
                    Kind.WRONG_HEADERS,
                    () -> name + ": error.detail or source.timestamp is missing or wrong");
        }
    }

    /**
     * Bytes that were cut cannot be compared, but they must be fewer, and the value's right
     * original size must be named.
     */
    private static boolean isCut(
            ConsumerRecord<byte[], byte[]> deadLetter, RejectedRecords records, int index) {
        OptionalLong originalSize =
                DeadLetterHeaders.number(deadLetter.headers(), DeadLetterHeaders.TRUNCATED);
        return originalSize.isPresent() && originalSize.getAsLong() == records.valueSize(index);
    }

    private static boolean isShorter(byte[] bytes, int originalSize) {
        return bytes != null && bytes.length < originalSize;
    }

    private static boolean hasHeadersOfItsOwn(Headers headers, long sourceTimestamp) {
        OptionalLong timestamp = DeadLetterHeaders.number(headers, DeadLetterHeaders.TIMESTAMP);
        return DeadLetterHeaders.text(headers, DeadLetterHeaders.DETAIL) != null
                && timestamp.isPresent()
                && timestamp.getAsLong() == sourceTimestamp;
    }

    private static String position(ConsumerRecord<byte[], byte[]> record) {
        return record.topic() + "-" + record.partition() + "@" + record.offset();
    }

    /**
     * Returns the latest source timestamp, in epoch milliseconds, whose dead letter may have been
     * removed from the dead-letter topic. A dead letter is written after its source, so later ones
     * are still there.
     */
    long removedUpTo() {
        return beginnings.entrySet().stream()
                .filter(beginning -> beginning.getValue() > 0)
                .mapToLong(beginning -> firstTimestamps.getOrDefault(beginning.getKey(), openedAt))
                .max()
                .orElse(Long.MIN_VALUE);
    }

    /** The source timestamps whose dead letters are looked at. */
    Range range() {
        return range;
    }

    /** What is wrong with dead letters that were read; missing ones are not among them. */
    Differences differences() {
        return differences;
    }

    long read() {
        return read;
    }

    long repeated() {
        return repeated;
    }

    long ofOtherTopics() {
        return ofOtherTopics;
    }

    long ofRemovedRecords() {
        return ofRemovedRecords;
    }

    long outOfRange() {
        return outOfRange;
    }
}
