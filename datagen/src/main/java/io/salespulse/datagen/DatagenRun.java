package io.salespulse.datagen;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;

/** One run from the first look at Kafka to the totals. */
final class DatagenRun {

    /** How long a stopped run waits for the acknowledgements that are missing. */
    private static final Duration STOP_PATIENCE = Duration.ofSeconds(10);

    private final RunSettings settings;
    private final StopSignal stop;
    private final PrintStream events;
    private final PrintStream messages;
    private Optional<String> refusal = Optional.empty();

    /**
     * @param events where events are printed
     * @param messages where everything else is printed
     */
    DatagenRun(RunSettings settings, StopSignal stop, PrintStream events, PrintStream messages) {
        this.settings = settings;
        this.stop = stop;
        this.events = events;
        this.messages = messages;
    }

    /**
     * Blocks until all is sent and acknowledged, or the run is stopped.
     *
     * @return whether every event that was sent was acknowledged, and the expected output could be
     *     written
     * @throws UserException if the run cannot begin
     * @throws InterruptedException if it was stopped before it could begin
     */
    boolean execute() throws InterruptedException {
        int partitions = prepareTopics();
        describeRun(partitions);
        Optional<EventPrinter> printer =
                settings.print() ? Optional.of(new EventPrinter(events)) : Optional.empty();
        Optional<ExpectedOutput> expected =
                settings.expectedOutput().map(file -> newExpectedOutput(partitions));
        EventSender sender =
                new EventSender(
                        createProducer(), settings.kafka().topic(), partitions, expected, printer);
        Pacer pacer = settings.rate().pacer(settings.durationNanos(), Ticker.SYSTEM);
        long startNanos = System.nanoTime();
        try (StatusReporter status =
                new StatusReporter(sender, pacer, barOf(), stopIfUnread(printer), messages)) {
            status.start();
            sendAll(sender, newGenerator(partitions), pacer);
            awaitAcknowledgements(sender);
        }
        tellOfGivenUp(pacer.givenUp());
        return conclude(sender, Duration.ofNanos(System.nanoTime() - startNanos));
    }

    private int prepareTopics() throws InterruptedException {
        try (Topics topics = new Topics(settings.kafka(), messages)) {
            int partitions = topics.prepare();
            if (settings.expectedOutput().isPresent()) {
                warnIfNotEmpty(topics.countRecords(partitions));
            }
            return partitions;
        }
    }

    private void warnIfNotEmpty(long records) {
        if (records > 0) {
            messages.printf(
                    Locale.ROOT,
                    "note: the topic holds %,d records already; the expected output describes this run only%n",
                    records);
        }
    }

    private void describeRun(int partitions) {
        messages.printf(
                Locale.ROOT,
                "sending to %s (%d partition%s) at %s; --seed %d repeats this run%n",
                settings.kafka().topic(),
                partitions,
                partitions == 1 ? "" : "s",
                settings.kafka().bootstrapServers(),
                settings.generator().seed());
    }

    private Producer<byte[], byte[]> createProducer() throws InterruptedException {
        try {
            Producer<byte[], byte[]> producer =
                    new KafkaProducer<>(settings.kafka().producerConfig(settings.rate()));
            // The producer's first look at the topic takes a while that the schedule must not
            // suffer from.
            producer.partitionsFor(settings.kafka().topic());
            return producer;
        } catch (InterruptException e) {
            throw new InterruptedException(e.getMessage());
        } catch (KafkaException e) {
            throw new UserException("Kafka producer: " + Failures.rootMessage(e), e);
        }
    }

    private TransactionGenerator newGenerator(int partitions) {
        EventTimes times =
                settings.history()
                        .map(range -> range.spread(settings.count().orElseThrow()))
                        .orElseGet(() -> EventTimes.live(Clock.systemUTC()));
        return new TransactionGenerator(settings.generator(), times, partitions);
    }

    private ExpectedOutput newExpectedOutput(int partitions) {
        return new ExpectedOutput(
                settings.generator().rules(), settings.generator().catalog().names(), partitions);
    }

