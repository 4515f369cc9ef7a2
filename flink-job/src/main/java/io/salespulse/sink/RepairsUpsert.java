package io.salespulse.sink;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import org.apache.flink.connector.jdbc.datasource.statements.JdbcQueryStatement;

/**
 * Notes a window that needs a backfill, with the time of its newest mark: a backfill clears only
 * marks that are older than what it has read.
 */
final class RepairsUpsert implements JdbcQueryStatement<Long> {

    @Override
    public String query() {
        return """
               INSERT INTO repairs (window_start) VALUES (?)
               ON CONFLICT (window_start) DO UPDATE SET seen_at = excluded.seen_at
               """;
    }

    @Override
    public void statement(PreparedStatement statement, Long windowStart) throws SQLException {
        statement.setObject(1, Timestamps.utc(windowStart));
    }
}
