package io.salespulse.dashboards;

import io.salespulse.dashboards.GrafanaFiles.Query;
import io.salespulse.local.machine.ProjectLayout;
import io.salespulse.local.postgres.PostgresServer;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A PostgreSQL with the project's schema, asked as Grafana asks it. */
final class DashboardDatabase implements AutoCloseable {

    /** What Grafana inserts for the choice "All" of the category filter. */
    static final String ALL_CATEGORIES = "category";

    private final PostgresServer server;

    DashboardDatabase(Path folder) {
        server = PostgresServer.builder(ProjectLayout.fromSystemProperty(), folder).start();
    }

    /**
     * A result as Grafana sees it.
     *
     * @param columns labels, in order
     * @param types PostgreSQL's type names, in order
     * @param rows values by position; numbers as {@code BigDecimal} or {@code Long}
     */
    record Result(List<String> columns, List<String> types, List<List<Object>> rows) {

        List<Object> row(int index) {
            return rows.get(index);
        }
    }

    Result ask(Query query) throws SQLException {
        return ask(query, last(Duration.ofMinutes(100)), ALL_CATEGORIES);
    }

    Result ask(Query query, MacroExpander range, String categories) throws SQLException {
        return read(expanded(query, range, categories));
    }

    static String expanded(Query query, MacroExpander range, String categories) {
        return range.expand(
                query.sql(), Map.of("category", categories, "__timezone", "Europe/Rome"));
    }

    /** The time range from that long ago until now. */
    static MacroExpander last(Duration length) {
        Instant now = Instant.now();
        return new MacroExpander(now.minus(length), now, Duration.ofMinutes(1));
    }

    /** Runs a query as {@code grafana_reader}, by a plain statement as Grafana does. */
    Result read(String sql) throws SQLException {
        try (Connection connection = connectAsReader();
                Statement statement = connection.createStatement();
                ResultSet found = statement.executeQuery(sql)) {
            ResultSetMetaData data = found.getMetaData();
            List<String> columns = new ArrayList<>();
            List<String> types = new ArrayList<>();
            for (int column = 1; column <= data.getColumnCount(); column++) {
                columns.add(data.getColumnLabel(column));
                types.add(data.getColumnTypeName(column));
            }
            List<List<Object>> rows = new ArrayList<>();
            while (found.next()) {
                List<Object> row = new ArrayList<>();
                for (int column = 1; column <= data.getColumnCount(); column++) {
                    row.add(found.getObject(column));
                }
                rows.add(row);
            }
            return new Result(columns, types, rows);
        }
    }

    void write(String... statements) throws SQLException {
        try (Connection connection = server.connect(PostgresServer.WRITER);
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    void clear() throws SQLException {
        write(
                "DELETE FROM category_sales",
                "DELETE FROM rejected_events",
                "DELETE FROM repairs",
                "DELETE FROM job_heartbeat");
        try (Connection connection = server.connectAsSuperuser();
                Statement statement = connection.createStatement()) {
            statement.execute("TRUNCATE category_sales, pipeline");
        }
    }

    /** Statistics as autovacuum keeps them. */
    void analyze() throws SQLException {
        try (Connection connection = server.connectAsSuperuser();
                Statement statement = connection.createStatement()) {
            statement.execute("VACUUM ANALYZE");
        }
    }

    Connection connectAsReader() throws SQLException {
        return server.connect(PostgresServer.READER);
    }

    Connection connectAsSuperuser() throws SQLException {
        return server.connectAsSuperuser();
    }

    @Override
    public void close() {
        server.close();
    }
}
