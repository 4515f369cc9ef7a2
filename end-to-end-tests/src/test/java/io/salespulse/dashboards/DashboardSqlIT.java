package io.salespulse.dashboards;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.salespulse.dashboards.DashboardDatabase.Result;
import io.salespulse.dashboards.GrafanaFiles.Query;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Timestamp;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Every query of the dashboards and alerts, as {@code grafana_reader}, on a real PostgreSQL. */
class DashboardSqlIT {

    private static final Set<String> NUMBERS =
            Set.of("numeric", "int2", "int4", "int8", "float4", "float8");
    private static final Set<String> TIMES = Set.of("timestamptz");
    private static final Set<String> TEXTS = Set.of("text", "varchar");
    private static final Set<String> LARGE_TABLES = Set.of("category_sales", "rejected_events");

    /** Far above the budget, which the benchmark watches: a busy machine must not fail a test. */
    private static final Duration LIMIT = Duration.ofSeconds(2);

    /** Two days of the large database, which is what "Today" may read; it holds 100,000 rows. */
    private static final long BOUND = 20_000;

    @TempDir private static Path folder;

    private static DashboardDatabase empty;
    private static DashboardDatabase small;
    private static DashboardDatabase large;

    @BeforeAll
    static void start() throws SQLException {
        empty = new DashboardDatabase(folder.resolve("empty"));
        small = new DashboardDatabase(folder.resolve("small"));
        large = new DashboardDatabase(folder.resolve("large"));
        fillSmall();
        fillLarge();
    }

    @AfterAll
    static void stop() {
        for (DashboardDatabase database : new DashboardDatabase[] {empty, small, large}) {
            if (database != null) {
                database.close();
            }
        }
    }

    /** Three complete windows, one of them an hour older, and an open one. */
    private static void fillSmall() throws SQLException {
        small.write(
                """
                INSERT INTO category_sales
                  (window_start, window_end, category, total_sales, transaction_count, is_final)
                SELECT start, start + interval '1 minute', category, sales, count, final
                FROM (VALUES (63, 'Home', 50.00, 1, true), (4, 'Home', 80.00, 2, true),
                             (3, 'Home', 60.00, 3, true), (3, 'Kids''', 40.10, 1, true),
                             (2, 'Home', 7.50, 1, false))
                  AS row (minutes, category, sales, count, final),
                  LATERAL (SELECT date_trunc('minute', now()) - minutes * interval '1 minute') AS time (start)
                """);
    }

    private static void fillLarge() throws SQLException {
        large.write(
                """
                INSERT INTO category_sales
                  (window_start, window_end, category, total_sales, transaction_count, is_final, correction_count)
                SELECT start, start + interval '1 minute', category, 10 + n % 7, 5 + n % 5, n > 1, n % 3
                FROM generate_series(0, 16666) n,
                  LATERAL (SELECT date_trunc('minute', now()) - n * interval '1 minute') AS time (start),
                  unnest(ARRAY['Electronics', 'Fashion', 'Grocery', 'Home', 'Beauty', 'Sports']) category
                """,
                """
                INSERT INTO rejected_events (minute, reason, event_count)
                SELECT date_trunc('minute', now()) - n * interval '1 minute', reason, 3
                FROM generate_series(0, 16666) n, unnest(ARRAY['LATE_EVENT', 'MALFORMED_JSON']) reason
                """,
                "INSERT INTO repairs (window_start) VALUES (date_trunc('minute', now()))",
                "INSERT INTO job_heartbeat SELECT n, now(), now() FROM generate_series(0, 3) n",
                """
                INSERT INTO pipeline VALUES
                  (true, 'transactions', 'id', '1 minute', '1 minute', '1 hour', '1 minute', now())
                """);
        large.analyze();
    }

    @TestFactory
    Stream<DynamicTest> emptyDatabaseGivesNoErrorAndTheRightColumns() {
        return each(
                GrafanaFiles.allQueries(),
                query -> {
                    Result result = empty.ask(query);
                    assertFits(query, result);
                    if (query.place().startsWith("Sales")) {
                        assertThat(result.rows())
                                .allSatisfy(row -> assertThat(row).containsOnlyNulls());
                    }
                });
    }

    @TestFactory
    Stream<DynamicTest> hundredThousandRowsGiveWhatThePanelNeeds() {
        return each(
                GrafanaFiles.allQueries(),
                query -> {
                    long begin = System.nanoTime();
                    Result result = large.ask(query);
                    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(LIMIT);
                    assertThat(result.rows()).isNotEmpty().hasSizeLessThanOrEqualTo(10_000);
                    assertFits(query, result);
                });
    }

