package io.salespulse.audit;

import java.time.Instant;

/**
 * The row of table {@code pipeline}: the log and the rules that the tables were counted by.
 * Durations are milliseconds.
 *
 * @param topicId Kafka's id of the topic, which a topic that was deleted and created again does not
 *     share
 * @param countedFrom the start of the first window that the pipeline answers for, as epoch
 *     milliseconds; 0 means the whole log
 */
record PipelineSettings(
        String topic,
        String topicId,
        long windowSize,
        long maxOutOfOrderness,
        long allowedLateness,
        long maxFutureSkew,
        long countedFrom) {

    long windowStart(long eventTime) {
        return Math.floorDiv(eventTime, windowSize) * windowSize;
    }

    /** The first window start that is not before the given time. */
    long windowStartFrom(long time) {
        return -windowStart(-time);
    }

    /**
     * How far the highest event time must be past a window's start for the window's records to be
     * late.
     */
    long lateAfter() {
        return Math.addExact(windowSize, Math.addExact(allowedLateness, maxOutOfOrderness));
    }

    boolean isWindowStart(Instant time) {
        return Instant.ofEpochMilli(windowStart(time.toEpochMilli())).equals(time);
    }
}
