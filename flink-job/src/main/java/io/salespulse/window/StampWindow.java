package io.salespulse.window;

import org.apache.flink.streaming.api.functions.windowing.ProcessWindowFunction;
import org.apache.flink.streaming.api.windowing.windows.TimeWindow;
import org.apache.flink.util.Collector;

/** Names the window and category of a sum and says whether it is final. */
final class StampWindow
        extends ProcessWindowFunction<SumPartials.Total, CategorySales, String, TimeWindow> {

    @Override
    public void process(
            String category,
            Context context,
            Iterable<SumPartials.Total> totals,
            Collector<CategorySales> out) {
        TimeWindow window = context.window();
        SumPartials.Total total = totals.iterator().next();
        boolean isFinal = context.currentWatermark() >= window.maxTimestamp();
        out.collect(
                new CategorySales(
                        window.getStart(),
                        window.getEnd(),
                        category,
                        total.cents,
                        total.count,
                        isFinal));
    }
}
