package io.salespulse.window;

import java.math.BigDecimal;
import java.time.Instant;

/**
 * The result of one window and category so far: absolute values, never increments. A Flink POJO.
 */
public class CategorySales {

    /** Epoch milliseconds, inclusive. */
    public long windowStart;

    /** Epoch milliseconds, exclusive. */
    public long windowEnd;

    public String category;
    public long cents;
    public long count;

    /** The watermark has passed the end of the window. Late events may still correct it. */
    public boolean isFinal;

    public CategorySales() {}

    public CategorySales(
            long windowStart,
            long windowEnd,
            String category,
            long cents,
            long count,
            boolean isFinal) {
        this.windowStart = windowStart;
        this.windowEnd = windowEnd;
        this.category = category;
        this.cents = cents;
        this.count = count;
        this.isFinal = isFinal;
    }

    /** The sum in the currency's main unit, with two fraction digits. */
    public BigDecimal totalSales() {
        return BigDecimal.valueOf(cents, 2);
    }

    /** One line for the console. */
    @Override
    public String toString() {
        return "%s %s %s in %d transactions (%s)"
                .formatted(
                        Instant.ofEpochMilli(windowStart),
                        category,
                        totalSales().toPlainString(),
                        count,
                        isFinal ? "final" : "so far");
    }
}
