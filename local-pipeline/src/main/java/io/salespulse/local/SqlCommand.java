package io.salespulse.local;

import io.salespulse.local.machine.ProjectLayout;
import io.salespulse.local.pipeline.PipelineAddresses;
import io.salespulse.local.postgres.PostgresServer;
import io.salespulse.local.terminal.LocalPipelineException;
import io.salespulse.local.terminal.TextTable;
import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code ./run sql}: a look into the running pipeline's database. */
@Command(
        name = "sql",
        usageHelpWidth = 110,
        description = {
            "Runs SQL in the running pipeline's database and prints the rows. Times are in UTC.",
            "Tables: category_sales, rejected_events, repairs, job_heartbeat, pipeline."
        },
        footer = {
            "",
            "Example: ./run sql \"SELECT * FROM category_sales ORDER BY window_start DESC, category LIMIT 12\""
        })
final class SqlCommand implements Callable<Integer> {

    /** They line up at their last digit. */
    private static final Set<Integer> NUMERIC =
            Set.of(
                    Types.SMALLINT,
                    Types.INTEGER,
                    Types.BIGINT,
                    Types.NUMERIC,
                    Types.DECIMAL,
                    Types.REAL,
                    Types.DOUBLE);

    @Spec private CommandSpec spec;

    @Parameters(
            paramLabel = "SQL",
            description = "One or more statements, separated by semicolons.")
    private String sql;

    @Option(
            names = "--write",
            description = "As salespulse_writer; by default as grafana_reader, who can only read.")
    private boolean write;

    @Mixin private DataFolderOption dataFolder;

    @Mixin private HelpOption help;

    @Override
    public Integer call() {
        PipelineAddresses pipeline =
                PipelineAddresses.require(dataFolder.path(ProjectLayout.fromSystemProperty()));
        PrintWriter out = spec.commandLine().getOut();
        try (Connection connection =
                        pipeline.connect(write ? PostgresServer.WRITER : PostgresServer.READER);
                Statement statement = connection.createStatement()) {
            printAll(statement, statement.execute(sql), out);
            return Launcher.OK;
        } catch (SQLException e) {
            throw new LocalPipelineException(
                    "PostgreSQL says: " + e.getMessage().lines().findFirst().orElse(""), e);
        }
    }

    private static void printAll(Statement statement, boolean firstIsRows, PrintWriter out)
            throws SQLException {
        boolean isRows = firstIsRows;
        while (isRows || statement.getUpdateCount() >= 0) {
            if (isRows) {
                print(statement.getResultSet(), out);
            } else {
                out.println(count(statement.getUpdateCount()) + " changed");
            }
            isRows = statement.getMoreResults();
        }
        out.flush();
    }

    private static void print(ResultSet rows, PrintWriter out) throws SQLException {
        ResultSetMetaData columns = rows.getMetaData();
        List<Integer> numbers = IntStream.rangeClosed(1, columns.getColumnCount()).boxed().toList();
        TextTable table = new TextTable();
        List<String> header = new ArrayList<>();
        for (int column : numbers) {
            header.add(columns.getColumnLabel(column));
            table.alignRight(NUMERIC.contains(columns.getColumnType(column)));
        }
        table.add(header);
        int count = 0;
        while (rows.next()) {
            List<String> cells = new ArrayList<>();
            for (int column : numbers) {
                String text = rows.getString(column);
                cells.add(text == null ? "" : text);
            }
            table.add(cells);
            count++;
        }
        out.print(table.format());
        out.println("(" + count(count) + ")");
    }

    private static String count(int rows) {
        return rows == 1 ? "1 row" : rows + " rows";
    }
}
