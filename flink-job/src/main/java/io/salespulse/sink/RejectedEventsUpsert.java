package io.salespulse.sink;

import io.salespulse.rejection.RejectedMinute;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import org.apache.flink.connector.jdbc.datasource.statements.JdbcQueryStatement;

/** Writes the count of a minute and reason unless its row has counted as much or more. */
final class RejectedEventsUpsert implements JdbcQueryStatement<RejectedMinute> {

    private static final String SQL =
            """
            INSERT INTO rejected_events AS shown (minute, reason, event_count, updated_at)
            VALUES (?, ?, ?, clock_timestamp())
            ON CONFLICT (minute, reason) DO UPDATE SET
              event_count = excluded.event_count,
              updated_at = excluded.updated_at
            WHERE excluded.event_count > shown.event_count
            """;

    @Override
    public String query() {
        return SQL;
    }

    @Override
    public void statement(PreparedStatement statement, RejectedMinute rejected)
            throws SQLException {
        statement.setObject(1, Timestamps.utc(rejected.minute));
        statement.setString(2, rejected.reason.name());
        statement.setLong(3, rejected.count);
    }
}
