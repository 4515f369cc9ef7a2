package io.salespulse.backfill;

import io.salespulse.config.BackfillConfig;
import io.salespulse.config.JobConfig;
import io.salespulse.config.StartRefusedException;
import java.time.Instant;
import java.util.Optional;

/**
 * Keeps {@code --replace} away from windows whose sums the live job still holds. It could write
 * such a row while the backfill runs, and the backfill, which has not seen that, would take it
 * back; the live job would not write it again. Older windows it only marks in {@code repairs}.
 */
final class ReplaceLimit {

    private ReplaceLimit() {}

    /**
     * @return the backfill, which ends at the limit if it was given no end
     * @throws StartRefusedException if it ends later
     */
    static BackfillConfig apply(
            JobConfig config, BackfillConfig backfill, BackfillSession.LiveJob liveJob) {
        if (!backfill.replace() || !liveJob.known()) {
            return backfill;
        }
        Instant limit = limit(config, liveJob);
        Instant end = backfill.to().orElse(limit);
        if (!backfill.from().orElseThrow().isBefore(end)) {
            end = backfill.from().orElseThrow().plus(config.rules().windowSize());
        }
        long size = config.rules().windowSize().toMillis();
        long wholeEnd = Math.floorDiv(end.toEpochMilli() + size - 1, size) * size;
        if (wholeEnd > limit.toEpochMilli()) {
            Instant wholeEndTime = Instant.ofEpochMilli(wholeEnd);
            throw new StartRefusedException(
                    ("--replace is only for windows that the live job no longer keeps (--state-retention %s):"
                                    + " now those that end by %s. Those up to %s can be replaced when its"
                                    + " watermark has passed %s; until then the backfill without --replace"
                                    + " raises what is too low.")
                            .formatted(
                                    config.stateRetention(),
                                    limit,
                                    wholeEndTime,
                                    wholeEndTime.plus(config.stateRetention())));
        }
        return new BackfillConfig(
                backfill.from(),
                Optional.of(end),
                backfill.allowPartial(),
                backfill.repair(),
                backfill.replace());
    }

    /** The live job keeps a window until its watermark is the state retention past the end. */
    private static Instant limit(JobConfig config, BackfillSession.LiveJob liveJob) {
        long watermark =
                liveJob.watermark()
                        // Before it is idle a partition without events holds the watermark at 0.
                        .filter(known -> known > 0)
                        .orElseThrow(
                                () ->
                                        new StartRefusedException(
                                                "--replace must know how far the live job is, and it has just"
                                                        + " started: try again in a minute."));
        return Instant.ofEpochMilli(
                config.rules()
                        .windowStart(
                                Math.max(0, watermark + 1 - config.stateRetention().toMillis())));
    }
}