    @TestFactory
    Stream<DynamicTest> thirtyDaysAndChosenCategoriesWorkToo() {
        String chosen = MacroExpander.several(List.of("Home", "Grocery"));
        return each(
                GrafanaFiles.allQueries(),
                query -> {
                    MacroExpander range = DashboardDatabase.last(Duration.ofDays(30));
                    long begin = System.nanoTime();
                    Result result = large.ask(query, range, chosen);
                    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(LIMIT);
                    assertFits(query, result);
                });
    }

    @TestFactory
    Stream<DynamicTest> planReadsABoundedPartOfTheLargeTables() {
        return each(
                GrafanaFiles.allQueries(),
                query -> {
                    String sql =
                            DashboardDatabase.expanded(
                                    query,
                                    DashboardDatabase.last(Duration.ofMinutes(100)),
                                    DashboardDatabase.ALL_CATEGORIES);
                    Object plan = large.read("EXPLAIN (ANALYZE, FORMAT JSON) " + sql).row(0).get(0);
                    List<JsonNode> scans = new ArrayList<>();
                    collectScans(new ObjectMapper().readTree(plan.toString()), scans);
                    assertThat(scans)
                            .allSatisfy(
                                    scan ->
                                            assertThat(scan.path("Node Type").asText())
                                                    .doesNotContain("Seq Scan"));
                    assertThat(scans.stream().mapToLong(DashboardSqlIT::rowsRead).sum())
                            .isLessThanOrEqualTo(BOUND);
                });
    }

    @Test
    void totalsAverageAndLatestWindowAreExact() throws SQLException {
        assertThat(small.ask(panel("In the time range")).row(0))
                .containsExactly(
                        new BigDecimal("237.60"), new BigDecimal(8), new BigDecimal("29.70"));
        assertThat(small.ask(panel("Latest window")).row(0).subList(1, 3))
                .containsExactly(new BigDecimal("100.10"), new BigDecimal(4));
        assertThat(small.ask(panel("So far")).row(0).subList(1, 3))
                .containsExactly(new BigDecimal("7.50"), BigDecimal.ONE);
    }

    @Test
    void comparisonsUseCompleteWindowsOnly() throws SQLException {
        List<Object> change = small.ask(panel("Latest window compared")).row(0);

        assertThat((BigDecimal) change.get(0)).isEqualByComparingTo("0.25125");
        assertThat((BigDecimal) change.get(1)).isEqualByComparingTo("1.002");
    }

    @Test
    void barsShowTheOpenWindowBesideTheCompleteOne() throws SQLException {
        assertThat(small.ask(panel("Sales by Category")).rows())
                .containsExactly(
                        List.of("Home", new BigDecimal("60.00"), new BigDecimal("7.50")),
                        Arrays.asList("Kids'", new BigDecimal("40.10"), null));
    }

    @Test
    void trendDrawsOpenWindowsApart() throws SQLException {
        assertThat(small.ask(panel("Sales Trend")).rows())
                .extracting(row -> row.get(1), row -> row.get(2))
                .containsExactly(
                        tuple(new BigDecimal("50.00"), null),
                        tuple(new BigDecimal("80.00"), null),
                        tuple(new BigDecimal("100.10"), null),
                        tuple(null, new BigDecimal("7.50")));
    }

    @Test
    void trendPerCategoryShowsMissingSalesAsZero() throws SQLException {
        assertThat(small.ask(panel("Trend per category")).rows())
                .extracting(row -> row.get(1), row -> ((BigDecimal) row.get(2)).setScale(2))
                .containsExactly(
                        tuple("Home", new BigDecimal("50.00")),
                        tuple("Kids'", new BigDecimal("0.00")),
                        tuple("Home", new BigDecimal("80.00")),
                        tuple("Kids'", new BigDecimal("0.00")),
                        tuple("Home", new BigDecimal("60.00")),
                        tuple("Kids'", new BigDecimal("40.10")));
    }

    @Test
    void categoryWithAQuoteCanBeChosen() throws SQLException {
        Result totals =
                small.ask(
                        panel("In the time range"),
                        DashboardDatabase.last(Duration.ofMinutes(100)),
                        MacroExpander.several(List.of("Kids'")));

        assertThat(totals.row(0).get(0)).isEqualTo(new BigDecimal("40.10"));
    }

