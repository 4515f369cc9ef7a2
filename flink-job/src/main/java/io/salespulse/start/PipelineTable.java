package io.salespulse.start;

import io.salespulse.config.JdbcConfig;
import io.salespulse.config.StartRefusedException;
import io.salespulse.event.WindowRules;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLException;
import org.apache.flink.util.ExceptionUtils;
import org.postgresql.Driver;

/**
 * The table {@code pipeline}: the one log and the one set of rules that the database was counted
 * by. The guarded upserts rest on it, so a job with another log or other rules does not start.
 */
public final class PipelineTable {

    private static final String START_OVER =
            "TRUNCATE category_sales, rejected_events, repairs, pipeline";

    private final JdbcConfig config;

    public PipelineTable(JdbcConfig config) {
        this.config = config;
    }

    /**
     * @param countedFrom where the pipeline began to count: fixed when its first job started
     * @param isNew no job had counted into this database before
     */
    public record Registration(Instant countedFrom, boolean isNew) {}

    /**
     * Writes the row if there is none yet, and else compares with it.
     *
     * @param countedFrom where this job could begin to count
     * @throws StartRefusedException if the database belongs to another log or other rules, or
     *     cannot be used
     */
    public Registration register(SourceTopic topic, WindowRules rules, Instant countedFrom) {
        try (Connection connection = connect()) {
            boolean isNew = insertIfAbsent(connection, topic, rules, countedFrom);
            return new Registration(compare(connection, topic, rules), isNew);
        } catch (SQLException failure) {
            throw refusal(config, failure);
        }
    }

    /**
     * Removes what a former job, which may have had more subtasks, has said of its progress. One
     * row stays, without times: there is a job, and how far it is has yet to be seen.
     */
    void forgetHeartbeats() {
        try (Connection connection = connect();
                PreparedStatement delete =
                        connection.prepareStatement(
                                "DELETE FROM job_heartbeat WHERE subtask > (SELECT min(subtask) FROM job_heartbeat)");
                PreparedStatement blank =
                        connection.prepareStatement(
                                "UPDATE job_heartbeat SET watermark = NULL, newest_event = NULL")) {
            delete.executeUpdate();
            blank.executeUpdate();
        } catch (SQLException failure) {
            throw refusal(config, failure);
        }
    }

    /** The database cannot be used, in one line that says what to do. */
    public static StartRefusedException refusal(JdbcConfig config, SQLException failure) {
        return new StartRefusedException(
                "PostgreSQL cannot be used at %s as %s (--jdbc-url, --jdbc-user): %s"
                        .formatted(config.url(), config.user(), hint(failure)));
    }

    private Connection connect() throws SQLException {
        Connection connection = new Driver().connect(config.url(), config.driverProperties());
        if (connection == null) {
            throw new StartRefusedException(
                    "--jdbc-url '%s' is not a PostgreSQL address".formatted(config.url()));
        }
        return connection;
    }

    private static String hint(SQLException failure) {
        String message = String.valueOf(failure.getMessage()).replaceAll("\\s*\\R\\s*", " ");
        String state = String.valueOf(failure.getSQLState());
        if (ExceptionUtils.findThrowable(failure, SSLException.class).isPresent()) {
            return message + ". Does sslrootcert in --jdbc-url name who signed its certificate?";
        }
        return switch (state) {
            case "42P01" -> message + ". Apply the files in postgres-init/ first.";
            case "28P01" ->
                    message
                            + ". Is the password right (SALESPULSE_JDBC_PASSWORD or --jdbc-password-file)?";
            default -> message;
        };
    }

    private static boolean insertIfAbsent(
            Connection connection, SourceTopic topic, WindowRules rules, Instant countedFrom)
            throws SQLException {
        String sql =
                """
                INSERT INTO pipeline
                  (topic, topic_id, window_size, max_out_of_orderness, allowed_lateness, max_future_skew, counted_from)
                VALUES (?, ?, ?::interval, ?::interval, ?::interval, ?::interval, ?)
                ON CONFLICT (only_row) DO NOTHING
                """;
        try (PreparedStatement insert = connection.prepareStatement(sql)) {
            insert.setString(1, topic.name());
            insert.setString(2, topic.id());
            insert.setString(3, rules.windowSize().toString());
            insert.setString(4, rules.maxOutOfOrderness().toString());
            insert.setString(5, rules.allowedLateness().toString());
            insert.setString(6, rules.maxFutureSkew().toString());
            insert.setObject(7, countedFrom.atOffset(ZoneOffset.UTC));
            return insert.executeUpdate() > 0;
        }
    }

    private static Instant compare(Connection connection, SourceTopic topic, WindowRules rules)
            throws SQLException {
        String sql =
                """
                SELECT topic, topic_id, counted_from,
                  (extract(epoch FROM window_size) * 1000)::bigint,
                  (extract(epoch FROM max_out_of_orderness) * 1000)::bigint,
                  (extract(epoch FROM allowed_lateness) * 1000)::bigint,
                  (extract(epoch FROM max_future_skew) * 1000)::bigint
                FROM pipeline
                """;
        try (PreparedStatement select = connection.prepareStatement(sql);
                ResultSet row = select.executeQuery()) {
            row.next();
            refuseAnotherLog(topic, row.getString(1), row.getString(2));
            List<String> differences = new ArrayList<>();
            compare(differences, "--window-size", row.getLong(4), rules.windowSize());
            compare(
                    differences,
                    "--max-out-of-orderness",
                    row.getLong(5),
                    rules.maxOutOfOrderness());
            compare(differences, "--allowed-lateness", row.getLong(6), rules.allowedLateness());
            compare(differences, "--max-future-skew", row.getLong(7), rules.maxFutureSkew());
            refuseOtherRules(differences);
            return row.getObject(3, OffsetDateTime.class).toInstant();
        }
    }

    private static void refuseAnotherLog(SourceTopic topic, String name, String id) {
        if (!name.equals(topic.name())) {
            throw new StartRefusedException(
                    ("This database was counted from topic '%s', not from '%s'. Give the job that"
                                    + " topic (--topic) or a database of its own (--jdbc-url); to"
                                    + " begin anew in this one: %s")
                            .formatted(name, topic.name(), START_OVER));
        }
        if (!id.equals(topic.id())) {
            throw new StartRefusedException(
                    ("Topic '%s' was deleted and created again since this database was counted from"
                                    + " it (topic id %s, now %s), so the rows here can no longer be"
                                    + " compared with it. Use a database of its own (--jdbc-url), or"
                                    + " give up these rows and begin anew without savepoint or"
                                    + " checkpoint: %s")
                            .formatted(name, id, topic.id(), START_OVER));
        }
    }

    private static void compare(
            List<String> differences, String option, long registeredMillis, Duration configured) {
        Duration registered = Duration.ofMillis(registeredMillis);
        if (!registered.equals(configured)) {
            differences.add("%s is %s, but was %s".formatted(option, configured, registered));
        }
    }

    private static void refuseOtherRules(List<String> differences) {
        if (!differences.isEmpty()) {
            throw new StartRefusedException(
                    ("This database was counted by other rules: %s. Start with the former values,"
                                    + " use a database of its own (--jdbc-url), or give up these rows"
                                    + " and begin anew without savepoint or checkpoint: %s")
                            .formatted(String.join("; ", differences), START_OVER));
        }
    }
}
