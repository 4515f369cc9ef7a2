package io.salespulse;

import io.salespulse.backfill.Backfill;
import io.salespulse.config.JobConfig;
import io.salespulse.config.JobOptions;
import io.salespulse.config.JobSettings;
import io.salespulse.rejection.RejectionCounts;
import io.salespulse.sink.DeadLetterSink;
import io.salespulse.sink.PostgresSinks;
import io.salespulse.source.EventTimeWatermarks;
import io.salespulse.source.TransactionBatch;
import io.salespulse.source.TransactionSource;
import io.salespulse.start.JobStart;
import io.salespulse.window.SalesResults;
import java.io.PrintWriter;
import java.util.Optional;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.PrintSink;

/**
 * Sums the transactions of a Kafka topic into event-time windows per category and upserts them into
 * PostgreSQL.
 *
 * <pre>
 * transactions ─▶ pre-aggregate ─▶ sum per window and category ─▶ category_sales
 *                  │      │                      └─ state gone ──▶ repairs
 *                  │      └─ rejections ─▶ dead-letter topic, and counted ─▶ rejected_events
 *                  └─ heartbeats ─▶ job_heartbeat
 * </pre>
 */
public final class SalesAnalyticsJob {

    private static final String NAME = "sales-analytics";

    private SalesAnalyticsJob() {}

    public static void main(String[] arguments) throws Exception {
        PrintWriter out = new PrintWriter(System.out, true);
        Optional<JobConfig> config = JobOptions.parse(arguments, System.getenv(), out);
        if (config.isEmpty()) {
            return;
        }
        if (config.get().backfill().isPresent()) {
            Backfill.run(config.get());
        } else {
            run(config.get());
        }
    }

    private static void run(JobConfig config) throws Exception {
        JobStart start = JobStart.prepare(config);
        StreamExecutionEnvironment environment =
                StreamExecutionEnvironment.getExecutionEnvironment();
        JobSettings.applyTo(environment);
        build(environment, config, start);
        environment.execute(NAME);
    }

    static void build(StreamExecutionEnvironment environment, JobConfig config, JobStart start) {
        DataStream<TransactionBatch> transactions =
                environment
                        .fromSource(
                                TransactionSource.create(config, start.topic(), start.offsets()),
                                new EventTimeWatermarks(config.rules(), config.idleTimeout()),
                                "transactions")
                        .uid("transactions");
        SalesResults results =
                SalesResults.of(
                        transactions,
                        config.rules(),
                        start.countedFrom(),
                        config.stateRetention(),
                        config.earlyInterval());
        addSinks(results, config, start);
    }

    private static void addSinks(SalesResults results, JobConfig config, JobStart start) {
        PostgresSinks postgres = new PostgresSinks(config.jdbc());
        results.sales()
                .sinkTo(postgres.categorySales())
                .name("category_sales")
                .uid("category-sales");
        results.rejections()
                .sinkTo(DeadLetterSink.create(config.kafka(), start.deadLetterMaxBytes()))
                .name("dead letters")
                .uid("dead-letters");
        RejectionCounts.count(results.rejections(), config.earlyInterval())
                .sinkTo(postgres.rejectedEvents())
                .setParallelism(1)
                .name("rejected_events")
                .uid("rejected-events");
        results.repairs()
                .sinkTo(postgres.repairs())
                .setParallelism(1)
                .name("repairs")
                .uid("repairs");
        results.heartbeats()
                .sinkTo(postgres.heartbeats())
                .setParallelism(1)
                .name("job_heartbeat")
                .uid("job-heartbeat");
        if (config.print()) {
            results.sales().sinkTo(new PrintSink<>()).name("print").uid("print");
        }
    }
}
