package io.salespulse.window;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * The buffer of the pre-aggregation: cents and count per (window, category) since its last drain.
 */
final class PartialSums {

    private final Map<Long, Map<String, PartialSum>> byWindow = new HashMap<>();
    private int size;

    // Consecutive events mostly share their window.
    private long lastWindowStart = Long.MIN_VALUE;
    private Map<String, PartialSum> lastWindow;

    void add(long windowStart, String category, long cents) {
        if (lastWindow == null || windowStart != lastWindowStart) {
            lastWindow = byWindow.computeIfAbsent(windowStart, start -> new HashMap<>());
            lastWindowStart = windowStart;
        }
        PartialSum sum = lastWindow.get(category);
        if (sum == null) {
            lastWindow.put(category, new PartialSum(category, windowStart, cents, 1));
            size++;
        } else {
            sum.cents = Math.addExact(sum.cents, cents);
            sum.count++;
        }
    }

    int size() {
        return size;
    }

    /**
     * Whether a sum is of a window that a watermark ends, or that an earlier one has ended.
     *
     * @param watermark epoch milliseconds: no more events at or before it are expected
     */
    boolean hasWindowEndedBy(long watermark, long windowMillis) {
        for (long windowStart : byWindow.keySet()) {
            if (windowStart + windowMillis - 1 <= watermark) {
                return true;
            }
        }
        return false;
    }

    /** Hands every sum to {@code out} and forgets it. */
    void drainTo(Consumer<PartialSum> out) {
        if (size == 0) {
            return;
        }
        byWindow.values().forEach(window -> window.values().forEach(out));
        byWindow.clear();
        lastWindow = null;
        size = 0;
    }
}
