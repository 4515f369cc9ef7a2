package io.salespulse.backfill;

import io.salespulse.sink.CategorySalesUpsert;
import io.salespulse.sink.Timestamps;
import io.salespulse.window.WindowRange;
import java.io.PrintStream;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Brings a run's staging rows into the tables in one transaction, by the same guard as the live
 * job's or, to replace, without it.
 *
 * <p>Only rows that will change are locked, and in the order of the key, as the live job does. A
 * deadlock is possible all the same with whoever else writes; then, as after waiting too long for a
 * lock, the transaction is tried again.
 */
final class Merge {

    private static final Set<String> TRY_AGAIN =
            Set.of("40P01" /* deadlock */, "40001" /* serialization */, "55P03" /* lock */);
    private static final int ATTEMPTS = 10;
    private static final long PAUSE_MILLIS = 1_000;
    private static final int EXAMPLES = 5;

    /** The computed rows, {@code s}, beside those of the table, {@code t}. */
    private static final String COMPUTED_AND_SHOWN =
            """
            FROM backfill_sales s %s JOIN category_sales t
              ON t.window_start = s.window_start AND t.category = s.category
                AND t.window_start >= ? AND t.window_start < ?
            WHERE s.run_id = ? AND s.window_end <= ?
            """;

    /** The same condition as the guard's: computed rows are final. */
    private static final String GROWS =
            """
            (s.transaction_count > t.transaction_count
              OR (s.transaction_count = t.transaction_count AND NOT t.is_final))
            """;

    private static final String DIFFERS =
            """
            (s.transaction_count <> t.transaction_count OR s.total_sales <> t.total_sales OR NOT t.is_final)
            """;

    /** Rows of the range without a sale in the topic, unless they came after the run had begun. */
    private static final String NOT_IN_TOPIC =
            """
            FROM category_sales t
            WHERE t.window_start >= ? AND t.window_start < ? AND t.updated_at < ?
              AND coalesce(t.window_start = ANY (?::timestamptz[]), true)
              AND NOT EXISTS (
                SELECT FROM backfill_sales s
                WHERE s.run_id = ? AND s.window_start = t.window_start AND s.category = t.category)
            """;

    private static final String OTHER_CENTS =
            "AND s.transaction_count = t.transaction_count AND s.total_sales <> t.total_sales\n";

    private static final String HIGHER =
            "AND t.transaction_count > s.transaction_count AND t.updated_at < ?\n";

    private final BackfillSession session;
    private final Connection connection;
    private final WindowRange range;
    private final long end;
    private final boolean replace;
    private final PrintStream out;

    /**
     * @param end only windows that end by this time are merged; epoch milliseconds
     */
    Merge(BackfillSession session, WindowRange range, long end, boolean replace, PrintStream out) {
        this.session = session;
        this.connection = session.connection();
        this.range = range;
        this.end = Math.max(range.from(), Math.min(end, range.to()));
        this.replace = replace;
        this.out = out;
    }

    MergeReport run() throws SQLException, InterruptedException {
        prepare();
        for (int attempt = 1; ; attempt++) {
            try {
                MergeReport report = merge();
                connection.commit();
                return report;
            } catch (SQLException failure) {
                connection.rollback();
                if (attempt == ATTEMPTS || !TRY_AGAIN.contains(failure.getSQLState())) {
                    throw failure;
                }
                out.printf(
                        "The merge collided with another writer and is tried again (%s)%n",
                        failure.getMessage().lines().findFirst().orElse(""));
                Thread.sleep(PAUSE_MILLIS);
            } finally {
                connection.setAutoCommit(true);
            }
        }
    }