    @Test
    void sharesAddUpToOne() throws SQLException {
        assertThat(large.ask(panel("Share of each category")).rows())
                .hasSize(6)
                .extracting(row -> (BigDecimal) row.get(1))
                .allSatisfy(
                        share ->
                                assertThat(share)
                                        .isBetween(
                                                new BigDecimal("0.1666"),
                                                new BigDecimal("0.1667")));
    }

    @Test
    void trendHasOneHundredWindowsOfAnyRange() throws SQLException {
        Result trend =
                large.ask(
                        panel("Sales Trend"),
                        DashboardDatabase.last(Duration.ofDays(10)),
                        DashboardDatabase.ALL_CATEGORIES);

        assertThat(trend.rows()).hasSize(100);
    }

    @Test
    void filterListsEveryCategoryOnce() throws SQLException {
        assertThat(large.ask(GrafanaFiles.variableQueries().get(0)).rows())
                .extracting(row -> row.get(0))
                .containsExactly("Beauty", "Electronics", "Fashion", "Grocery", "Home", "Sports");
    }

    @Test
    void readerCanReadTheseTablesAndNothingElse() throws SQLException {
        Result rights =
                large.read(
                        """
                        SELECT relname::text, privilege
                        FROM pg_class, unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE',
                                                    'REFERENCES', 'TRIGGER', 'MAINTAIN']) privilege
                        WHERE relnamespace NOT IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace,
                                                   'pg_toast'::regnamespace)
                          AND relkind IN ('r', 'v', 'm', 'p', 'f')
                          AND has_table_privilege(oid, privilege)
                        ORDER BY 1, 2
                        """);
        assertThat(rights.rows())
                .containsExactly(
                        List.of("category_sales", "SELECT"),
                        List.of("job_heartbeat", "SELECT"),
                        List.of("pipeline", "SELECT"),
                        List.of("rejected_events", "SELECT"),
                        List.of("repairs", "SELECT"));
        assertThatThrownBy(() -> large.read("SELECT * FROM pg_authid"))
                .hasMessageContaining("permission denied");
        assertThatThrownBy(() -> large.read("SELECT pg_read_file('PG_VERSION')"))
                .hasMessageContaining("permission denied");
    }

    @Test
    void readerCanWriteNothingEvenIfItAsksForIt() throws SQLException {
        for (String write :
                List.of(
                        "INSERT INTO repairs (window_start) VALUES (now())",
                        "UPDATE category_sales SET total_sales = 0",
                        "DELETE FROM category_sales",
                        "TRUNCATE category_sales",
                        "CREATE TABLE mine (id int)",
                        "CREATE TEMPORARY TABLE mine (id int)",
                        "SELECT lo_from_bytea(0, 'mine')",
                        "SELECT lo_create(0)",
                        "CREATE SCHEMA mine",
                        "COPY category_sales TO PROGRAM 'true'")) {
            try (Connection connection = large.connectAsReader();
                    Statement statement = connection.createStatement()) {
                statement.execute("SET default_transaction_read_only = off");
                assertThatThrownBy(() -> statement.execute(write))
                        .as(write)
                        .hasMessageContaining("permission denied");
            }
            try (Connection connection = large.connectAsReader();
                    Statement statement = connection.createStatement()) {
                assertThatThrownBy(() -> statement.execute(write))
                        .as(write)
                        .isInstanceOf(SQLException.class);
            }
        }
    }

    @Test
    void queryEndsAtTheRolesTimeout() throws SQLException {
        assertThat(large.read("SHOW statement_timeout").row(0)).containsExactly("5s");
        assertThatThrownBy(() -> large.read("SELECT pg_sleep(30)"))
                .hasMessageContaining("statement timeout");
    }

    @Test
    void readerHasFewConnections() throws SQLException {
        Result role =
                large.read("SELECT rolconnlimit FROM pg_roles WHERE rolname = 'grafana_reader'");
        int pool =
                GrafanaFiles.yaml("provisioning/datasources/postgres.yaml")
                        .at("/datasources/0/jsonData/maxOpenConns")
                        .asInt();

        assertThat(role.row(0)).containsExactly(20);
        assertThat(pool).isLessThan(20);
    }

