package io.salespulse.window;

/**
 * What one subtask has seen of one (window, category) since its last flush. A Flink POJO.
 *
 * <p>The window is named by its start in epoch milliseconds; cents and count are above zero or
 * zero, and added with overflow checks.
 */
public class PartialSum {

    public String category;
    public long windowStart;
    public long cents;
    public long count;

    public PartialSum() {}

    public PartialSum(String category, long windowStart, long cents, long count) {
        this.category = category;
        this.windowStart = windowStart;
        this.cents = cents;
        this.count = count;
    }
}
