package io.salespulse.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.apache.flink.util.InstantiationUtil;
import org.junit.jupiter.api.Test;

class JdbcConfigTest {

    private final JdbcConfig config =
            new JdbcConfig(
                    "jdbc:postgresql://db/sales",
                    "salespulse_writer",
                    new Secret("open-sesame"),
                    true);

    @Test
    void driverHasLoginTimeOutsAndNoRewrittenInserts() {
        assertThat(config.driverProperties())
                .isEqualTo(
                        Map.ofEntries(
                                Map.entry("user", "salespulse_writer"),
                                Map.entry("password", "open-sesame"),
                                Map.entry("ApplicationName", "sales-analytics"),
                                Map.entry("connectTimeout", "5"),
                                Map.entry("loginTimeout", "10"),
                                Map.entry("socketTimeout", "20"),
                                Map.entry("cancelSignalTimeout", "5"),
                                Map.entry("tcpKeepAlive", "true"),
                                Map.entry("reWriteBatchedInserts", "false")));
    }

    @Test
    void propertiesAreACopyForEachCaller() {
        config.driverProperties().clear();

        assertThat(config.driverProperties()).containsKey("socketTimeout");
    }

    @Test
    void doesNotShowThePassword() {
        assertThat(config)
                .hasToString(
                        "JdbcConfig[url=jdbc:postgresql://db/sales, user=salespulse_writer,"
                                + " password=(hidden), passwordOfEnvironment=true]");
    }

    @Test
    void takesANewerPasswordFromTheEnvironment() {
        assertThat(
                        config.withPasswordFrom(Map.of("SALESPULSE_JDBC_PASSWORD", "newer"))
                                .driverProperties())
                .containsEntry("password", "newer")
                .containsEntry("user", "salespulse_writer");
        assertThat(config.withPasswordFrom(Map.of("SALESPULSE_JDBC_PASSWORD", "")))
                .isSameAs(config);
        assertThat(config.withPasswordFrom(Map.of())).isSameAs(config);
    }

    @Test
    void keepsAPasswordThatWasNamedForThisJob() {
        JdbcConfig named = new JdbcConfig("jdbc:x", "me", new Secret("from-a-file"), false);

        assertThat(named.withPasswordFrom(Map.of("SALESPULSE_JDBC_PASSWORD", "of-the-cluster")))
                .isSameAs(named);
    }

    @Test
    void travelsToTheCluster() throws Exception {
        assertThat(InstantiationUtil.clone(config)).isEqualTo(config);
    }
}
