package io.salespulse.source;

import java.util.Arrays;

/**
 * What consecutive events add up to per slice of event time and category, in one or more parts: the
 * table that finds a part is small enough for the core's first cache, and forgets what it has no
 * place for. So a few categories give as many parts, and thousands hardly less than events, at the
 * cost of one look each.
 */
public final class BatchSums {

    /** Most topics have fewer categories, and a power of two. */
    private static final int PLACES = 256;

    private static final int INITIAL_CAPACITY = 16;

    /** Either a few categories make few parts, or thousands nearly one for each event. */
    private static final int GROWTH = 8;

    private final long sliceMillis;

    /** The last part at each place, plus one. */
    private final int[] places = new int[PLACES];

    private long[] slices = new long[INITIAL_CAPACITY];
    private String[] categories = new String[INITIAL_CAPACITY];
    private int[] categoryHashes = new int[INITIAL_CAPACITY];
    private long[] cents = new long[INITIAL_CAPACITY];
    private int[] counts = new int[INITIAL_CAPACITY];
    private int size;

    // Consecutive events mostly share their slice.
    private long slice;
    private int spread;

    BatchSums(long sliceMillis) {
        this.sliceMillis = sliceMillis;
    }

    /**
     * Adds an event.
     *
     * @param eventTime epoch milliseconds, not negative
     * @return the part that it has become a part of
     */
    int add(long eventTime, String category, int categoryHash, long amountCents) {
        if (eventTime < slice || eventTime - slice >= sliceMillis) {
            moveTo(eventTime / sliceMillis);
        }
        int place = (categoryHash ^ spread) & (PLACES - 1);
        int part = places[place] - 1;
        if (part < 0 || categories[part] != category || slices[part] != slice) {
            part = begin(category, categoryHash);
            places[place] = part + 1;
        }
        cents[part] = Math.addExact(cents[part], amountCents);
        counts[part]++;
        return part;
    }

    private void moveTo(long sliceNumber) {
        slice = sliceNumber * sliceMillis;
        // Else a category would push out a neighbour of the slice before.
        spread = (int) sliceNumber * 37;
    }

    private int begin(String category, int categoryHash) {
        if (size == slices.length) {
            slices = Arrays.copyOf(slices, GROWTH * size);
            categories = Arrays.copyOf(categories, GROWTH * size);
            categoryHashes = Arrays.copyOf(categoryHashes, GROWTH * size);
            cents = Arrays.copyOf(cents, GROWTH * size);
            counts = Arrays.copyOf(counts, GROWTH * size);
        }
        slices[size] = slice;
        categories[size] = category;
        categoryHashes[size] = categoryHash;
        return size++;
    }

    /** How many parts there are. */
    public int size() {
        return size;
    }

    /** The start of the part's slice in epoch milliseconds. */
    public long slice(int part) {
        return slices[part];
    }

    /** The part's category. */
    public String category(int part) {
        return categories[part];
    }

    /** A number to find the part's category by in a table, spread over its low bits. */
    public int categoryHash(int part) {
        return categoryHashes[part];
    }

    /** The sum of the part's amounts. */
    public long cents(int part) {
        return cents[part];
    }

    /** How many events the part is of. */
    public int count(int part) {
        return counts[part];
    }
}
