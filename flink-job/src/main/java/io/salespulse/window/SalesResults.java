package io.salespulse.window;

import io.salespulse.event.WindowRules;
import io.salespulse.rejection.Rejection;
import io.salespulse.source.TransactionBatch;
import java.time.Duration;
import java.time.Instant;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.DataStreamUtils;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.util.OutputTag;

/**
 * What comes out of the stream of transactions.
 *
 * @param sales results per window and category: early, final and corrected ones
 * @param rejections records that do not count
 * @param repairs starts (epoch milliseconds) of windows whose state was gone when more of their
 *     events came, so that only a backfill can complete them
 * @param heartbeats a sign of life of each source subtask every few seconds
 */
public record SalesResults(
        DataStream<CategorySales> sales,
        DataStream<Rejection> rejections,
        DataStream<Long> repairs,
        DataStream<Heartbeat> heartbeats) {

    static final OutputTag<PartialSum> WITHOUT_STATE =
            new OutputTag<>("without-state", TypeInformation.of(PartialSum.class));

    /**
     * The graph between source and sinks, for any source.
     *
     * @param countedFrom the start of the first window to count, unless restored state knows it
     * @param stateRetention how long after its end, in event time, a window's sums are kept
     * @param earlyInterval a changed window gives at most one result in this time, and one more at
     *     its end and before a checkpoint
     */
    public static SalesResults of(
            DataStream<TransactionBatch> transactions,
            WindowRules rules,
            Instant countedFrom,
            Duration stateRetention,
            Duration earlyInterval) {
        SingleOutputStreamOperator<PartialSum> partialSums =
                preAggregate(transactions, rules, countedFrom);
        SingleOutputStreamOperator<PartialSum> withWatermark =
                partialSums
                        .keyBy(partial -> partial.category)
                        .transform(
                                "keep watermark",
                                TypeInformation.of(PartialSum.class),
                                new KeepWatermarkOperator.Factory())
                        .uid("keep-watermark");
        // That operator changes no key, so the windows need no second exchange and are chained.
        SingleOutputStreamOperator<CategorySales> sales =
                DataStreamUtils.reinterpretAsKeyedStream(withWatermark, partial -> partial.category)
                        .transform(
                                "sum per window and category",
                                TypeInformation.of(CategorySales.class),
                                new SumWindowsOperator.Factory(
                                        rules, stateRetention, earlyInterval))
                        .uid("sum-per-window-and-category");
        DataStream<Long> repairs =
                sales.getSideOutput(WITHOUT_STATE)
                        .map(partial -> partial.windowStart)
                        .returns(Types.LONG)
                        .name("window to repair")
                        .uid("window-to-repair");
        return new SalesResults(
                sales,
                partialSums.getSideOutput(PreAggregateOperator.REJECTIONS),
                repairs,
                partialSums.getSideOutput(PreAggregateOperator.HEARTBEATS));
    }

    static SingleOutputStreamOperator<PartialSum> preAggregate(
            DataStream<TransactionBatch> transactions, WindowRules rules, Instant countedFrom) {
        return transactions
                .transform(
                        "pre-aggregate",
                        TypeInformation.of(PartialSum.class),
                        new PreAggregateOperator.Factory(rules, countedFrom))
                .uid("pre-aggregate");
    }
}
