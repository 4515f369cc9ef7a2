package io.salespulse.sink;

import io.salespulse.window.CategorySales;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import org.apache.flink.connector.jdbc.datasource.statements.JdbcQueryStatement;

/**
 * Writes results over their rows unless a row has counted as much or more.
 *
 * <p>Over one log and one set of rules a window only grows, so the higher count has seen more. That
 * makes any order of writes right: a replay after a restore, a TaskManager that was given up and
 * still writes, two jobs at once. {@code is_final} is sticky for the same reason.
 */
public final class CategorySalesUpsert implements JdbcQueryStatement<List<CategorySales>> {

    /** The table, known as {@code shown}, and the columns that are written. */
    public static final String INSERT =
            """
            INSERT INTO category_sales AS shown
              (window_start, window_end, category, total_sales, transaction_count, is_final, updated_at)
            """;

    /** What happens to a row that is there already. */
    public static final String ON_CONFLICT =
            """
            ON CONFLICT (window_start, category) DO UPDATE SET
              total_sales = excluded.total_sales,
              transaction_count = excluded.transaction_count,
              is_final = shown.is_final OR excluded.is_final,
              correction_count = shown.correction_count
                + CASE WHEN shown.is_final AND excluded.transaction_count > shown.transaction_count THEN 1 ELSE 0 END,
              updated_at = excluded.updated_at
            """;

    /** When it is replaced. */
    public static final String GUARD =
            """
            WHERE excluded.transaction_count > shown.transaction_count
              OR (excluded.transaction_count = shown.transaction_count AND excluded.is_final AND NOT shown.is_final)
            """;

    private static final String SQL =
            INSERT
                    + """
                    SELECT window_start, window_end, category, total_sales, transaction_count, is_final, clock_timestamp()
                    """
                    + ResultArrays.FROM
                    + ON_CONFLICT
                    + GUARD;

    @Override
    public String query() {
        return SQL;
    }

    @Override
    public void statement(PreparedStatement statement, List<CategorySales> results)
            throws SQLException {
        ResultArrays.bind(statement, 1, results);
    }
}
