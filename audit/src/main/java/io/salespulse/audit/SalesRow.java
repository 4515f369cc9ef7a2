package io.salespulse.audit;

import java.math.BigDecimal;
import java.time.Instant;

/** A row of {@code category_sales} as it stands in the table. */
record SalesRow(
        Instant windowStart,
        Instant windowEnd,
        String category,
        BigDecimal totalSales,
        long transactionCount) {
    private static final int LONG_BITS = 63;

    /**
     * The total in cents; a total beyond the range of a {@code long}, which no recount reaches, as
     * its greatest value.
     */
    Total total() {
        BigDecimal cents = totalSales.movePointRight(2);
        boolean fits = cents.toBigInteger().bitLength() <= LONG_BITS;
        return new Total(fits ? cents.longValue() : Long.MAX_VALUE, transactionCount);
    }
}
