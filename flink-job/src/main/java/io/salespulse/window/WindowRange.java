package io.salespulse.window;

import java.io.Serializable;
import java.util.Set;
import java.util.TreeSet;

/**
 * Whole windows, named by their starts in epoch milliseconds.
 *
 * @param from the first start
 * @param to the end of the last window
 * @param only the starts to take of those in between; none for all
 */
public record WindowRange(long from, long to, TreeSet<Long> only) implements Serializable {

    public static WindowRange between(long from, long to) {
        return new WindowRange(from, to, new TreeSet<>());
    }

    /**
     * @param starts at least one
     */
    public static WindowRange of(Set<Long> starts, long windowSizeMillis) {
        TreeSet<Long> sorted = new TreeSet<>(starts);
        return new WindowRange(sorted.first(), sorted.last() + windowSizeMillis, sorted);
    }

    public boolean contains(long windowStart) {
        return from <= windowStart
                && windowStart < to
                && (only.isEmpty() || only.contains(windowStart));
    }
}
