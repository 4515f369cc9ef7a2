package io.salespulse.datagen;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.time.Duration;
import java.time.Instant;

/** Settings and events for tests. */
final class Fixtures {

    static final Instant TEN_O_CLOCK = Instant.parse("2026-01-15T10:00:00Z");
    static final int PARTITIONS = 4;

    /** Live times from a clock that goes on by 10 ms with each event. */
    static final EventTimes TICKING = index -> TEN_O_CLOCK.toEpochMilli() + 10 * index;

    private Fixtures() {}

    static GeneratorSettings settings(long seed, EventMix mix) {
        return settings(seed, mix, Duration.ZERO);
    }

    static GeneratorSettings settings(long seed, EventMix mix, Duration maxOutOfOrderness) {
        return new GeneratorSettings(
                seed, Catalog.store(), 0, mix, maxOutOfOrderness, PipelineRules.DEFAULTS);
    }

    static TransactionGenerator generator(GeneratorSettings settings) {
        return new TransactionGenerator(settings, TICKING, PARTITIONS);
    }

    static Snapshot snapshot(Event event) {
        return new Snapshot(
                event.kind,
                event.partition,
                new String(event.key, ISO_8859_1),
                event.value == null ? null : new String(event.value, ISO_8859_1),
                event.documentFault,
                event.eventTime,
                event.category,
                event.cents);
    }

    /**
     * An event as it was, whatever the generator does next, and quick to compare.
     *
     * @param value the document with one character for each byte
     */
    record Snapshot(
            EventKind kind,
            int partition,
            String key,
            String value,
            RejectionReason documentFault,
            long eventTime,
            int category,
            long cents) {

        byte[] document() {
            return value == null ? null : value.getBytes(ISO_8859_1);
        }

        Snapshot as(EventKind otherKind) {
            return new Snapshot(
                    otherKind, partition, key, value, documentFault, eventTime, category, cents);
        }
    }
}
