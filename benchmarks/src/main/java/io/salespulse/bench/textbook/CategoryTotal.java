package io.salespulse.bench.textbook;

/** Accumulator and result. A Flink POJO. */
public class CategoryTotal {
    public long windowStart;
    public long windowEnd;
    public String category;
    public long cents;
    public long count;
}