    private static void assertFits(Query query, Result result) {
        assertThat(new HashSet<>(result.columns())).hasSameSizeAs(result.columns());
        assertThat(result.types())
                .as("types that Grafana reads as number, time or text")
                .allMatch(type -> isNumber(type) || TIMES.contains(type) || TEXTS.contains(type));
        JsonNode owner = query.owner();
        if (query.format().equals("time_series")) {
            assertTimeSeries(result);
        }
        switch (owner.path("type").asText()) {
            case "stat" -> {
                assertThat(result.rows()).hasSize(1);
                String fields = owner.at("/options/reduceOptions/fields").asText();
                if (fields.isEmpty()) {
                    assertThat(result.types()).allMatch(DashboardSqlIT::isNumber);
                } else {
                    assertThat(fields).isEqualTo("/.*/");
                    assertThat(result.types()).noneMatch(TEXTS::contains);
                }
            }
            case "timeseries" -> assertThat(query.format()).isEqualTo("time_series");
            case "barchart" -> {
                assertThat(query.format()).isEqualTo("table");
                assertThat(owner.at("/options/xField").asText()).isEqualTo(result.columns().get(0));
                assertThat(result.types().get(0)).isEqualTo("text");
                assertThat(result.types().subList(1, result.types().size()))
                        .isNotEmpty()
                        .allMatch(DashboardSqlIT::isNumber);
            }
            case "bargauge" -> {
                assertThat(owner.at("/options/reduceOptions/fields").asText())
                        .isEqualTo("/^" + result.columns().get(1) + "$/");
                assertThat(result.types()).containsExactly("text", "numeric");
            }
            case "table" -> assertSortable(owner, result);
            case "query" -> assertThat(result.types()).containsExactly("text");
            case "dashboard" ->
                    assertThat(result.columns()).containsExactly("time", "text", "tags");
            default -> assertThat(query.place()).startsWith("Alert");
        }
        for (JsonNode override : owner.at("/fieldConfig/overrides")) {
            assertThat(override.at("/matcher/id").asText()).isEqualTo("byName");
            assertThat(result.columns()).contains(override.at("/matcher/options").asText());
        }
    }

    private static void assertSortable(JsonNode panel, Result result) {
        assertThat(panel.path("targets").get(0).path("format").asText()).isEqualTo("table");
        for (JsonNode sort : panel.at("/options/sortBy")) {
            assertThat(result.columns()).contains(sort.path("displayName").asText());
        }
    }

    /** Time first, ascending and never null; one value for each time and set of labels. */
    private static void assertTimeSeries(Result result) {
        assertThat(result.columns().get(0)).isEqualTo("time");
        assertThat(result.types().get(0)).isNotIn(TEXTS);
        List<String> others = result.types().subList(1, result.types().size());
        assertThat(others).anyMatch(DashboardSqlIT::isNumber).noneMatch(TIMES::contains);
        Set<List<Object>> keys = new HashSet<>();
        double previous = Double.NEGATIVE_INFINITY;
        for (List<Object> row : result.rows()) {
            double time = seconds(row.get(0));
            assertThat(time).isGreaterThanOrEqualTo(previous);
            previous = time;
            List<Object> key = new ArrayList<>();
            for (int column = 0; column < row.size(); column++) {
                if (column == 0 || TEXTS.contains(result.types().get(column))) {
                    key.add(row.get(column));
                }
            }
            assertThat(keys.add(key)).as("one row for %s", key).isTrue();
        }
    }

    private static double seconds(Object time) {
        assertThat(time).isNotNull();
        return time instanceof Timestamp timestamp
                ? timestamp.toInstant().toEpochMilli() / 1e3
                : ((Number) time).doubleValue();
    }

    private static boolean isNumber(String type) {
        return NUMBERS.contains(type);
    }

    private static void collectScans(JsonNode node, List<JsonNode> scans) {
        if (LARGE_TABLES.contains(node.path("Relation Name").asText())) {
            scans.add(node);
        }
        node.forEach(child -> collectScans(child, scans));
    }

    private static long rowsRead(JsonNode scan) {
        double rows =
                scan.path("Actual Rows").asDouble()
                        + scan.path("Rows Removed by Filter").asDouble();
        return Math.round(rows * scan.path("Actual Loops").asDouble());
    }

    private static Query panel(String title) {
        return GrafanaFiles.panelQueries().stream()
                .filter(query -> query.place().equals("Sales / " + title))
                .findFirst()
                .orElseThrow();
    }

    private interface Check {
        void accept(Query query) throws Exception;
    }

    private static Stream<DynamicTest> each(List<Query> queries, Check check) {
        return queries.stream()
                .map(query -> DynamicTest.dynamicTest(query.place(), () -> check.accept(query)));
    }
}
