package io.salespulse.backfill;

import io.salespulse.event.WindowRules;
import java.time.Duration;
import java.util.Collection;

/**
 * Which windows are over, judged as the live job does, but by what the run itself has read: no job
 * needs to be alive for that, and one that lags behind does not hold a backfill up.
 */
final class FinalWindows {

    private FinalWindows() {}

    /**
     * The time up to which windows are final: what the slowest partition has reached, less the
     * bound on out-of-orderness. A partition without a valid record for {@code idleTimeout} holds
     * nobody up; if that goes for all of them, the newest window is over, too.
     *
     * @param now when the end of the topic was looked up, in epoch milliseconds
     * @return epoch milliseconds; {@link Long#MIN_VALUE} if there was no valid record
     */
    static long end(
            Collection<ReadProgress> partitions,
            WindowRules rules,
            Duration idleTimeout,
            long now) {
        long lowestActive = Long.MAX_VALUE;
        long endOfNewestWindow = Long.MIN_VALUE;
        for (ReadProgress partition : partitions) {
            if (partition.newestEventTime == ReadProgress.NONE) {
                continue;
            }
            endOfNewestWindow =
                    Math.max(
                            endOfNewestWindow,
                            rules.windowStart(partition.newestEventTime)
                                    + rules.windowSize().toMillis());
            if (partition.newestValidRecord > now - idleTimeout.toMillis()) {
                lowestActive =
                        Math.min(
                                lowestActive,
                                partition.newestEventTime - rules.maxOutOfOrderness().toMillis());
            }
        }
        return lowestActive == Long.MAX_VALUE ? endOfNewestWindow : rules.windowStart(lowestActive);
    }
}
