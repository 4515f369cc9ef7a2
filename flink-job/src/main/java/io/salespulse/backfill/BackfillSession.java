package io.salespulse.backfill;

import io.salespulse.config.JdbcConfig;
import io.salespulse.config.StartRefusedException;
import io.salespulse.start.PipelineTable;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.postgresql.Driver;

/**
 * A run's connection to the database, from its first look until its report.
 *
 * <p>It holds a lock of its own for the whole run, so that another run can tell the staging rows of
 * one that lives from those of one that was killed, which it removes. A second lock is shared by
 * all runs but those that replace rows: these run alone, since a run that has read less could
 * otherwise undo what another has merged.
 */
final class BackfillSession implements AutoCloseable {

    private static final long REPLACE_LOCK = 0x5a1e5_0001L;
    private static final long CLEAN_UP_LOCK = 0x5a1e5_0002L;
    private static final List<String> STAGING_TABLES =
            List.of("backfill_sales", "backfill_rejections", "backfill_progress");

    private final JdbcConfig config;
    private final Connection connection;
    private final long runId;
    private final OffsetDateTime startedAt;

    private BackfillSession(JdbcConfig config, Connection connection, boolean replace)
            throws SQLException {
        this.config = config;
        this.connection = connection;
        this.runId = new SecureRandom().nextLong(1L << 32, Long.MAX_VALUE);
        lock(replace);
        this.startedAt = register();
        removeLeftovers();
    }

    /**
     * @param replace the run will replace rows
     * @throws StartRefusedException if the database cannot be used, or another run is in the way
     */
    static BackfillSession open(JdbcConfig config, boolean replace) {
        try {
            Connection connection = connect(config);
            try {
                return new BackfillSession(config, connection, replace);
            } catch (SQLException | RuntimeException failure) {
                connection.close();
                throw failure;
            }
        } catch (SQLException failure) {
            throw PipelineTable.refusal(config, failure);
        }
    }

