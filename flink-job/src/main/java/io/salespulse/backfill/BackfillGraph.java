package io.salespulse.backfill;

import io.salespulse.config.JobConfig;
import io.salespulse.event.WindowRules;
import io.salespulse.rejection.RejectedMinute;
import io.salespulse.rejection.RejectionCounts;
import io.salespulse.sink.PostgresSinks;
import io.salespulse.source.TransactionBatch;
import io.salespulse.source.TransactionSource;
import io.salespulse.window.CategorySales;
import io.salespulse.window.RangeResults;
import io.salespulse.window.WindowRange;
import java.time.Instant;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * The bounded run from the topic into the staging tables.
 *
 * <pre>
 * range of transactions ─▶ count ─▶ pre-aggregate ─▶ windows of the range ─▶ sum ─▶ backfill_sales
 *                            │           └─ rejections, counted ─▶ backfill_rejections
 *                            └─ progress ─▶ backfill_progress
 * </pre>
 */
final class BackfillGraph {

    private BackfillGraph() {}

    /** Where the results go. */
    record Sinks(
            Sink<CategorySales> sales,
            Sink<RejectedMinute> rejections,
            Sink<ReadProgress> progress) {

        static Sinks staging(PostgresSinks postgres, long runId) {
            return new Sinks(
                    postgres.upsertResults(Staging.sales(runId)),
                    postgres.upsert(Staging.rejections(runId)),
                    postgres.upsert(Staging.progress(runId)));
        }
    }

    static void build(
            StreamExecutionEnvironment environment,
            JobConfig config,
            BackfillPlan plan,
            long runId) {
        build(
                environment,
                TransactionSource.createBounded(config, plan.topic(), plan.offsets(), plan.ends()),
                config.rules(),
                plan.countedFrom(),
                plan.range(),
                Sinks.staging(new PostgresSinks(config.jdbc()), runId));
    }

    static void build(
            StreamExecutionEnvironment environment,
            Source<TransactionBatch, ?, ?> source,
            WindowRules rules,
            Instant countedFrom,
            WindowRange range,
            Sinks sinks) {
        SingleOutputStreamOperator<TransactionBatch> transactions =
                environment
                        .fromSource(source, WatermarkStrategy.noWatermarks(), "transactions")
                        .uid("transactions")
                        .transform(
                                "count",
                                TypeInformation.of(TransactionBatch.class),
                                new CountReadRecords.Factory())
                        .uid("count");
        RangeResults results = RangeResults.of(transactions, rules, countedFrom, range);
        results.sales().sinkTo(sinks.sales()).name("backfill_sales").uid("backfill-sales");
        RejectionCounts.countAtTheEnd(results.rejections())
                .sinkTo(sinks.rejections())
                .setParallelism(1)
                .name("backfill_rejections")
                .uid("backfill-rejections");
        transactions
                .getSideOutput(CountReadRecords.PROGRESS)
                .sinkTo(sinks.progress())
                .setParallelism(1)
                .name("backfill_progress")
                .uid("backfill-progress");
    }
}
