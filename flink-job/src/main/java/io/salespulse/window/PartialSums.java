package io.salespulse.window;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * The buffer of the pre-aggregation: cents and count per (window, category) since its last drain.
 *
 * <p>Every event comes by, and with thousands of categories each step into another object is a
 * cache miss, so a window's sums lie in arrays, found by an open-addressing table.
 */
final class PartialSums {

    private final Map<Long, WindowSums> byWindow = new HashMap<>();
    private int size;

    // Consecutive events mostly share their window.
    private long lastWindowStart = Long.MIN_VALUE;
    private WindowSums lastWindow;

    /**
     * @param categoryHash the category's {@code hashCode()}
     */
    void add(long windowStart, String category, int categoryHash, long cents) {
        if (lastWindow == null || windowStart != lastWindowStart) {
            lastWindow = byWindow.computeIfAbsent(windowStart, start -> new WindowSums());
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
        byWindow.forEach((windowStart, sums) -> sums.drainTo(windowStart, out));
        byWindow.clear();
        lastWindow = null;
        size = 0;
    }

    /** One window's sums. */
    private static final class WindowSums {

        private static final int INITIAL_CAPACITY = 8;

        /** 2^32 divided by the golden ratio. */
        private static final int HASH_MULTIPLIER = 0x9E37_79B9;

        /** The categories' numbers plus one by their hashes, at most half full; 0 is free. */
        private int[] table = new int[2 * INITIAL_CAPACITY];

        // By number, in the order of coming.
        private String[] categories = new String[INITIAL_CAPACITY];
        private long[] cents = new long[INITIAL_CAPACITY];
        private long[] counts = new long[INITIAL_CAPACITY];
        private int size;

        /**
         * @return whether it is the first of its category
         */
        boolean add(String category, int hash, long amount) {
            int slot = slot(category, hash);
            boolean isFirst = table[slot] == 0;
            if (isFirst) {
                if (size == categories.length) {
                    grow();
                    slot = slot(category, hash);
                }
                categories[size] = category;
                size++;
                table[slot] = size;
            }
            int number = table[slot] - 1;
            cents[number] = Math.addExact(cents[number], amount);
            counts[number]++;
            return isFirst;
        }

        /** The slot of this category, or else the free one where it belongs. */
        private int slot(String category, int hash) {
            int mask = table.length - 1;
            int slot = (hash * HASH_MULTIPLIER) >>> Integer.numberOfLeadingZeros(mask);
            while (table[slot] != 0) {
                String known = categories[table[slot] - 1];
                // Mostly the same instance: parsers intern.
                if (known == category || known.equals(category)) {
                    break;
                }
                slot = (slot + 1) & mask;
            }
            return slot;
        }

        private void grow() {
            int capacity = 2 * size;
            table = new int[2 * capacity];
            categories = Arrays.copyOf(categories, capacity);
            cents = Arrays.copyOf(cents, capacity);
            counts = Arrays.copyOf(counts, capacity);
            for (int number = 0; number < size; number++) {
                table[slot(categories[number], categories[number].hashCode())] = number + 1;
            }
        }

        void drainTo(long windowStart, Consumer<PartialSum> out) {
            for (int number = 0; number < size; number++) {
                out.accept(
                        new PartialSum(
                                categories[number], windowStart, cents[number], counts[number]));
            }
        }
    }
}
