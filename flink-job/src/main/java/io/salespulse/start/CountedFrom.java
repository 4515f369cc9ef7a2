package io.salespulse.start;

import io.salespulse.config.JobConfig;
import io.salespulse.event.WindowRules;
import java.time.Instant;

/** The start of the first window that can be seen whole: docs/rules.md section 6. */
public final class CountedFrom {

    private CountedFrom() {}

    static Instant of(SourceTopic topic, JobConfig config) {
        long start =
                config.startingOffsets()
                        .map(time -> windowNotBefore(time.toEpochMilli(), config.rules()))
                        .orElse(0L);
        return Instant.ofEpochMilli(
                Math.max(start, firstWholeWindow(topic, config.rules()).toEpochMilli()));
    }

    /** The start of the first window of which the log has lost nothing. */
    public static Instant firstWholeWindow(SourceTopic topic, WindowRules rules) {
        long start = 0;
        for (long firstTimestamp : topic.firstTimestamps().values()) {
            long newestRemoved = firstTimestamp + rules.maxFutureSkew().toMillis();
            start = Math.max(start, windowNotBefore(newestRemoved + 1, rules));
        }
        return Instant.ofEpochMilli(start);
    }

    private static long windowNotBefore(long time, WindowRules rules) {
        long windowStart = rules.windowStart(time);
        return windowStart == time ? windowStart : windowStart + rules.windowSize().toMillis();
    }
}
