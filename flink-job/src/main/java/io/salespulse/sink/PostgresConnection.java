package io.salespulse.sink;

import io.salespulse.config.JdbcConfig;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Properties;
import org.apache.flink.connector.jdbc.JdbcConnectionOptions;
import org.apache.flink.connector.jdbc.datasource.connections.JdbcConnectionProvider;
import org.apache.flink.connector.jdbc.datasource.connections.SimpleJdbcConnectionProvider;

/** A sink's connection, whose login is made where the sink runs: in the TaskManager. */
final class PostgresConnection implements JdbcConnectionProvider {

    private final JdbcConfig submitted;
    private transient JdbcConnectionProvider delegate;

    PostgresConnection(JdbcConfig submitted) {
        this.submitted = submitted;
    }

    private JdbcConnectionProvider delegate() {
        if (delegate == null) {
            delegate =
                    new SimpleJdbcConnectionProvider(
                            options(submitted.withPasswordFrom(System.getenv())));
        }
        return delegate;
    }

    private static JdbcConnectionOptions options(JdbcConfig database) {
        var options =
                new JdbcConnectionOptions.JdbcConnectionOptionsBuilder()
                        .withUrl(database.url())
                        .withDriverName("org.postgresql.Driver")
                        .withConnectionCheckTimeoutSeconds(5);
        database.driverProperties()
                .forEach((key, value) -> options.withProperty((String) key, (String) value));
        return options.build();
    }

    @Override
    public Connection getConnection() {
        return delegate().getConnection();
    }

    @Override
    public Properties getProperties() {
        return delegate().getProperties();
    }

    @Override
    public boolean isConnectionValid() throws SQLException {
        return delegate().isConnectionValid();
    }

    @Override
    public Connection getOrEstablishConnection() throws SQLException, ClassNotFoundException {
        return delegate().getOrEstablishConnection();
    }

    @Override
    public void closeConnection() {
        delegate().closeConnection();
    }

    @Override
    public Connection reestablishConnection() throws SQLException, ClassNotFoundException {
        return delegate().reestablishConnection();
    }

    @Override
    public void close() throws Exception {
        delegate().close();
    }
}
