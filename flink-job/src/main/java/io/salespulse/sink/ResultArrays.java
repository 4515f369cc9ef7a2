package io.salespulse.sink;

import io.salespulse.window.CategorySales;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.function.Function;

/**
 * Results as one array for each column, so that a single statement writes them all: for PostgreSQL
 * a quarter of the work of as many statements in a batch, for the driver a fifth
 * (docs/performance.md).
 */
public final class ResultArrays {

    /**
     * The results as rows, in the order of the table's key: whoever locks rows does it in that
     * order, so that writers wait for each other and never in a circle.
     */
    public static final String FROM =
            """
            FROM unnest(?::timestamptz[], ?::timestamptz[], ?::text[], ?::numeric[], ?::bigint[], ?::boolean[])
              AS result (window_start, window_end, category, total_sales, transaction_count, is_final)
            ORDER BY window_start, category COLLATE "C"
            """;

    private ResultArrays() {}

    /**
     * Sets the parameters of {@link #FROM}.
     *
     * @param first the number of its first parameter
     */
    public static void bind(PreparedStatement statement, int first, List<CategorySales> results)
            throws SQLException {
        set(
                statement,
                first,
                "timestamptz",
                results,
                sales -> Timestamps.inArray(sales.windowStart));
        set(
                statement,
                first + 1,
                "timestamptz",
                results,
                sales -> Timestamps.inArray(sales.windowEnd));
        set(statement, first + 2, "text", results, sales -> sales.category);
        set(statement, first + 3, "numeric", results, CategorySales::totalSales);
        set(statement, first + 4, "bigint", results, sales -> sales.count);
        set(statement, first + 5, "boolean", results, sales -> sales.isFinal);
    }

    private static void set(
            PreparedStatement statement,
            int parameter,
            String type,
            List<CategorySales> results,
            Function<CategorySales, Object> column)
            throws SQLException {
        Object[] values = results.stream().map(column).toArray();
        statement.setArray(parameter, statement.getConnection().createArrayOf(type, values));
    }
}
