package io.salespulse.sink;

import io.salespulse.window.Heartbeat;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import org.apache.flink.connector.jdbc.datasource.statements.JdbcQueryStatement;

/** Writes the newest sign of life of a subtask over its row. */
final class HeartbeatUpsert implements JdbcQueryStatement<Heartbeat> {

    private static final String SQL =
            """
            INSERT INTO job_heartbeat (subtask, watermark, newest_event, updated_at)
            VALUES (?, ?, ?, clock_timestamp())
            ON CONFLICT (subtask) DO UPDATE SET
              watermark = excluded.watermark,
              newest_event = excluded.newest_event,
              updated_at = excluded.updated_at
            """;

    @Override
    public String query() {
        return SQL;
    }

    @Override
    public void statement(PreparedStatement statement, Heartbeat heartbeat) throws SQLException {
        statement.setInt(1, heartbeat.subtask);
        setTime(statement, 2, heartbeat.watermark);
        setTime(statement, 3, heartbeat.newestEventTime);
    }

    /** All events are later than 1970; before the first one there is no time to show. */
    private static void setTime(PreparedStatement statement, int index, long epochMillis)
            throws SQLException {
        if (epochMillis <= 0) {
            statement.setNull(index, Types.TIMESTAMP_WITH_TIMEZONE);
        } else {
            statement.setObject(index, Timestamps.utc(epochMillis));
        }
    }
}
