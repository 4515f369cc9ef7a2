package io.salespulse.audit;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;

/**
 * What an audit is asked to do.
 *
 * @param from null for as early as possible
 * @param to null for no end
 * @param maxWait how long rows and dead letters that are not there yet may take to arrive
 */
record AuditOptions(
        Map<String, Object> kafkaProperties,
        String topic,
        String deadLetterTopic,
        DatabaseLogin login,
        Instant from,
        Instant to,
        boolean includeOpen,
        Duration maxWait,
        int maxDifferences) {

    /** The range that the options name, which must consist of whole windows. */
    Range range(PipelineSettings settings) throws CannotRunException {
        checkWindowStart("--from", from, settings);
        checkWindowStart("--to", to, settings);
        if (from != null && to != null && !from.isBefore(to)) {
            throw new CannotRunException("--from " + from + " is not before --to " + to);
        }
        return new Range(
                from == null ? Long.MIN_VALUE : from.toEpochMilli(),
                to == null ? Long.MAX_VALUE : to.toEpochMilli());
    }

    private static void checkWindowStart(String option, Instant time, PipelineSettings settings)
            throws CannotRunException {
        if (time != null && !settings.isWindowStart(time)) {
            long before = settings.windowStart(time.toEpochMilli());
            throw new CannotRunException(
                    "%s %s is not where a window of %d s begins: use %s or %s"
                            .formatted(
                                    option,
                                    time,
                                    settings.windowSize() / 1_000,
                                    Instant.ofEpochMilli(before),
                                    Instant.ofEpochMilli(before + settings.windowSize())));
        }
    }
}
