package io.salespulse.sink;

import static org.assertj.core.api.Assertions.assertThat;

import io.salespulse.event.RejectionReason;
import io.salespulse.rejection.RejectedMinute;
import io.salespulse.window.CategorySales;
import io.salespulse.window.Heartbeat;
import java.lang.reflect.Proxy;
import java.math.BigDecimal;
import java.sql.Array;
import java.sql.Connection;
import java.sql.JDBCType;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.connector.jdbc.datasource.statements.JdbcQueryStatement;
import org.junit.jupiter.api.Test;

/** Which value each parameter of a statement gets. What PostgreSQL makes of them is an IT's. */
class UpsertStatementsTest {

    private static final long TEN_MILLIS = 1_768_471_200_000L;
    private static final OffsetDateTime TEN = OffsetDateTime.parse("2026-01-15T10:00:00Z");

    @Test
    void results() throws SQLException {
        List<CategorySales> results =
                List.of(
                        new CategorySales(TEN_MILLIS, TEN_MILLIS + 60_000, "Home", 12_345, 7, true),
                        new CategorySales(
                                TEN_MILLIS + 60_000, TEN_MILLIS + 120_000, "Toys", 1, 1, false));

        assertThat(bound(new CategorySalesUpsert(), results))
                .isEqualTo(
                        Map.of(
                                1,
                                List.of("timestamptz", "2026-01-15T10:00Z", "2026-01-15T10:01Z"),
                                2,
                                List.of("timestamptz", "2026-01-15T10:01Z", "2026-01-15T10:02Z"),
                                3,
                                List.of("text", "Home", "Toys"),
                                4,
                                List.of(
                                        "numeric",
                                        new BigDecimal("123.45"),
                                        new BigDecimal("0.01")),
                                5,
                                List.of("bigint", 7L, 1L),
                                6,
                                List.of("boolean", true, false)));
    }

    @Test
    void aCountOfRejections() throws SQLException {
        RejectedMinute minute = new RejectedMinute(TEN_MILLIS, RejectionReason.LATE_EVENT, 3);

        assertThat(bound(new RejectedEventsUpsert(), minute))
                .isEqualTo(Map.of(1, TEN, 2, "LATE_EVENT", 3, 3L));
    }

    @Test
    void aWindowToRepair() throws SQLException {
        assertThat(bound(new RepairsUpsert(), TEN_MILLIS)).isEqualTo(Map.of(1, TEN));
    }

    @Test
    void aHeartbeat() throws SQLException {
        assertThat(bound(new HeartbeatUpsert(), new Heartbeat(2, TEN_MILLIS, 1)))
                .isEqualTo(
                        Map.of(1, 2, 2, TEN, 3, OffsetDateTime.parse("1970-01-01T00:00:00.001Z")));
    }

    @Test
    void aHeartbeatBeforeTheFirstEventHasNoTimes() throws SQLException {
        assertThat(bound(new HeartbeatUpsert(), new Heartbeat(0, 0, Long.MIN_VALUE)))
                .isEqualTo(
                        Map.of(
                                1,
                                0,
                                2,
                                JDBCType.TIMESTAMP_WITH_TIMEZONE,
                                3,
                                JDBCType.TIMESTAMP_WITH_TIMEZONE));
    }

    /**
     * The values by their parameters' numbers, the type in place of a null and in front of an
     * array's values; one for each question mark.
     */
    private static <T> Map<Integer, Object> bound(JdbcQueryStatement<T> statement, T value)
            throws SQLException {
        Map<Integer, Object> values = new TreeMap<>();
        Connection connection =
                proxy(
                        Connection.class,
                        (method, arguments) -> {
                            assertThat(method).isEqualTo("createArrayOf");
                            List<Object> array = new ArrayList<>();
                            array.add(arguments[0]);
                            array.addAll(List.of((Object[]) arguments[1]));
                            return proxy(Array.class, (get, nothing) -> array);
                        });
        PreparedStatement recorder =
                proxy(
                        PreparedStatement.class,
                        (method, arguments) ->
                                switch (method) {
                                    case "getConnection" -> connection;
                                    case "setNull" ->
                                            values.put(
                                                    (Integer) arguments[0],
                                                    JDBCType.valueOf((Integer) arguments[1]));
                                    case "setArray" ->
                                            values.put(
                                                    (Integer) arguments[0],
                                                    ((Array) arguments[1]).getArray());
                                    default -> values.put((Integer) arguments[0], arguments[1]);
                                });
        statement.statement(recorder, value);
        assertThat(values).hasSize((int) statement.query().chars().filter(c -> c == '?').count());
        return values;
    }

    private interface Answers {
        Object call(String method, Object[] arguments) throws SQLException;
    }

    private static <T> T proxy(Class<T> type, Answers answers) {
        return type.cast(
                Proxy.newProxyInstance(
                        type.getClassLoader(),
                        new Class<?>[] {type},
                        (proxy, method, arguments) -> answers.call(method.getName(), arguments)));
    }
}
