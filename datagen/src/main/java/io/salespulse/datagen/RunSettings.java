package io.salespulse.datagen;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * One run.
 *
 * @param count how many events to send; always there if {@code history} is
 * @param duration how long to send; without it and {@code count} until stopped
 * @param history the range of event times; without it events happen now
 * @param expectedOutput where to write what the tables must hold
 * @param print whether to print each acknowledged event
 */
record RunSettings(
        KafkaSettings kafka,
        GeneratorSettings generator,
        Rate rate,
        OptionalLong count,
        Optional<Duration> duration,
        Optional<HistoryRange> history,
        Optional<Path> expectedOutput,
        boolean print) {

    /** {@link Long#MAX_VALUE} for no limit. */
    long durationNanos() {
        return duration.map(Duration::toNanos).orElse(Long.MAX_VALUE);
    }
}
