package io.salespulse.bench.textbook;

import org.apache.flink.streaming.api.functions.windowing.ProcessWindowFunction;
import org.apache.flink.streaming.api.windowing.windows.TimeWindow;
import org.apache.flink.util.Collector;

/** Names window and category. */
final class StampWindow
        extends ProcessWindowFunction<CategoryTotal, CategoryTotal, String, TimeWindow> {

    @Override
    public void process(
            String category,
            Context context,
            Iterable<CategoryTotal> totals,
            Collector<CategoryTotal> out) {
        CategoryTotal total = totals.iterator().next();
        total.windowStart = context.window().getStart();
        total.windowEnd = context.window().getEnd();
        total.category = category;
        out.collect(total);
    }
}
