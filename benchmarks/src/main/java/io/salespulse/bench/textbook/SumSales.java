package io.salespulse.bench.textbook;

import org.apache.flink.api.common.functions.AggregateFunction;

/** Adds up cents and counts. */
final class SumSales implements AggregateFunction<Transaction, CategoryTotal, CategoryTotal> {

    @Override
    public CategoryTotal createAccumulator() {
        return new CategoryTotal();
    }

    @Override
    public CategoryTotal add(Transaction transaction, CategoryTotal total) {
        total.cents += transaction.getAmount().movePointRight(2).longValueExact();
        total.count++;
        return total;
    }

    @Override
    public CategoryTotal getResult(CategoryTotal total) {
        return total;
    }

    @Override
    public CategoryTotal merge(CategoryTotal left, CategoryTotal right) {
        left.cents += right.cents;
        left.count += right.count;
        return left;
    }
}
