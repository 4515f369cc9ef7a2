package io.salespulse.event;

import java.io.Serializable;
import java.time.Duration;

/**
 * The settings that decide which window a transaction belongs to and whether it counts. They are
 * the same for every reader of the topic: docs/rules.md.
 *
 * @param windowSize length of the tumbling windows, aligned to the epoch
 * @param maxOutOfOrderness how far the watermark stays behind the newest event
 * @param allowedLateness how long after its window's end an event still corrects the result
 * @param maxFutureSkew how far an event may lie in the future of its Kafka record timestamp
 */
public record WindowRules(
        Duration windowSize,
        Duration maxOutOfOrderness,
        Duration allowedLateness,
        Duration maxFutureSkew)
        implements Serializable {

    /**
     * @param eventTime epoch milliseconds
     * @return the start of its window in epoch milliseconds, inclusive
     */
    public long windowStart(long eventTime) {
        return eventTime - Math.floorMod(eventTime, windowSize.toMillis());
    }

    /**
     * The start of the first window that begins at this time or later; both in epoch milliseconds.
     */
    public long firstWindowFrom(long time) {
        return windowStart(time - 1) + windowSize.toMillis();
    }

    /**
     * Whether an event of this window is late, judged by the log alone: docs/rules.md section 5.
     *
     * @param windowStart epoch milliseconds
     * @param newestEventTime the highest event time of the counted records before it in its
     *     partition, in epoch milliseconds; {@link Long#MIN_VALUE} if there is none
     */
    public boolean isLate(long windowStart, long newestEventTime) {
        return windowStart < inTimeFrom(newestEventTime);
    }

    /**
     * Windows that start at this time or later, in epoch milliseconds, are not late: {@link
     * #isLate}.
     */
    public long inTimeFrom(long newestEventTime) {
        if (newestEventTime == Long.MIN_VALUE) {
            return Long.MIN_VALUE;
        }
        long newestLateEnd =
                newestEventTime - maxOutOfOrderness.toMillis() - allowedLateness.toMillis();
        return newestLateEnd - windowSize.toMillis() + 1;
    }
}
