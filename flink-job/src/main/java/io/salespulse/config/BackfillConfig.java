package io.salespulse.config;

import java.time.Instant;
import java.util.Optional;

/**
 * Which windows to recompute, and how far a backfill may go.
 *
 * @param from event time of the first window; empty with {@code repair}
 * @param to event time of the end of the last window, exclusive; empty for as far as windows are
 *     final
 * @param allowPartial take what is complete of a range whose beginning the topic no longer holds
 * @param repair the windows in the table {@code repairs} instead of a range
 * @param replace make rows equal to the topic even if that lowers or removes them
 */
public record BackfillConfig(
        Optional<Instant> from,
        Optional<Instant> to,
        boolean allowPartial,
        boolean repair,
        boolean replace) {}
