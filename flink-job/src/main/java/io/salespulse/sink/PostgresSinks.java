package io.salespulse.sink;

import io.salespulse.config.JdbcConfig;
import io.salespulse.rejection.RejectedMinute;
import io.salespulse.window.CategorySales;
import io.salespulse.window.Heartbeat;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.connector.jdbc.JdbcExecutionOptions;
import org.apache.flink.connector.jdbc.core.datastream.sink.JdbcSink;
import org.apache.flink.connector.jdbc.datasource.statements.JdbcQueryStatement;

/**
 * The sinks into PostgreSQL. All are at least once and write absolute values by guarded upserts, so
 * that a row written again, or by an outdated writer, changes nothing: together exactly once.
 */
public final class PostgresSinks {

    private static final int FLUSH_INTERVAL_MILLIS = 50;
    private static final int BATCH_SIZE = 1_000;
    private static final int RETRIES = 3;

    private final JdbcConfig database;

    public PostgresSinks(JdbcConfig database) {
        this.database = database;
    }

    public Sink<CategorySales> categorySales() {
        return upsert(new CategorySalesUpsert());
    }

    public Sink<RejectedMinute> rejectedEvents() {
        return upsert(new RejectedEventsUpsert());
    }

    /** Takes the start of each window that needs a backfill, in epoch milliseconds. */
    public Sink<Long> repairs() {
        return upsert(new RepairsUpsert());
    }

    public Sink<Heartbeat> heartbeats() {
        return upsert(new HeartbeatUpsert());
    }

    /**
     * @param statement writes absolute values, so that it can be repeated
     */
    public <T> Sink<T> upsert(JdbcQueryStatement<T> statement) {
        return new CloseSafeSink<>(
                JdbcSink.<T>builder()
                        .withExecutionOptions(
                                JdbcExecutionOptions.builder()
                                        .withBatchIntervalMs(FLUSH_INTERVAL_MILLIS)
                                        .withBatchSize(BATCH_SIZE)
                                        .withMaxRetries(RETRIES)
                                        .build())
                        .withQueryStatement(statement)
                        .buildAtLeastOnce(new PostgresConnection(database)),
                "upserts");
    }
}
