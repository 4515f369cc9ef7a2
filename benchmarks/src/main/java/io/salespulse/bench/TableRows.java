package io.salespulse.bench;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;

/** Rows of the past or the far future, as a job that has run for long would have left them. */
final class TableRows {

    static final int CATEGORIES = 6;

    private static final String ROWS =
            """
            INSERT INTO category_sales
              (window_start, window_end, category, total_sales, transaction_count, is_final)
            SELECT start, start + interval '1 minute', category, 10 + n %% 7, 5 + n %% 5, true
            FROM generate_series(%d, %d) n,
              LATERAL (SELECT date_trunc('minute', %s) - n * interval '1 minute') AS time (start),
              unnest(ARRAY['Electronics', 'Fashion', 'Grocery', 'Home', 'Beauty', 'Sports']) category
            ON CONFLICT DO NOTHING
            """;

    private static final String REJECTIONS =
            """
            INSERT INTO rejected_events (minute, reason, event_count)
            SELECT date_trunc('minute', %s) - n * interval '1 minute', reason, 3
            FROM generate_series(%d, %d) n, unnest(ARRAY['LATE_EVENT', 'MALFORMED_JSON']) reason
            ON CONFLICT DO NOTHING
            """;

    private TableRows() {}

    /**
     * Adds rows of the windows before a time, so that there are so many in all.
     *
     * @param from how many there are already, back from the same time
     */
    static void fillUntil(BenchStack.Database database, Instant end, long from, long to)
            throws SQLException {
        String time = "'%s'::timestamptz".formatted(end);
        fill(
                database,
                ROWS.formatted(from / CATEGORIES + 1, to / CATEGORIES, time),
                REJECTIONS.formatted(time, from / CATEGORIES + 1, to / CATEGORIES));
    }

    /** Adds so many rows of windows that no event belongs to. */
    static void fillBeyondAllEvents(BenchStack.Database database, long rows) throws SQLException {
        if (rows > 0) {
            fill(database, ROWS.formatted(1, rows / CATEGORIES, "'2200-01-01 UTC'::timestamptz"));
        }
    }

    /** How often a row of an event's window was written: inserted, or replaced by a newer value. */
    static long writes(BenchStack.Database database) throws SQLException {
        try (Connection admin = database.connectAsSuperuser();
                Statement statement = admin.createStatement();
                ResultSet counts =
                        statement.executeQuery(
                                "SELECT n_tup_ins + n_tup_upd FROM pg_stat_user_tables WHERE relname = 'category_sales'")) {
            counts.next();
            return counts.getLong(1);
        }
    }

    private static void fill(BenchStack.Database database, String... statements)
            throws SQLException {
        try (Connection admin = database.connectAsSuperuser();
                Statement statement = admin.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
            statement.execute("VACUUM ANALYZE");
            statement.execute("CHECKPOINT");
        }
    }
}