    private OptionalLong barOf() {
        return System.console() != null && !settings.print()
                ? settings.count()
                : OptionalLong.empty();
    }

    private Runnable stopIfUnread(Optional<EventPrinter> printer) {
        return () -> {
            if (printer.map(EventPrinter::isClosed).orElse(false)) {
                stop.request();
            }
        };
    }

    private void sendAll(EventSender sender, TransactionGenerator generator, Pacer pacer) {
        long count = settings.count().orElse(Long.MAX_VALUE);
        try {
            for (long sent = 0; sent < count && !stop.isRequested() && pacer.awaitNext(); sent++) {
                sender.send(generator.next());
            }
        } catch (InterruptException e) {
            // The stop signal found the producer waiting for room in its buffer.
        } catch (KafkaException e) {
            refusal = Optional.of(Failures.rootMessage(e));
        }
    }

    private void awaitAcknowledgements(EventSender sender) {
        try {
            if (!stop.isRequested() && refusal.isEmpty()) {
                sender.flush();
            }
        } catch (InterruptException e) {
            // Stopped while waiting: from here on patience has an end.
        }
        // An interrupt has told all that it had to tell, and would end the producer before its last
        // acknowledgements.
        Thread.interrupted();
        sender.close(STOP_PATIENCE);
    }

    private void tellOfGivenUp(long events) {
        if (events > 0) {
            messages.printf(
                    Locale.ROOT,
                    "note: %,d events that were due were not sent: Kafka or this machine could not keep up with --rate%n",
                    events);
        }
    }

    private boolean conclude(EventSender sender, Duration sending) {
        EventSender.Counts counts = sender.counts();
        messages.println(Status.totals(counts, sending, cpuTime()));
        String kinds =
                sender.sentByKind().entrySet().stream()
                        .filter(
                                entry ->
                                        entry.getKey() != EventKind.ORDINARY
                                                && entry.getValue() > 0)
                        .map(
                                entry ->
                                        String.format(
                                                Locale.ROOT,
                                                "%,d %s",
                                                entry.getValue(),
                                                entry.getKey().label()))
                        .collect(Collectors.joining(", "));
        if (!kinds.isEmpty()) {
            messages.println("of these: " + kinds);
        }
        refusal.ifPresent(
                reason -> messages.println("ERROR: Kafka takes no more events: " + reason));
        if (counts.failed() > 0) {
            messages.printf(
                    Locale.ROOT,
                    "ERROR: %,d events were not acknowledged and may or may not be in the topic: %s%n",
                    counts.failed(),
                    sender.firstFailure().orElseThrow());
        }
        boolean written = writeExpectedOutput(sender);
        return refusal.isEmpty() && counts.failed() == 0 && written;
    }

    private boolean writeExpectedOutput(EventSender sender) {
        if (settings.expectedOutput().isEmpty()) {
            return true;
        }
        Path file = settings.expectedOutput().get();
        ExpectedOutput expected = sender.expected().orElseThrow();
        try {
            expected.write(file);
        } catch (IOException e) {
            messages.printf("ERROR: --expected-output %s cannot be written: %s%n", file, e);
            return false;
        }
        messages.printf(
                Locale.ROOT,
                "expected output: %,d counted in %s; rejected in %s: %s%n",
                expected.countedRecords(),
                file,
                ExpectedOutput.rejectionsFile(file),
                describe(expected.rejectedRecords()));
        if (sender.counts().failed() > 0) {
            messages.println(
                    "ERROR: the expected output is not reliable: it counts acknowledged events only");
        }
        if (sender.isOutOfOrder()) {
            messages.println(
                    "ERROR: the expected output is not reliable: acknowledgements came out of order");
        }
        return !sender.isOutOfOrder();
    }

    private static String describe(Map<RejectionReason, Long> rejected) {
        return rejected.isEmpty()
                ? "none"
                : rejected.entrySet().stream()
                        .map(
                                entry ->
                                        String.format(
                                                Locale.ROOT,
                                                "%,d %s",
                                                entry.getValue(),
                                                entry.getKey()))
                        .collect(Collectors.joining(", "));
    }

    private static Duration cpuTime() {
        return ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO);
    }
}
