package io.salespulse.datagen;

import static io.salespulse.datagen.Fixtures.PARTITIONS;
import static io.salespulse.datagen.Fixtures.generator;
import static io.salespulse.datagen.Fixtures.settings;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.salespulse.datagen.ExpectedOutput.Sales;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

class EventSenderTest {

    private static final String TOPIC = "transactions";
    private static final EventMix EVERYTHING = new EventMix(0.1, 0.1, 0.1, 0.1);

    @Test
    void countsWhatBecomesOfEvents() {
        MockProducer<byte[], byte[]> producer = producer(false);
        EventSender sender = sender(producer, Optional.empty(), Optional.empty());
        TransactionGenerator generator = generator(settings(1, EventMix.ORDINARY_ONLY));
        for (int i = 0; i < 3; i++) {
            sender.send(generator.next());
        }
        producer.completeNext();
        producer.errorNext(new RecordTooLargeException("too large"));

        assertThat(sender.counts()).isEqualTo(new EventSender.Counts(3, 1, 1));
        assertThat(sender.counts().onTheirWay()).isEqualTo(1);
        assertThat(sender.firstFailure()).contains("too large");
        assertThat(sender.sentByKind())
                .containsEntry(EventKind.ORDINARY, 3L)
                .containsEntry(EventKind.LATE, 0L);
    }

    @Test
    void onlyAcknowledgedEventsAreExpected() {
        MockProducer<byte[], byte[]> producer = producer(false);
        ExpectedOutput expected = expectedOutput();
        EventSender sender = sender(producer, Optional.of(expected), Optional.empty());
        TransactionGenerator generator = generator(settings(1, EventMix.ORDINARY_ONLY));
        for (int i = 0; i < 3; i++) {
            sender.send(generator.next());
        }
        producer.completeNext();
        producer.errorNext(new RecordTooLargeException("too large"));
        producer.completeNext();

        assertThat(
                        expected.countedRecords()
                                + expected.rejectedRecords().values().stream()
                                        .mapToLong(n -> n)
                                        .sum())
                .isEqualTo(2);
    }

    @Test
    void failedSendIsNotCounted() {
        MockProducer<byte[], byte[]> producer = producer(true);
        producer.sendException = new IllegalStateException("closed");
        EventSender sender = sender(producer, Optional.empty(), Optional.empty());
        Event event = generator(settings(1, EventMix.ORDINARY_ONLY)).next();

        assertThatThrownBy(() -> sender.send(event)).hasMessage("closed");

        assertThat(sender.counts()).isEqualTo(new EventSender.Counts(0, 0, 0));
    }

    @Test
    void expectedOutputIsWhatAReaderOfTheTopicFinds() throws IOException {
        RecordingProducer producer = new RecordingProducer();
        ExpectedOutput expected = expectedOutput();
        EventSender sender = sender(producer, Optional.of(expected), Optional.empty());
        TransactionGenerator generator =
                new TransactionGenerator(
                        settings(11, EVERYTHING, Duration.ofHours(2)),
                        new HistoryRange(
                                        Instant.parse("2026-01-15T10:00:00Z"),
                                        Instant.parse("2026-01-15T16:00:00Z"))
                                .spread(20_000),
                        PARTITIONS);
        for (int i = 0; i < 20_000; i++) {
            sender.send(generator.next());
        }

        Reader reader = new Reader();
        for (ProducerRecord<byte[], byte[]> sent : producer.records) {
            reader.read(sent);
        }
        assertThat(expected.sales()).isEqualTo(reader.sales());
        assertThat(expected.rejectedRecords()).isEqualTo(reader.rejected);
        assertThat(reader.rejected).containsOnlyKeys(RejectionReason.values());
        assertThat(sender.isOutOfOrder()).isFalse();
    }

    @Test
    void printsPartitionOffsetAndDocument() {
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        RecordingProducer producer = new RecordingProducer();
        EventPrinter printer = new EventPrinter(new PrintStream(printed, true, UTF_8));
        EventSender sender = sender(producer, Optional.empty(), Optional.of(printer));
        Event event = generator(settings(1, EventMix.ORDINARY_ONLY)).next();
        sender.send(event);
        String document = new String(event.value, UTF_8);
        event.value = null;
        sender.send(event);

        String place = TOPIC + "-" + event.partition + "@";
        assertThat(printed.toString(UTF_8).lines())
                .containsExactly(place + "0 " + document, place + "1 null");
    }

