package io.salespulse.config;

import java.io.Serializable;
import java.util.Map;
import java.util.Properties;

/** The database that the results go to. */
public record JdbcConfig(String url, String user, Secret password) implements Serializable {

    /**
     * The same login with the password that the environment holds, if it holds one. A job that high
     * availability brings back was submitted with the password of that time; the TaskManagers'
     * environment can hold a newer one.
     */
    public JdbcConfig withPasswordFrom(Map<String, String> environment) {
        String newer = environment.getOrDefault(JobOptions.PASSWORD_VARIABLE, "");
        return newer.isEmpty() ? this : new JdbcConfig(url, user, new Secret(newer));
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
