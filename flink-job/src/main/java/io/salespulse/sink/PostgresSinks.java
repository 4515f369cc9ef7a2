package io.salespulse.sink;

import io.salespulse.config.JdbcConfig;
import io.salespulse.rejection.RejectedMinute;
import io.salespulse.window.CategorySales;
import io.salespulse.window.Heartbeat;
import java.util.List;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.connector.jdbc.JdbcExecutionOptions;
import org.apache.flink.connector.jdbc.core.datastream.sink.JdbcSink;
import org.apache.flink.connector.jdbc.datasource.statements.JdbcQueryStatement;

/**
 * The sinks into PostgreSQL. All are at least once and write absolute values by upserts. Those of
 * sales and rejections are guarded, so that a row written again, or by an outdated writer, changes
 * nothing: together exactly once. Of a heartbeat the last one counts, and a repair that is asked
 * for again is merely done again.
 */
public final class PostgresSinks {

    private static final int RETRIES = 3;
    private static final JdbcExecutionOptions IN_BATCHES =
            JdbcExecutionOptions.builder()
                    .withBatchIntervalMs(50)
                    .withBatchSize(1_000)
                    .withMaxRetries(RETRIES)
                    .build();
    private static final JdbcExecutionOptions AT_ONCE =
            JdbcExecutionOptions.builder()
                    .withBatchIntervalMs(0)
                    .withBatchSize(1)
                    .withMaxRetries(RETRIES)
                    .build();

    private final JdbcConfig database;

    public PostgresSinks(JdbcConfig database) {
        this.database = database;
    }

    public Sink<CategorySales> categorySales() {
        return upsertResults(new CategorySalesUpsert());
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
     * @param statement writes absolute values, so that it can be repeated; it is given each row at
     *     most once in a list
     */
    public Sink<CategorySales> upsertResults(JdbcQueryStatement<List<CategorySales>> statement) {
        return closeSafe(new NewestResultsSink(jdbc(statement, AT_ONCE)));
    }

    /**
     * @param statement writes absolute values, so that it can be repeated
     */
    public <T> Sink<T> upsert(JdbcQueryStatement<T> statement) {
        return closeSafe(jdbc(statement, IN_BATCHES));
    }

    private <T> Sink<T> jdbc(JdbcQueryStatement<T> statement, JdbcExecutionOptions execution) {
        return JdbcSink.<T>builder()
                .withExecutionOptions(execution)
                .withQueryStatement(statement)
                .buildAtLeastOnce(new PostgresConnection(database));
    }

    private static <T> Sink<T> closeSafe(Sink<T> sink) {
        return new CloseSafeSink<>(sink, "upserts");
    }
}
