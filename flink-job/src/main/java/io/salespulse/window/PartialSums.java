package io.salespulse.window;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * The buffer of the pre-aggregation: cents and count per (window, category) since its last drain.
 *
 * <p>With thousands of categories nearly every event comes by, and each place that it touches is a
 * cache miss: so a window's sums lie in two arrays, where the parser's number for the category
 * tells.
 */
final class PartialSums {

    private final Map<Long, WindowSums> byWindow = new HashMap<>();
    private int size;

    // What comes consecutively mostly shares its window.
    private long lastWindowStart = Long.MIN_VALUE;
    private WindowSums lastWindow;

    /** Empty, for the next window: the last one's arrays have the size that is needed. */
    private WindowSums spare = new WindowSums();

    /**
     * Adds to the sum of this instance of a category; an equal one, or the same with another
     * number, may get a sum of its own.
     *
     * @param categoryHash where to look for the category, spread over its low bits
     * @param count of how many events {@code cents} are
     */
    void add(long windowStart, String category, int categoryHash, long cents, long count) {
        if (lastWindow == null || windowStart != lastWindowStart) {
            lastWindow = byWindow.computeIfAbsent(windowStart, start -> takeSpare());
            lastWindowStart = windowStart;
        }
        if (lastWindow.add(category, categoryHash, cents, count)) {
            size++;
        }
    }

    private WindowSums takeSpare() {
        WindowSums taken = spare == null ? new WindowSums() : spare;
        spare = null;
        return taken;
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
        spare = lastWindow;
        byWindow.clear();
        lastWindow = null;
        size = 0;
    }

    /** One window's sums: an open-addressing table, at most 5/8 full. */
    private static final class WindowSums {

        private static final int INITIAL_SLOTS = 16;

        // The words of a sum.
        private static final int CENTS = 0;
        private static final int COUNT = 1;
        private static final int WORDS = 2;

        /** Null where a slot is free. */
        private String[] categories;

        private long[] sums;

        /** Needed only to grow. */
        private int[] hashes;

        private int size;

        WindowSums() {
            allocate(INITIAL_SLOTS);
        }

        private void allocate(int slots) {
            categories = new String[slots];
            sums = new long[WORDS * slots];
            hashes = new int[slots];
        }

        /**
         * @return whether it is the first of its sum
         */
        boolean add(String category, int hash, long cents, long count) {
            int slot = slot(category, hash);
            boolean isFirst = categories[slot] == null;
            if (isFirst) {
                slot = take(slot, category, hash);
            }
            int sum = WORDS * slot;
            sums[sum + CENTS] = Math.addExact(sums[sum + CENTS], cents);
            sums[sum + COUNT] += count;
            return isFirst;
        }

        /** The slot of this category, or else the free one where it belongs. */
        private int slot(String category, int hash) {
            int mask = categories.length - 1;
            int slot = hash & mask;
            while (categories[slot] != null && categories[slot] != category) {
                slot = (slot + 1) & mask;
            }
            return slot;
        }

        private int take(int free, String category, int hash) {
            int slot = free;
            if (size >= categories.length / 8 * 5) {
                grow();
                slot = slot(category, hash);
            }
            categories[slot] = category;
            hashes[slot] = hash;
            size++;
            return slot;
        }

        private void grow() {
            String[] oldCategories = categories;
            long[] oldSums = sums;
            int[] oldHashes = hashes;
            allocate(2 * oldCategories.length);
            for (int old = 0; old < oldCategories.length; old++) {
                if (oldCategories[old] != null) {
                    int slot = freeSlot(oldHashes[old]);
                    categories[slot] = oldCategories[old];
                    hashes[slot] = oldHashes[old];
                    System.arraycopy(oldSums, WORDS * old, sums, WORDS * slot, WORDS);
                }
            }
        }

        private int freeSlot(int hash) {
            int mask = categories.length - 1;
            int slot = hash & mask;
            while (categories[slot] != null) {
                slot = (slot + 1) & mask;
            }
            return slot;
        }

        /** Leaves it empty. */
        void drainTo(long windowStart, Consumer<PartialSum> out) {
            for (int slot = 0; slot < categories.length; slot++) {
                if (categories[slot] != null) {
                    out.accept(partialSum(slot, windowStart));
                }
            }
            Arrays.fill(categories, null);
            Arrays.fill(sums, 0);
            size = 0;
        }

        private PartialSum partialSum(int slot, long windowStart) {
            int sum = WORDS * slot;
            return new PartialSum(
                    categories[slot], windowStart, sums[sum + CENTS], sums[sum + COUNT]);
        }
    }
}
