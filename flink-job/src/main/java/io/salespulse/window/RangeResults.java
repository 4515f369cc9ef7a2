package io.salespulse.window;

import io.salespulse.event.WindowRules;
import io.salespulse.rejection.Rejection;
import io.salespulse.source.TransactionBatch;
import java.time.Instant;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.windowing.assigners.TumblingEventTimeWindows;

/**
 * What comes out of a bounded stream of transactions: one result per window and category at its
 * end.
 *
 * @param sales one result per window and category of the range
 * @param rejections records that do not count, whatever their window
 */
public record RangeResults(DataStream<CategorySales> sales, DataStream<Rejection> rejections) {

    /**
     * The live job's judgement and sums, for windows of a range and without early results. There
     * must be no watermark before the end of the stream: then no window ends before its last event,
     * however far apart partitions and event times are.
     *
     * @param countedFrom the start of the first window that counts at all
     */
    public static RangeResults of(
            DataStream<TransactionBatch> transactions,
            WindowRules rules,
            Instant countedFrom,
            WindowRange range) {
        SingleOutputStreamOperator<PartialSum> partialSums =
                SalesResults.preAggregate(transactions, rules, countedFrom);
        SingleOutputStreamOperator<CategorySales> sales =
                partialSums
                        .filter(partial -> range.contains(partial.windowStart))
                        .name("windows of the range")
                        .uid("windows-of-the-range")
                        .keyBy(partial -> partial.category)
                        .window(TumblingEventTimeWindows.of(rules.windowSize()))
                        .aggregate(new SumPartials(), new StampWindow())
                        .name("sum per window and category")
                        .uid("sum-per-window-and-category");
        return new RangeResults(sales, partialSums.getSideOutput(PreAggregateOperator.REJECTIONS));
    }
}
