package io.salespulse.window;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * The buffer of the pre-aggregation: cents and count per (window, category) since its last drain.
 *
 * <p>Every event comes by, and with thousands of categories each step into another object is a
 * cache miss, so a window's sums lie in open-addressing tables: one for the categories, one for
 * their cents and counts side by side.
 */
final class PartialSums {

    private final Map<Long, WindowSums> byWindow = new HashMap<>();
    private int size;

    // Consecutive events mostly share their window.
    private long lastWindowStart = Long.MIN_VALUE;
    private WindowSums lastWindow;

    /** What the last drain found: the next tables need not grow to it again. */
    private int expectedCategories;

    /**
     * @param categoryHash the category's {@code hashCode()}
     */
    void add(long windowStart, String category, int categoryHash, long cents) {
        if (lastWindow == null || windowStart != lastWindowStart) {
            lastWindow =
                    byWindow.computeIfAbsent(
                            windowStart, start -> new WindowSums(expectedCategories));
            lastWindowStart = windowStart;
        }
        if (lastWindow.add(category, categoryHash, cents)) {
            size++;
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
        expectedCategories = 0;
        byWindow.forEach(
                (windowStart, sums) -> {
                    expectedCategories = Math.max(expectedCategories, sums.size);
                    sums.drainTo(windowStart, out);
                });
        byWindow.clear();
        lastWindow = null;
        size = 0;
    }

    /** One window's sums. */
    private static final class WindowSums {

        private static final int MIN_SLOTS = 16;

        /** 2^32 divided by the golden ratio. */
        private static final int HASH_MULTIPLIER = 0x9E37_79B9;

        /** At most half full. */
        private String[] categories;

        /** By slot: cents, then count. */
        private long[] sums;

        private int size;

        WindowSums(int expected) {
            allocate(Math.max(MIN_SLOTS, 2 * Integer.highestOneBit(Math.max(1, 2 * expected - 1))));
        }

        private void allocate(int slots) {
            categories = new String[slots];
            sums = new long[2 * slots];
        }

        /**
         * @return whether it is the first of its category
         */
        boolean add(String category, int hash, long cents) {
            int slot = slot(category, hash);
            boolean isFirst = categories[slot] == null;
            if (isFirst) {
                categories[slot] = category;
                size++;
            }
            sums[2 * slot] = Math.addExact(sums[2 * slot], cents);
            sums[2 * slot + 1]++;
            if (2 * size > categories.length) {
                grow();
            }
            return isFirst;
        }

        /** The slot of this category, or else the free one where it belongs. */
        private int slot(String category, int hash) {
            int mask = categories.length - 1;
            int slot = (hash * HASH_MULTIPLIER) >>> Integer.numberOfLeadingZeros(mask);
            while (true) {
                String known = categories[slot];
                // Mostly the same instance: parsers intern.
                if (known == null || known == category || known.equals(category)) {
                    return slot;
                }
                slot = (slot + 1) & mask;
            }
        }

        private void grow() {
            String[] oldCategories = categories;
            long[] oldSums = sums;
            allocate(2 * oldCategories.length);
            for (int old = 0; old < oldCategories.length; old++) {
                String category = oldCategories[old];
                if (category != null) {
                    int slot = slot(category, category.hashCode());
                    categories[slot] = category;
                    sums[2 * slot] = oldSums[2 * old];
                    sums[2 * slot + 1] = oldSums[2 * old + 1];
                }
            }
        }

        void drainTo(long windowStart, Consumer<PartialSum> out) {
            for (int slot = 0; slot < categories.length; slot++) {
                if (categories[slot] != null) {
                    out.accept(
                            new PartialSum(
                                    categories[slot],
                                    windowStart,
                                    sums[2 * slot],
                                    sums[2 * slot + 1]));
                }
            }
        }
    }
}
