package io.salespulse.datagen;

import java.time.Duration;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.errors.InterruptException;

/**
 * Sends events and counts what becomes of them. One thread sends; any thread may read the counts;
 * {@link #expected} is complete once {@link #close} has returned.
 */
final class EventSender {

    private static final long UNKNOWN_OFFSET = -1;

    private final Producer<byte[], byte[]> producer;
    private final String topic;
    private final Optional<ExpectedOutput> expected;
    private final Optional<EventPrinter> printer;
    private final Callback countOnly = (metadata, failure) -> count(failure);
    private final long[] sentByKind = new long[EventKind.values().length];
    private final long[] lastOffsets;
    private final AtomicLong sent = new AtomicLong();
    private final AtomicLong acknowledged = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();
    private volatile String firstFailure;
    private volatile boolean outOfOrder;

    EventSender(
            Producer<byte[], byte[]> producer,
            String topic,
            int partitions,
            Optional<ExpectedOutput> expected,
            Optional<EventPrinter> printer) {
        this.producer = producer;
        this.topic = topic;
        this.expected = expected;
        this.printer = printer;
        this.lastOffsets = new long[partitions];
        Arrays.fill(lastOffsets, UNKNOWN_OFFSET);
    }

    /**
     * Hands an event to the producer, which copies its bytes before this returns; blocks while the
     * producer's buffer is full.
     *
     * @throws InterruptException if the thread was interrupted; the event was then not sent
     * @throws org.apache.kafka.common.KafkaException if the producer can send no more
     */
    void send(Event event) {
        Callback callback = expected.isEmpty() && printer.isEmpty() ? countOnly : receipt(event);
        sent.lazySet(sent.getPlain() + 1);
        try {
            producer.send(
                    new ProducerRecord<>(topic, event.partition, event.key, event.value), callback);
        } catch (RuntimeException e) {
            sent.lazySet(sent.getPlain() - 1);
            throw e;
        }
        sentByKind[event.kind.ordinal()]++;
    }

    /**
     * Waits until all that was sent is acknowledged, however long that takes.
     *
     * @throws InterruptException if the thread is interrupted
     */
    void flush() {
        producer.flush();
    }

    /** Waits this long for acknowledgements; what has none by then counts as failed. */
    void close(Duration patience) {
        producer.close(patience);
    }

    Counts counts() {
        // Acknowledged and failed first: they must never look greater than what was sent.
        long acknowledgedNow = acknowledged.get();
        long failedNow = failed.get();
        return new Counts(sent.get(), acknowledgedNow, failedNow);
    }

    /** How many events of each kind were sent; for the sending thread. */
    Map<EventKind, Long> sentByKind() {
        Map<EventKind, Long> kinds = new EnumMap<>(EventKind.class);
        for (EventKind kind : EventKind.values()) {
            kinds.put(kind, sentByKind[kind.ordinal()]);
        }
        return kinds;
    }

    Optional<ExpectedOutput> expected() {
        return expected;
    }

    Optional<String> firstFailure() {
        return Optional.ofNullable(firstFailure);
    }

    /**
     * Whether acknowledgements came in another order than offsets, so that {@link #expected} cannot
     * be relied on.
     */
    boolean isOutOfOrder() {
        return outOfOrder;
    }

    private Callback receipt(Event event) {
        byte[] copy = printer.isPresent() && event.value != null ? event.value.clone() : null;
        SentEvent kept =
                new SentEvent(
                        event.documentFault, event.eventTime, event.category, event.cents, copy);
        return (metadata, failure) -> {
            if (failure == null) {
                acknowledged(metadata, kept);
            }
            count(failure);
        };
    }

    private void acknowledged(RecordMetadata metadata, SentEvent event) {
        int partition = metadata.partition();
        if (metadata.hasOffset()) {
            outOfOrder |= metadata.offset() <= lastOffsets[partition];
            lastOffsets[partition] = metadata.offset();
        }
        expected.ifPresent(output -> output.add(partition, metadata.timestamp(), event));
        printer.ifPresent(output -> output.print(metadata, event.value()));
    }

    private void count(Exception failure) {
        if (failure == null) {
            acknowledged.incrementAndGet();
            return;
        }
        if (firstFailure == null) {
            firstFailure = Failures.rootMessage(failure);
        }
        failed.incrementAndGet();
    }

    /** What became of the events: {@code sent = acknowledged + failed + on their way}. */
    record Counts(long sent, long acknowledged, long failed) {

        long onTheirWay() {
            return sent - acknowledged - failed;
        }
    }
}
