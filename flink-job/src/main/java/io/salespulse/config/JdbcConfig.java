package io.salespulse.config;

import java.io.Serializable;
import java.util.Map;
import java.util.Properties;

/**
 * The database that the results go to.
 *
 * @param passwordOfEnvironment the password was that of the submitting process's environment, not
 *     one that was named for this job alone
 */
public record JdbcConfig(String url, String user, Secret password, boolean passwordOfEnvironment)
        implements Serializable {

    /**
     * The same login, with the password of the given environment if it has one and this login's
     * came from an environment too. A job that high availability brings back was submitted with the
     * password of that time; the TaskManagers' environment can hold a newer one.
     */
    public JdbcConfig withPasswordFrom(Map<String, String> environment) {
        String newer = environment.getOrDefault(JobOptions.PASSWORD_VARIABLE, "");
        return passwordOfEnvironment && !newer.isEmpty()
                ? new JdbcConfig(url, user, new Secret(newer), true)
                : this;
    }

    /**
     * The driver's settings, the login included. Without time-outs a database that hangs would
     * block a task beyond Flink's own limit for cancelling it, which costs the TaskManager.
     */
    public Properties driverProperties() {
        Properties properties = new Properties();
        properties.setProperty("user", user);
        properties.setProperty("password", password.value());
        properties.setProperty("ApplicationName", "sales-analytics");
        properties.setProperty("connectTimeout", "5");
        properties.setProperty("loginTimeout", "10");
        properties.setProperty("socketTimeout", "20");
        properties.setProperty("cancelSignalTimeout", "5");
        properties.setProperty("tcpKeepAlive", "true");
        // A key may come twice in a batch, which a rewritten upsert cannot take (SQLSTATE 21000).
        properties.setProperty("reWriteBatchedInserts", "false");
        return properties;
    }
}
