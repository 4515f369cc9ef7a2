package io.salespulse.audit;

import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.record.TimestampType;

/**
 * Counts the records of a topic anew by docs/rules.md. Fed with every record of each partition in
 * the order of the offsets, the partitions in any order among each other; it knows neither Kafka
 * nor the database. Not thread-safe.
 *
 * <p>Where the log no longer begins at offset 0, it may be impossible to tell a late record of an
 * old window from a counted one, since the record that made it late may be gone. Such a record
 * counts as <em>perhaps late</em>; its window always starts before {@link #boundary}.
 */
final class Recount {
    private static final long NO_EVENT = Long.MIN_VALUE;
    private static final String REPLAYED_FROM = "replayed.from";

    private final PipelineSettings settings;
    private final TransactionParser parser = new TransactionParser();
    private final Map<Integer, Partition> partitions = new TreeMap<>();
    private final Tally<SalesKey> sales = new Tally<>();
    private final Tally<RejectionKey> rejections = new Tally<>();
    private final Tally<RejectionKey> perhapsLate = new Tally<>();
    private final Map<Reason, Long> rejectedByReason = new EnumMap<>(Reason.class);
    private long records;
    private long counted;
    private long replayed;
    private long outside;
    private long perhapsLateCount;
    private boolean producerTimestamps;

    /**
     * @param beginnings the offset at which each partition begins; above 0 where the log was
     *     trimmed
     */
    Recount(PipelineSettings settings, Map<Integer, Long> beginnings) {
        this.settings = settings;
        beginnings.forEach((number, beginning) -> partitions.put(number, new Partition(beginning)));
    }

    void accept(ConsumerRecord<byte[], byte[]> record) {
        Partition partition = partitions.get(record.partition());
        partition.see(record.timestamp(), settings.maxFutureSkew());
        producerTimestamps |= record.timestampType() == TimestampType.CREATE_TIME;
        records++;
        Parsed parsed = parser.parse(record.value());
        if (parsed.rejection() != null) {
            reject(partition, record, parsed.rejection());
        } else if (isFuture(parsed.eventTime(), record.timestamp())) {
            reject(partition, record, Reason.FUTURE_TIMESTAMP);
        } else {
            judgeWindow(partition, record, parsed);
        }
    }

    private void judgeWindow(
            Partition partition, ConsumerRecord<byte[], byte[]> record, Parsed parsed) {
        long windowStart = settings.windowStart(parsed.eventTime());
        long lateFrom = windowStart + settings.lateAfter();
        if (windowStart < settings.countedFrom()) {
            outside++;
        } else if (isReplayed(record)) {
            replayed++;
            count(windowStart, parsed);
            return;
        } else if (lateFrom <= partition.highestEventTime) {
            reject(partition, record, Reason.LATE_EVENT);
            return;
        } else {
            count(windowStart, parsed);
            if (lateFrom <= partition.removedUpTo) {
                perhapsLateCount++;
                perhapsLate.add(RejectionKey.of(record.timestamp(), Reason.LATE_EVENT), 0);
                partition.rejected.add(record, Reason.LATE_EVENT, false);
            }
        }
        partition.highestEventTime = Math.max(partition.highestEventTime, parsed.eventTime());
    }

    private void count(long windowStart, Parsed parsed) {
        counted++;
        sales.add(new SalesKey(windowStart, parsed.category()), parsed.cents());
    }

    /** Such a record is never late, and makes none late: docs/rules.md section 8. */
    private static boolean isReplayed(ConsumerRecord<byte[], byte[]> record) {
        return record.headers().lastHeader(REPLAYED_FROM) != null;
    }

    private boolean isFuture(long eventTime, long recordTimestamp) {
        return eventTime - settings.maxFutureSkew() > recordTimestamp;
    }

    private void reject(Partition partition, ConsumerRecord<byte[], byte[]> record, Reason reason) {
        rejectedByReason.merge(reason, 1L, Long::sum);
        rejections.add(RejectionKey.of(record.timestamp(), reason), 0);
        partition.rejected.add(record, reason, true);
    }

    /**
     * What came before this moment has reached the pipeline when it is given time enough; what
     * comes later may be on its way.
     */
    void mark() {
        sales.mark();
        rejections.mark();
        perhapsLate.mark();
        partitions.values().forEach(partition -> partition.rejected.mark());
    }

    /**
     * Returns the start of the first window that can be recounted, in epoch milliseconds: {@code
     * counted_from}, or the boundary of docs/rules.md section 6 for the log as it is now if that is
     * later. A trimmed partition without any record left may have held anything until now.
     *
     * @param now the time at which the partitions were found to begin where they begin
     */
    long boundary(Instant now) {
        return partitions.values().stream()
                .filter(Partition::isTrimmed)
                .mapToLong(
                        partition ->
                                partition.removedUpTo(
                                        now.toEpochMilli() + settings.maxFutureSkew()))
                .map(removedUpTo -> settings.windowStartFrom(removedUpTo + 1))
                .reduce(settings.countedFrom(), Math::max);
    }

    boolean isTrimmed() {
        return partitions.values().stream().anyMatch(Partition::isTrimmed);
    }

    PipelineSettings settings() {
        return settings;
    }

    Tally<SalesKey> sales() {
        return sales;
    }

    Tally<RejectionKey> rejections() {
        return rejections;
    }

    /**
     * Records that count here and that the pipeline may rightly have rejected as late, by minute.
     */
    Tally<RejectionKey> perhapsLate() {
        return perhapsLate;
    }

    /** The rejected records of each partition, with those that are perhaps late. */
    Map<Integer, RejectedRecords> rejectedRecords() {
        Map<Integer, RejectedRecords> rejected = new TreeMap<>();
        partitions.forEach((number, partition) -> rejected.put(number, partition.rejected));
        return rejected;
    }

    /** Whether the log once held this offset and no longer does. */
    boolean isRemoved(long partition, long offset) {
        return partitions.entrySet().stream()
                .anyMatch(
                        entry ->
                                entry.getKey() == partition && offset < entry.getValue().beginning);
    }

    long records() {
        return records;
    }

    long counted() {
        return counted;
    }

    /** How many of the counted records are dead letters that were sent to the topic again. */
    long replayed() {
        return replayed;
    }

    long rejected() {
        return rejectedByReason.values().stream().mapToLong(Long::longValue).sum();
    }

    long outside() {
        return outside;
    }

    long perhapsLateCount() {
        return perhapsLateCount;
    }

    /** The reasons that occurred, in the order of the rules. */
    Map<Reason, Long> rejectedByReason() {
        return rejectedByReason;
    }

    /** Whether producers, not the broker, set the record timestamps. */
    boolean hasProducerTimestamps() {
        return producerTimestamps;
    }

    private static final class Partition {
        private final long beginning;
        private final RejectedRecords rejected = new RejectedRecords();
        private long highestEventTime = NO_EVENT;
        private long removedUpTo = NO_EVENT;
        private boolean empty = true;

        Partition(long beginning) {
            this.beginning = beginning;
        }

        /** The first record left bounds the event times of those that were removed. */
        void see(long recordTimestamp, long maxFutureSkew) {
            if (empty && isTrimmed()) {
                removedUpTo = recordTimestamp + maxFutureSkew;
            }
            empty = false;
        }

        boolean isTrimmed() {
            return beginning > 0;
        }

        long removedUpTo(long ifEmpty) {
            return empty ? ifEmpty : removedUpTo;
        }
    }
}
