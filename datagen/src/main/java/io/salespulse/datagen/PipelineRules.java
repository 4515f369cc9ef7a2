package io.salespulse.datagen;

import java.time.Duration;

/**
 * The settings of the pipeline that decide which window a record counts in and whether it counts
 * (docs/rules.md, sections 1 and 5). All times are epoch milliseconds; all durations are whole
 * milliseconds.
 *
 * @param windowSize positive
 * @param maxOutOfOrderness how far the pipeline lets event times lag behind the newest one; not
 *     negative
 * @param allowedLateness not negative
 * @param maxFutureSkew not negative
 */
record PipelineRules(
        Duration windowSize,
        Duration maxOutOfOrderness,
        Duration allowedLateness,
        Duration maxFutureSkew) {

    /** The highest event time of a partition that has no counted record yet. */
    static final long NO_EVENT = Long.MIN_VALUE;

    static final PipelineRules DEFAULTS =
            new PipelineRules(
                    Duration.ofMinutes(1),
                    Duration.ofMinutes(1),
                    Duration.ofHours(1),
                    Duration.ofMinutes(1));

    long windowStart(long eventTime) {
        return Math.floorDiv(eventTime, windowSize.toMillis()) * windowSize.toMillis();
    }

    boolean isFuture(long eventTime, long recordTimestamp) {
        return eventTime > recordTimestamp + maxFutureSkew.toMillis();
    }

    /**
     * @param highestEventTime of the records before it in its partition that were not rejected, or
     *     {@link #NO_EVENT}
     */
    boolean isLate(long eventTime, long highestEventTime) {
        return highestEventTime != NO_EVENT && eventTime <= latestLateTime(highestEventTime);
    }

    /**
     * The newest event time that is late behind {@code highestEventTime}: the last millisecond of a
     * window.
     */
    long latestLateTime(long highestEventTime) {
        return windowStart(
                        highestEventTime
                                - maxOutOfOrderness.toMillis()
                                - allowedLateness.toMillis())
                - 1;
    }
}