    /** A merge may take longer than what the role allows a writer that serves live data. */
    private static Connection connect(JdbcConfig config) throws SQLException {
        Properties properties = config.driverProperties();
        properties.setProperty("ApplicationName", "sales-analytics backfill");
        properties.setProperty("socketTimeout", "0");
        Connection connection = new Driver().connect(config.url(), properties);
        if (connection == null) {
            throw new StartRefusedException(
                    "--jdbc-url '%s' is not a PostgreSQL address".formatted(config.url()));
        }
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET statement_timeout = 0");
            statement.execute("SET transaction_timeout = 0");
        }
        return connection;
    }

    private void lock(boolean replace) throws SQLException {
        query("SELECT pg_advisory_lock(?)", List.of(runId));
        String tryLock = replace ? "pg_try_advisory_lock(?)" : "pg_try_advisory_lock_shared(?)";
        if (!query("SELECT " + tryLock, List.of(REPLACE_LOCK)).equals(List.of("t"))) {
            throw new StartRefusedException(
                    replace
                            ? "Another backfill is running, and --replace runs alone: wait for its end."
                            : "A backfill with --replace is running, and runs alone: wait for its end.");
        }
    }

    private OffsetDateTime register() throws SQLException {
        try (PreparedStatement insert =
                connection.prepareStatement(
                        "INSERT INTO backfill_runs (run_id) VALUES (?) RETURNING started_at")) {
            insert.setLong(1, runId);
            try (ResultSet row = insert.executeQuery()) {
                row.next();
                return row.getObject(1, OffsetDateTime.class);
            }
        }
    }

    /** What killed runs, and jobs of theirs that went on for a while, have left. */
    private void removeLeftovers() throws SQLException {
        connection.setAutoCommit(false);
        try {
            query("SELECT pg_advisory_xact_lock(?)", List.of(CLEAN_UP_LOCK));
            update(
                    """
                    DELETE FROM backfill_runs WHERE run_id IN (
                      SELECT run_id FROM (SELECT run_id FROM backfill_runs WHERE run_id <> ? OFFSET 0) others
                      WHERE pg_try_advisory_xact_lock(run_id))
                    """,
                    List.of(runId));
            for (String table : STAGING_TABLES) {
                update(
                        "DELETE FROM %s WHERE run_id NOT IN (SELECT run_id FROM backfill_runs)"
                                .formatted(table),
                        List.of());
            }
            connection.commit();
        } catch (SQLException failure) {
            connection.rollback();
            throw failure;
        } finally {
            connection.setAutoCommit(true);
        }
    }

    long runId() {
        return runId;
    }

    /** On the database's clock, before anything was read. */
    OffsetDateTime startedAt() {
        return startedAt;
    }

    Connection connection() {
        return connection;
    }

    /** The windows that are marked for repair, by their starts in epoch milliseconds. */
    SortedSet<Long> repairs() throws SQLException {
        SortedSet<Long> starts = new TreeSet<>();
        query("SELECT (extract(epoch FROM window_start) * 1000)::bigint FROM repairs", List.of())
                .forEach(start -> starts.add(Long.parseLong(start)));
        return starts;
    }

    /**
     * How far the live job is, running or stopped.
     *
     * @param known whether there is or was one
     * @param watermark epoch milliseconds; empty if it has not said yet
     */
    record LiveJob(boolean known, Optional<Long> watermark) {}

    LiveJob liveJob() throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row =
                        statement.executeQuery(
                                """
                                SELECT count(*) > 0, (extract(epoch FROM min(watermark)) * 1000)::bigint
                                FROM job_heartbeat
                                """)) {
            row.next();
            long watermark = row.getLong(2);
            return new LiveJob(
                    row.getBoolean(1), row.wasNull() ? Optional.empty() : Optional.of(watermark));
        }
    }

    /** What each partition's reader has told so far. */
    List<ReadProgress> progress() throws SQLException {
        try (PreparedStatement select =
                connection.prepareStatement(
                        """
                        SELECT partition, next_offset, record_count, newest_event_time, newest_valid_record
                        FROM backfill_progress WHERE run_id = ?
                        """)) {
            select.setLong(1, runId);
            List<ReadProgress> partitions = new ArrayList<>();
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    partitions.add(
                            new ReadProgress(
                                    row.getInt(1),
                                    row.getLong(2),
                                    row.getLong(3),
                                    time(row, 4),
                                    time(row, 5)));
                }
            }
            return partitions;
        }
    }

    /** Rejected records of all that were read, by reason. */
    Map<String, Long> rejected() throws SQLException {
        try (PreparedStatement select =
                connection.prepareStatement(
                        """
                        SELECT reason, sum(event_count)::bigint FROM backfill_rejections
                        WHERE run_id = ? GROUP BY reason ORDER BY reason
                        """)) {
            select.setLong(1, runId);
            Map<String, Long> counts = new TreeMap<>();
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    counts.put(row.getString(1), row.getLong(2));
                }
            }
            return counts;
        }
    }

    private static long time(ResultSet row, int column) throws SQLException {
        long epochMillis = row.getLong(column);
        return row.wasNull() ? ReadProgress.NONE : epochMillis;
    }

    /**
     * Removes the run's rows through a connection of its own, while the other may be busy. Whatever
     * that has not committed yet is rolled back.
     */
    void abort() {
        try {
            connection.abort(Runnable::run);
            try (Connection other = connect(config)) {
                removeRun(other);
            }
        } catch (SQLException failure) {
            leaveToTheNextRun(failure);
        }
    }

    @Override
    public void close() {
        try (connection) {
            if (!connection.isClosed()) {
                removeRun(connection);
            }
        } catch (SQLException failure) {
            leaveToTheNextRun(failure);
        }
    }

    private static void leaveToTheNextRun(SQLException failure) {
        System.err.println(
                "The staging rows could not be removed, the next backfill will do it: "
                        + failure.getMessage());
    }

    private void removeRun(Connection through) throws SQLException {
        List<String> tables = new ArrayList<>(STAGING_TABLES);
        tables.add("backfill_runs");
        for (String table : tables) {
            try (PreparedStatement delete =
                    through.prepareStatement("DELETE FROM " + table + " WHERE run_id = ?")) {
                delete.setLong(1, runId);
                delete.executeUpdate();
            }
        }
    }

    private int update(String sql, List<Long> parameters) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            bind(statement, parameters);
            return statement.executeUpdate();
        }
    }

    private List<String> query(String sql, List<Long> parameters) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            bind(statement, parameters);
            List<String> values = new ArrayList<>();
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    values.add(rows.getString(1));
                }
            }
            return values;
        }
    }

    private static void bind(PreparedStatement statement, List<Long> parameters)
            throws SQLException {
        for (int i = 0; i < parameters.size(); i++) {
            statement.setLong(i + 1, parameters.get(i));
        }
    }
}
