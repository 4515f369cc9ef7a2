package io.salespulse.audit;

import java.util.Comparator;

/**
 * A row of {@code category_sales}.
 *
 * @param windowStart epoch milliseconds
 */
record SalesKey(long windowStart, String category) implements Comparable<SalesKey> {
    private static final Comparator<SalesKey> ORDER =
            Comparator.comparingLong(SalesKey::windowStart).thenComparing(SalesKey::category);

    @Override
    public int compareTo(SalesKey other) {
        return ORDER.compare(this, other);
    }
}
