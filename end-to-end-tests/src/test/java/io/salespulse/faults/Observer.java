package io.salespulse.faults;

import io.salespulse.endtoend.Pipeline;
import io.salespulse.local.postgres.PostgresServer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Looks at the table all the time, as a dashboard does: a count never falls, a final row stays
 * final, no row goes, and no window lies in the future.
 */
final class Observer implements AutoCloseable {

    private static final int INTERVAL_MILLIS = 200;
    private static final int FETCH_SECONDS = 5;
    private static final int LOOKS_FOR_A_LOOK_AT_ALL = 20;

    /** Max-future-skew, and a second for the clocks to be read. */
    private static final String FUTURE = "61 seconds";

    private static final String ROWS =
            """
            SELECT window_start::text || ' ' || category, transaction_count, is_final, window_start > clock_timestamp() + interval '%s'
            FROM category_sales
            """
                    .formatted(FUTURE);

    private static final String RECENTLY =
            "WHERE updated_at > clock_timestamp() - interval '10 seconds'";

    private record Row(long count, boolean isFinal) {}

    private final Pipeline pipeline;
    private final Map<String, Row> seen = new HashMap<>();
    private final List<String> violations = Collections.synchronizedList(new ArrayList<>());
    private final Thread thread = new Thread(this::observe, "observer");
    private volatile boolean closed;
    private volatile long looks;

    Observer(Pipeline pipeline) {
        this.pipeline = pipeline;
        thread.setDaemon(true);
        thread.start();
    }

    List<String> violations() {
        return List.copyOf(violations);
    }

    /** How often the table was read. */
    long looks() {
        return looks;
    }

    private void observe() {
        while (!closed) {
            try (Connection connection = pipeline.connect(PostgresServer.READER);
                    Statement statement = connection.createStatement()) {
                statement.setQueryTimeout(FETCH_SECONDS);
                // At all rows at first: much may have happened while the database was away.
                for (int i = 0; !closed; i++) {
                    look(statement, i % LOOKS_FOR_A_LOOK_AT_ALL == 0);
                    Thread.sleep(INTERVAL_MILLIS);
                }
            } catch (SQLException e) {
                // The database is being tried, too: look again when it is back.
                sleep();
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private void look(Statement statement, boolean atAll) throws SQLException {
        Set<String> gone = atAll ? new HashSet<>(seen.keySet()) : new HashSet<>();
        try (ResultSet rows = statement.executeQuery(atAll ? ROWS : ROWS + RECENTLY)) {
            while (rows.next()) {
                gone.remove(rows.getString(1));
                Row now = new Row(rows.getLong(2), rows.getBoolean(3));
                Row before = seen.put(rows.getString(1), now);
                if (before != null && now.count < before.count) {
                    violations.add("fell: " + rows.getString(1) + " " + before + " to " + now);
                }
                if (before != null && before.isFinal && !now.isFinal) {
                    violations.add("not final any more: " + rows.getString(1));
                }
                if (rows.getBoolean(4)) {
                    violations.add("in the future: " + rows.getString(1));
                }
            }
        }
        for (String row : gone) {
            violations.add("gone: " + row + " " + seen.remove(row));
        }
        looks++;
    }

    private static void sleep() {
        try {
            Thread.sleep(INTERVAL_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() throws InterruptedException {
        closed = true;
        thread.interrupt();
        thread.join();
    }
}
