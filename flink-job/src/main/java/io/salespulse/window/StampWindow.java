package io.salespulse.window;

import org.apache.flink.streaming.api.functions.windowing.ProcessWindowFunction;
import org.apache.flink.streaming.api.windowing.windows.TimeWindow;
import org.apache.flink.util.Collector;

/**
 * Names the window and category of a sum and says whether it is final; as a window function for the
 * backfill, whose windows are Flink's.
 */
final class StampWindow
        extends ProcessWindowFunction<SumPartials.Total, CategorySales, String, TimeWindow> {

    @Override
    public void process(
            String category,
            Context context,
            Iterable<SumPartials.Total> totals,
            Collector<CategorySales> out) {
        out.collect(
                stamp(
                        context.window(),
                        category,
                        totals.iterator().next(),
                        context.currentWatermark()));
    }

    static CategorySales stamp(
            TimeWindow window, String category, SumPartials.Total total, long watermark) {
        boolean isFinal = watermark >= window.maxTimestamp();
        return new CategorySales(
                window.getStart(), window.getEnd(), category, total.cents, total.count, isFinal);
    }
}
