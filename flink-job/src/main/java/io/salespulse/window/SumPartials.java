package io.salespulse.window;

import org.apache.flink.api.common.functions.AggregateFunction;

/**
 * Adds up the partial sums of one window and category; as an aggregate function for the backfill,
 * whose windows are Flink's.
 */
final class SumPartials
        implements AggregateFunction<PartialSum, SumPartials.Total, SumPartials.Total> {

    /** The accumulator; a Flink POJO, part of every checkpoint. */
    public static class Total {
        public long cents;
        public long count;
    }

    @Override
    public Total createAccumulator() {
        return new Total();
    }

    @Override
    public Total add(PartialSum partial, Total total) {
        total.cents = Math.addExact(total.cents, partial.cents);
        total.count = Math.addExact(total.count, partial.count);
        return total;
    }

    @Override
    public Total getResult(Total total) {
        return total;
    }

    @Override
    public Total merge(Total left, Total right) {
        left.cents = Math.addExact(left.cents, right.cents);
        left.count = Math.addExact(left.count, right.count);
        return left;
    }
}
