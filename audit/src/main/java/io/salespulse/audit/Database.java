package io.salespulse.audit;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.HashSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.function.Consumer;
import javax.net.ssl.SSLException;

/**
 * Reads the pipeline's tables, each time from one snapshot: all that is read between two calls of
 * {@link #takeSnapshot} is of the same moment. Never writes.
 */
final class Database implements AutoCloseable {
    private static final int ROWS_PER_FETCH = 10_000;
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration SOCKET_TIMEOUT = Duration.ofSeconds(60);

    private final Connection connection;

    private Database(Connection connection) {
        this.connection = connection;
    }

    static Database open(DatabaseLogin login) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", login.user());
        properties.setProperty("password", login.password());
        properties.setProperty("ApplicationName", "salespulse-audit");
        properties.setProperty("connectTimeout", Long.toString(CONNECT_TIMEOUT.toSeconds()));
        properties.setProperty("loginTimeout", Long.toString(CONNECT_TIMEOUT.toSeconds()));
        properties.setProperty("socketTimeout", Long.toString(SOCKET_TIMEOUT.toSeconds()));
        Connection connection = DriverManager.getConnection(login.url(), properties);
        try {
            // The reader's role has a statement time-out for dashboards; the socket's is the one
            // that matters here.
            try (Statement statement = connection.createStatement()) {
                statement.execute("SET statement_timeout = 0");
            }
            connection.setReadOnly(true);
            connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            connection.setAutoCommit(false);
            return new Database(connection);
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
    }

    /**
     * Forgets the snapshot before and takes a new one. Returns the row of table {@code pipeline},
     * empty if no job has started.
     */
    Optional<PipelineSettings> takeSnapshot() throws SQLException {
        connection.rollback();
        String sql =
                """
                SELECT topic, topic_id,
                       (extract(epoch FROM window_size) * 1000)::bigint,
                       (extract(epoch FROM max_out_of_orderness) * 1000)::bigint,
                       (extract(epoch FROM allowed_lateness) * 1000)::bigint,
                       (extract(epoch FROM max_future_skew) * 1000)::bigint,
                       counted_from
                  FROM pipeline""";
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            return row.next() ? Optional.of(settings(row)) : Optional.empty();
        }
    }

    private static PipelineSettings settings(ResultSet row) throws SQLException {
        return new PipelineSettings(
                row.getString(1),
                row.getString(2),
                row.getLong(3),
                row.getLong(4),
                row.getLong(5),
                row.getLong(6),
                instant(row, 7).toEpochMilli());
    }

    /**
     * Gives every row of {@code category_sales} whose window lies in the range, in the order of the
     * primary key.
     */
    void readSales(Range range, long windowSize, Consumer<SalesRow> consumer) throws SQLException {
        String sql =
                """
                SELECT window_start, window_end, category, total_sales, transaction_count
                  FROM category_sales
                 WHERE window_start >= ? AND window_start <= ?
                 ORDER BY window_start, category""";
        try (PreparedStatement statement = prepare(sql, range, windowSize);
                ResultSet row = statement.executeQuery()) {
            while (row.next()) {
                consumer.accept(
                        new SalesRow(
                                instant(row, 1),
                                instant(row, 2),
                                row.getString(3),
                                row.getBigDecimal(4),
                                row.getLong(5)));
            }
        }
    }

    /**
     * Gives every row of {@code rejected_events} whose minute lies in the range as a whole, in the
     * order of the primary key.
     */
    void readRejections(Range range, Consumer<RejectionRow> consumer) throws SQLException {
        String sql =
                """
                SELECT minute, reason, event_count
                  FROM rejected_events
                 WHERE minute >= ? AND minute <= ?
                 ORDER BY minute, reason""";
        try (PreparedStatement statement = prepare(sql, range, RejectionKey.MINUTE);
                ResultSet row = statement.executeQuery()) {
            while (row.next()) {
                consumer.accept(
                        new RejectionRow(instant(row, 1), row.getString(2), row.getLong(3)));
            }
        }
    }

    /** The rows of {@code category_sales} that {@link #readSales} does not give. */
    long countSalesOutside(Range range, long windowSize) throws SQLException {
        return count(
                "SELECT count(*) FROM category_sales WHERE window_start < ? OR window_start > ?",
                range,
                windowSize);
    }

    /** The rows of {@code rejected_events} that {@link #readRejections} does not give. */
    long countRejectionsOutside(Range range) throws SQLException {
        return count(
                "SELECT count(*) FROM rejected_events WHERE minute < ? OR minute > ?",
                range,
                RejectionKey.MINUTE);
    }

    private long count(String sql, Range range, long length) throws SQLException {
        try (PreparedStatement statement = prepare(sql, range, length);
                ResultSet row = statement.executeQuery()) {
            row.next();
            return row.getLong(1);
        }
    }

    /** The windows whose rows the pipeline itself says are incomplete. */
    Set<Instant> readRepairs() throws SQLException {
        Set<Instant> repairs = new HashSet<>();
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT window_start FROM repairs")) {
            while (row.next()) {
                repairs.add(instant(row, 1));
            }
        }
        return repairs;
    }

    /** How long ago, by the database's clock, the job last gave a sign of life; empty if never. */
    Optional<Duration> readHeartbeatAge() throws SQLException {
        String sql =
                "SELECT extract(epoch FROM clock_timestamp() - max(updated_at))::bigint FROM job_heartbeat";
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            long seconds = row.getLong(1);
            return row.wasNull() ? Optional.empty() : Optional.of(Duration.ofSeconds(seconds));
        }
    }

    private PreparedStatement prepare(String sql, Range range, long length) throws SQLException {
        PreparedStatement statement = connection.prepareStatement(sql);
        statement.setFetchSize(ROWS_PER_FETCH);
        boolean fromTheFirst = range.from() == Long.MIN_VALUE;
        boolean toTheLast = range.to() == Long.MAX_VALUE;
        statement.setObject(1, fromTheFirst ? OffsetDateTime.MIN : timestamp(range.from()));
        statement.setObject(2, toTheLast ? OffsetDateTime.MAX : timestamp(range.to() - length));
        return statement;
    }

    private static OffsetDateTime timestamp(long millis) {
        return Instant.ofEpochMilli(millis).atOffset(ZoneOffset.UTC);
    }

    private static Instant instant(ResultSet row, int column) throws SQLException {
        return row.getObject(column, OffsetDateTime.class).toInstant();
    }

    /**
     * One line for a failure, which names the database and what to do where the server's message
     * does not say it.
     */
    static String explain(SQLException e, DatabaseLogin login) {
        String state = e.getSQLState() == null ? "" : e.getSQLState();
        String advice =
                switch (state) {
                    case "42P01", "42703" -> " (apply postgres-init/*.sql to this database)";
                    case "42501" ->
                            " (apply postgres-init/*.sql, or give a --jdbc-user that may read the tables)";
                    case "28P01", "28000" ->
                            " (check --jdbc-user and SALESPULSE_JDBC_PASSWORD or --jdbc-password-file)";
                    case "3D000" -> " (check --jdbc-url)";
                    default ->
                            e.getCause() instanceof SSLException
                                    ? " (check sslrootcert in --jdbc-url)"
                                    : "";
                };
        return String.format(
                Locale.ROOT,
                "cannot read PostgreSQL at %s: %s%s",
                login.shownUrl(),
                Text.reason(e),
                advice);
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