    private static ExpectedOutput expectedOutput() {
        return new ExpectedOutput(PipelineRules.DEFAULTS, Catalog.store().names(), PARTITIONS);
    }

    private static EventSender sender(
            MockProducer<byte[], byte[]> producer,
            Optional<ExpectedOutput> expected,
            Optional<EventPrinter> printer) {
        return new EventSender(producer, TOPIC, PARTITIONS, expected, printer);
    }

    private static MockProducer<byte[], byte[]> producer(boolean autoComplete) {
        return new MockProducer<>(
                autoComplete, null, new ByteArraySerializer(), new ByteArraySerializer());
    }

    /**
     * Acknowledges at once, and copies what it is given, as Kafka's producer does, which the fake
     * alone does not.
     */
    private static final class RecordingProducer extends MockProducer<byte[], byte[]> {

        private static final long RECORD_TIMESTAMP =
                Instant.parse("2026-02-01T00:00:00Z").toEpochMilli();

        private final List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
        private final long[] nextOffsets = new long[PARTITIONS];

        private RecordingProducer() {
            super(true, null, new ByteArraySerializer(), new ByteArraySerializer());
        }

        @Override
        public synchronized Future<RecordMetadata> send(
                ProducerRecord<byte[], byte[]> sent, Callback callback) {
            int partition = sent.partition();
            byte[] value = sent.value() == null ? null : sent.value().clone();
            records.add(
                    new ProducerRecord<>(
                            sent.topic(), partition, RECORD_TIMESTAMP, sent.key().clone(), value));
            RecordMetadata metadata =
                    new RecordMetadata(
                            new TopicPartition(sent.topic(), partition),
                            nextOffsets[partition]++,
                            0,
                            RECORD_TIMESTAMP,
                            0,
                            0);
            callback.onCompletion(metadata, null);
            return CompletableFuture.completedFuture(metadata);
        }
    }

    /** Applies docs/rules.md to records, with no code of the generator. */
    private static final class Reader {

        private final Map<RejectionReason, Long> rejected = new EnumMap<>(RejectionReason.class);
        private final Map<Instant, Map<String, long[]>> windows = new HashMap<>();
        private final long[] highest = new long[PARTITIONS];

        private Reader() {
            Arrays.fill(highest, Long.MIN_VALUE);
        }

        private void read(ProducerRecord<byte[], byte[]> sent) throws IOException {
            DocumentJudge.Verdict verdict = DocumentJudge.judge(sent.value());
            long highestTime = highest[sent.partition()];
            long windowStart = Math.floorDiv(verdict.eventTime(), 60_000) * 60_000;
            if (verdict.reason() != null) {
                reject(verdict.reason());
            } else if (verdict.eventTime() > sent.timestamp() + 60_000) {
                reject(RejectionReason.FUTURE_TIMESTAMP);
            } else if (highestTime != Long.MIN_VALUE
                    && windowStart + 60_000 + 3_600_000 <= highestTime - 60_000) {
                reject(RejectionReason.LATE_EVENT);
            } else {
                highest[sent.partition()] = Math.max(highestTime, verdict.eventTime());
                long[] cell =
                        windows.computeIfAbsent(
                                        Instant.ofEpochMilli(windowStart), start -> new HashMap<>())
                                .computeIfAbsent(verdict.category(), category -> new long[2]);
                cell[0] += verdict.cents();
                cell[1]++;
            }
        }

        private void reject(RejectionReason reason) {
            rejected.merge(reason, 1L, Long::sum);
        }

        private List<Sales> sales() {
            List<Sales> sales = new ArrayList<>();
            windows.forEach(
                    (start, categories) ->
                            categories.forEach(
                                    (category, cell) ->
                                            sales.add(
                                                    new Sales(
                                                            start,
                                                            category,
                                                            BigDecimal.valueOf(cell[0], 2),
                                                            cell[1]))));
            sales.sort(Comparator.comparing(Sales::windowStart).thenComparing(Sales::category));
            return sales;
        }
    }
}