    private void prepare() throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("ANALYZE backfill_sales");
            statement.execute(
                    """
                    CREATE TEMPORARY TABLE IF NOT EXISTS backfill_before
                      (window_start timestamptz, category text COLLATE "C", total_sales numeric, transaction_count bigint)
                    ON COMMIT DELETE ROWS
                    """);
            statement.execute(
                    """
                    CREATE TEMPORARY TABLE IF NOT EXISTS backfill_written
                      (window_start timestamptz, category text COLLATE "C", total_sales numeric, transaction_count bigint,
                       added boolean)
                    ON COMMIT DELETE ROWS
                    """);
        }
    }

    private MergeReport merge() throws SQLException {
        connection.setAutoCommit(false);
        requireOwnRows();
        lockChanging();
        upsert();
        long removed = replace ? removeRowsOfOthers() : 0;
        long rejectedRaised = mergeRejections();
        long repairsCleared = clearRepairs();
        return report(removed, rejectedRaised, repairsCleared);
    }

    /** Whoever removed them took this run for dead. */
    private void requireOwnRows() throws SQLException {
        try (PreparedStatement select =
                connection.prepareStatement(
                        "SELECT FROM backfill_runs WHERE run_id = ? FOR SHARE")) {
            select.setLong(1, session.runId());
            try (ResultSet row = select.executeQuery()) {
                if (!row.next()) {
                    throw new SQLException(
                            "The staging rows of this run were removed; run it again");
                }
            }
        }
    }

    private void lockChanging() throws SQLException {
        update(
                "INSERT INTO backfill_before\n"
                        + "SELECT t.window_start, t.category, t.total_sales, t.transaction_count\n"
                        + COMPUTED_AND_SHOWN.formatted("")
                        + "AND "
                        + (replace ? DIFFERS : GROWS)
                        + "ORDER BY t.window_start, t.category FOR UPDATE OF t",
                computed());
    }

    private void upsert() throws SQLException {
        update(
                "WITH written AS (\n"
                        + CategorySalesUpsert.INSERT
                        + "SELECT s.window_start, s.window_end, s.category, s.total_sales, s.transaction_count, true, clock_timestamp()\n"
                        + COMPUTED_AND_SHOWN.formatted("LEFT")
                        + "AND (t.window_start IS NULL OR "
                        + (replace ? DIFFERS : GROWS)
                        + ") ORDER BY s.window_start, s.category\n"
                        + CategorySalesUpsert.ON_CONFLICT
                        + (replace ? "" : CategorySalesUpsert.GUARD)
                        // A row that was there carries the id of the transaction that locked it.
                        + "RETURNING window_start, category, total_sales, transaction_count, shown.xmax = 0)\n"
                        + "INSERT INTO backfill_written SELECT * FROM written",
                computed());
    }

    private long removeRowsOfOthers() throws SQLException {
        return update(
                "DELETE FROM category_sales WHERE (window_start, category) IN (SELECT t.window_start, t.category\n"
                        + NOT_IN_TOPIC
                        + "ORDER BY t.window_start, t.category FOR UPDATE OF t)",
                notInTopic());
    }

    /** Counts that are missing or too low. A lower one cannot have seen as much of the topic. */
    private long mergeRejections() throws SQLException {
        return update(
                """
                INSERT INTO rejected_events AS shown (minute, reason, event_count)
                SELECT s.minute, s.reason, s.event_count
                FROM backfill_rejections s LEFT JOIN rejected_events t
                  ON t.minute = s.minute AND t.reason = s.reason
                WHERE s.run_id = ? AND (t.minute IS NULL OR s.event_count > t.event_count)
                ORDER BY s.minute, s.reason
                ON CONFLICT (minute, reason) DO UPDATE SET
                  event_count = excluded.event_count,
                  updated_at = clock_timestamp()
                WHERE excluded.event_count > shown.event_count
                """,
                List.of(session.runId()));
    }

    /**
     * A mark that is older than the run stands for records that were in the topic before the run
     * looked up its end, so they have been read.
     */
    private long clearRepairs() throws SQLException {
        List<Object> parameters = new ArrayList<>(window());
        parameters.add(session.startedAt());
        parameters.add(only());
        return update(
                """
                DELETE FROM repairs WHERE window_start >= ? AND window_start < ? AND seen_at < ?
                  AND coalesce(window_start = ANY (?::timestamptz[]), true)
                """,
                parameters);
    }

    private MergeReport report(long removed, long rejectedRaised, long repairsCleared)
            throws SQLException {
        String mine = " FROM backfill_sales WHERE run_id = ? AND window_end <= ?";
        List<Object> ofRun = List.of(session.runId(), Timestamps.utc(end));
        String compared = "SELECT count(*) " + COMPUTED_AND_SHOWN.formatted("");
        String changed =
                """
                FROM backfill_written w JOIN backfill_before b USING (window_start, category)
                WHERE NOT w.added
                  AND (b.transaction_count, b.total_sales) IS DISTINCT FROM (w.transaction_count, w.total_sales)
                """;
        MergeReport.Change corrected = corrected(changed);
        long written = number("SELECT count(*) FROM backfill_written", List.of());
        long added = number("SELECT count(*) FROM backfill_written WHERE added", List.of());
        return new MergeReport(
                number("SELECT count(DISTINCT window_start)" + mine, ofRun),
                number("SELECT count(*)" + mine, ofRun),
                number("SELECT coalesce(sum(transaction_count), 0)" + mine, ofRun),
                added,
                corrected,
                written - added - corrected.rows(),
                removed,
                number(compared + OTHER_CENTS, computed()),
                number(compared + HIGHER, higher()),
                number("SELECT count(*) " + NOT_IN_TOPIC, notInTopic()),
                rejectedRaised,
                repairsCleared,
                examples(changed));
    }

    private MergeReport.Change corrected(String changed) throws SQLException {
        try (PreparedStatement select =
                        connection.prepareStatement(
                                """
                                SELECT count(*), coalesce(sum(b.transaction_count), 0), coalesce(sum(w.transaction_count), 0),
                                  coalesce(sum(b.total_sales), 0.00), coalesce(sum(w.total_sales), 0.00)
                                """
                                        + changed);
                ResultSet row = select.executeQuery()) {
            row.next();
            return new MergeReport.Change(
                    row.getLong(1),
                    row.getLong(2),
                    row.getLong(3),
                    row.getBigDecimal(4),
                    row.getBigDecimal(5));
        }
    }

    private List<String> examples(String changed) throws SQLException {
        String shown =
                "to_char(%s.window_start, 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z \"') || %s.category || ' '";
        String before = " || %1$s.total_sales || '/' || %1$s.transaction_count";
        List<String> examples = new ArrayList<>();
        examples.addAll(
                texts(
                        "corrected: ",
                        shown.formatted("w", "w")
                                + before.formatted("b")
                                + " || ' → '"
                                + before.formatted("w"),
                        changed,
                        "w",
                        List.of()));
        String ofTable =
                shown.formatted("t", "t")
                        + before.formatted("t")
                        + " || ', the topic has '"
                        + before.formatted("s");
        String compared = COMPUTED_AND_SHOWN.formatted("");
        examples.addAll(texts("other cents: ", ofTable, compared + OTHER_CENTS, "t", computed()));
        examples.addAll(texts("higher: ", ofTable, compared + HIGHER, "t", higher()));
        examples.addAll(
                texts(
                        "not in the topic: ",
                        shown.formatted("t", "t") + before.formatted("t"),
                        NOT_IN_TOPIC,
                        "t",
                        notInTopic()));
        return examples;
    }

    private List<String> texts(
            String prefix, String expression, String from, String table, List<Object> parameters)
            throws SQLException {
        String sql =
                "SELECT %s %s ORDER BY %s.window_start, %s.category LIMIT %d"
                        .formatted(expression, from, table, table, EXAMPLES);
        try (PreparedStatement select = connection.prepareStatement(sql)) {
            bind(select, parameters);
            List<String> texts = new ArrayList<>();
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    texts.add(prefix + rows.getString(1));
                }
            }
            return texts;
        }
    }

    // ---- parameters ----

    private List<Object> window() {
        return List.of(Timestamps.utc(range.from()), Timestamps.utc(end));
    }

    private List<Object> computed() {
        List<Object> parameters = new ArrayList<>(window());
        parameters.add(session.runId());
        parameters.add(Timestamps.utc(end));
        return parameters;
    }

    private List<Object> higher() {
        List<Object> parameters = computed();
        parameters.add(session.startedAt());
        return parameters;
    }

    private List<Object> notInTopic() {
        List<Object> parameters = new ArrayList<>(window());
        parameters.add(session.startedAt());
        parameters.add(only());
        parameters.add(session.runId());
        return parameters;
    }

    /** The windows to take of the range; of no array, any is one. */
    private String only() {
        return range.only().isEmpty()
                ? null
                : range.only().stream()
                        .map(start -> Timestamps.utc(start).toString())
                        .collect(Collectors.joining(",", "{", "}"));
    }

    private long update(String sql, List<Object> parameters) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            bind(statement, parameters);
            return statement.executeUpdate();
        }
    }

    private long number(String sql, List<Object> parameters) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(sql)) {
            bind(select, parameters);
            try (ResultSet row = select.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        }
    }

    private static void bind(PreparedStatement statement, List<Object> parameters)
            throws SQLException {
        for (int i = 0; i < parameters.size(); i++) {
            if (parameters.get(i) == null) {
                statement.setNull(i + 1, Types.VARCHAR);
            } else {
                statement.setObject(i + 1, parameters.get(i));
            }
        }
    }
}
