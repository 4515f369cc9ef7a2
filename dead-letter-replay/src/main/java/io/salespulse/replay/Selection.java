package io.salespulse.replay;

import java.time.Instant;
import java.util.Set;

/**
 * Which dead letters are asked for.
 *
 * @param topic the topic that they were rejected from
 * @param reasons empty for all
 * @param from the earliest Kafka timestamp of the rejected records, inclusive; null for no bound
 * @param to exclusive; null for no bound
 * @param includeRejectedAgain whether records that came back once and were rejected again are sent
 *     once more
 */
record Selection(
        String topic, Set<Reason> reasons, Instant from, Instant to, boolean includeRejectedAgain) {
    boolean isAskedFor(DeadLetter letter) {
        return hasReason(letter.reason()) && isInRange(letter.sourceTimestamp());
    }

    private boolean hasReason(String reason) {
        return reasons.isEmpty() || reasons.stream().anyMatch(each -> each.name().equals(reason));
    }

    private boolean isInRange(long timestamp) {
        return (from == null || timestamp >= from.toEpochMilli())
                && (to == null || timestamp < to.toEpochMilli());
    }
}
