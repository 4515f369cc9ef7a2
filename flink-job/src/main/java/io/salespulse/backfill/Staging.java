package io.salespulse.backfill;

import io.salespulse.rejection.RejectedMinute;
import io.salespulse.sink.ResultArrays;
import io.salespulse.sink.Timestamps;
import io.salespulse.window.CategorySales;
import java.io.Serializable;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.util.List;
import org.apache.flink.connector.jdbc.datasource.statements.JdbcQueryStatement;

/**
 * Writes a run's results into the staging tables. All values are absolute, so a run that starts
 * over after a failure writes the same rows again.
 */
final class Staging {

    private Staging() {}

    private interface Binding<T> extends Serializable {
        void bind(PreparedStatement statement, T element) throws SQLException;
    }

    private record Upsert<T>(String query, Binding<T> binding) implements JdbcQueryStatement<T> {

        @Override
        public void statement(PreparedStatement statement, T element) throws SQLException {
            binding.bind(statement, element);
        }
    }

    static JdbcQueryStatement<List<CategorySales>> sales(long runId) {
        return new Upsert<>(
                """
                INSERT INTO backfill_sales
                  (run_id, window_start, window_end, category, total_sales, transaction_count)
                SELECT ?, window_start, window_end, category, total_sales, transaction_count
                """
                        + ResultArrays.FROM
                        + """
                        ON CONFLICT (run_id, window_start, category) DO UPDATE SET
                          total_sales = excluded.total_sales,
                          transaction_count = excluded.transaction_count
                        """,
                (statement, results) -> {
                    statement.setLong(1, runId);
                    ResultArrays.bind(statement, 2, results);
                });
    }

    static JdbcQueryStatement<RejectedMinute> rejections(long runId) {
        return new Upsert<>(
                """
                INSERT INTO backfill_rejections (run_id, minute, reason, event_count)
                VALUES (?, ?, ?, ?)
                ON CONFLICT (run_id, minute, reason) DO UPDATE SET event_count = excluded.event_count
                """,
                (statement, rejected) -> {
                    statement.setLong(1, runId);
                    statement.setObject(2, Timestamps.utc(rejected.minute));
                    statement.setString(3, rejected.reason.name());
                    statement.setLong(4, rejected.count);
                });
    }

    /** Progress only grows: what a restarted reader has read less of is not shown. */
    static JdbcQueryStatement<ReadProgress> progress(long runId) {
        return new Upsert<>(
                """
                INSERT INTO backfill_progress AS shown
                  (run_id, partition, next_offset, record_count, newest_event_time, newest_valid_record)
                VALUES (?, ?, ?, ?, ?, ?)
                ON CONFLICT (run_id, partition) DO UPDATE SET
                  next_offset = excluded.next_offset,
                  record_count = excluded.record_count,
                  newest_event_time = excluded.newest_event_time,
                  newest_valid_record = excluded.newest_valid_record
                WHERE excluded.record_count > shown.record_count
                """,
                (statement, progress) -> {
                    statement.setLong(1, runId);
                    statement.setInt(2, progress.partition);
                    statement.setLong(3, progress.nextOffset);
                    statement.setLong(4, progress.recordCount);
                    setTime(statement, 5, progress.newestEventTime);
                    setTime(statement, 6, progress.newestValidRecord);
                });
    }

    private static void setTime(PreparedStatement statement, int index, long epochMillis)
            throws SQLException {
        if (epochMillis == ReadProgress.NONE) {
            statement.setNull(index, Types.BIGINT);
        } else {
            statement.setLong(index, epochMillis);
        }
    }
}
