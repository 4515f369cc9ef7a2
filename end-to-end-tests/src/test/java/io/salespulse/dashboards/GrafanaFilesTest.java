package io.salespulse.dashboards;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class GrafanaFilesTest {

    private static final Set<String> PANEL_TYPES =
            Set.of("row", "stat", "timeseries", "barchart", "bargauge", "table", "alertlist");
    private static final Set<String> UNITS =
            Set.of(
                    "currencyUSD",
                    "short",
                    "none",
                    "percentunit",
                    "s",
                    "cps",
                    "bytes",
                    "dateTimeAsIso",
                    "time:YYYY-MM-DD HH:mm Z");
    private static final int COLUMNS = 24;

    static Stream<JsonNode> dashboards() {
        return GrafanaFiles.dashboards().stream();
    }

    @Test
    void refreshesEveryTwoSecondsInAllThreePlaces() {
        assertThat(GrafanaFiles.text("grafana.ini").lines()).contains("min_refresh_interval = 2s");
        for (JsonNode dashboard : GrafanaFiles.dashboards()) {
            assertThat(dashboard.path("refresh").asText()).isEqualTo("2s");
            assertThat(dashboard.at("/timepicker/refresh_intervals/0").asText()).isEqualTo("2s");
        }
    }

    @Test
    void opensOnTheSalesDashboardDarkWithoutLogin() {
        assertThat(GrafanaFiles.text("grafana.ini").lines())
                .contains(
                        "home_page = /d/" + GrafanaFiles.sales().path("uid").asText() + "/sales",
                        "default_theme = dark",
                        "enabled = true",
                        "org_role = Viewer",
                        "disable_login_form = true",
                        "disable_initial_admin_creation = true",
                        "preinstall_disabled = true");
    }

    @Test
    void dashboardsHaveTheirUidsRangesAndZones() {
        assertThat(GrafanaFiles.dashboards())
                .extracting(
                        dashboard -> dashboard.path("uid").asText(),
                        dashboard -> dashboard.path("timezone").asText(),
                        dashboard -> dashboard.at("/time/from").asText(),
                        dashboard -> dashboard.at("/time/to").asText())
                .containsExactly(
                        tuple("salespulse-sales", "browser", "now-100m", "now"),
                        tuple("salespulse-pipeline", "utc", "now-100m", "now"));
    }

    @ParameterizedTest
    @MethodSource("dashboards")
    void dashboardIsCurrentClassicJsonForFiles(JsonNode dashboard) {
        assertThat(dashboard.path("schemaVersion").asInt()).isEqualTo(42);
        assertThat(dashboard.path("editable").asBoolean(true)).isFalse();
        assertThat(dashboard.path("liveNow").asBoolean(true)).isFalse();
        assertThat(dashboard.path("id").isNull()).isTrue();
        assertThat(dashboard.path("description").asText()).isNotBlank();
    }

    @ParameterizedTest
    @MethodSource("dashboards")
    void panelsHaveUniqueIdsAndDoNotOverlap(JsonNode dashboard) {
        Set<Integer> ids = new HashSet<>();
        Set<String> cells = new HashSet<>();
        for (JsonNode panel : GrafanaFiles.panels(dashboard)) {
            assertThat(ids.add(panel.path("id").asInt())).as("id of %s", panel).isTrue();
            JsonNode position = panel.path("gridPos");
            int x = position.path("x").asInt(-1);
            int y = position.path("y").asInt(-1);
            int width = position.path("w").asInt();
            assertThat(x).isNotNegative();
            assertThat(x + width).isLessThanOrEqualTo(COLUMNS);
            for (int column = x; column < x + width; column++) {
                for (int line = y; line < y + position.path("h").asInt(); line++) {
                    assertThat(cells.add(column + "," + line))
                            .as("%s overlaps at %d,%d", panel.path("title"), column, line)
                            .isTrue();
                }
            }
        }
        int bottom =
                cells.stream()
                        .mapToInt(cell -> Integer.parseInt(cell.split(",")[1]))
                        .max()
                        .orElse(0);
        assertThat(cells).as("no holes").hasSize((bottom + 1) * COLUMNS);
    }

    @ParameterizedTest
    @MethodSource("dashboards")
    void panelsAreKnownAndExplained(JsonNode dashboard) {
        for (JsonNode panel : GrafanaFiles.panels(dashboard)) {
            String type = panel.path("type").asText();
            assertThat(PANEL_TYPES).contains(type);
            assertThat(panel.path("title").asText()).isNotBlank();
            if (!type.equals("row")) {
                assertThat(panel.path("description").asText())
                        .as("description of %s", panel.path("title"))
                        .hasSizeGreaterThan(40);
            }
            assertThat(units(panel)).isSubsetOf(UNITS);
        }
    }

    @Test
    void emptySalesPanelsSayNoSalesYet() {
        assertThat(GrafanaFiles.panels(GrafanaFiles.sales()))
                .allSatisfy(
                        panel ->
                                assertThat(panel.at("/fieldConfig/defaults/noValue").asText())
                                        .isEqualTo("No sales yet"));
    }

    @Test
    void moneyHasOneUnit() {
        Set<String> currencies = new HashSet<>();
        for (JsonNode panel : GrafanaFiles.panels(GrafanaFiles.sales())) {
            units(panel).stream()
                    .filter(unit -> unit.contains("currency"))
                    .forEach(currencies::add);
        }
        assertThat(currencies).containsExactly("currencyUSD");
    }

    @Test
    void everyQueryGoesToTheOneDataSource() {
        for (JsonNode dashboard : GrafanaFiles.dashboards()) {
            assertThat(dashboard.findValues("datasource"))
                    .isNotEmpty()
                    .allSatisfy(
                            source -> {
                                assertThat(source.path("uid").asText())
                                        .isEqualTo(GrafanaFiles.DATA_SOURCE);
                                assertThat(source.path("type").asText())
                                        .isEqualTo("grafana-postgresql-datasource");
                            });
        }
        JsonNode source = GrafanaFiles.yaml("provisioning/datasources/postgres.yaml");
        assertThat(source.at("/datasources/0/uid").asText()).isEqualTo(GrafanaFiles.DATA_SOURCE);
        assertThat(source.at("/datasources/0/jsonData/database").asText())
                .isEqualTo("transactions_db");
        assertThat(source.at("/datasources/0/jsonData/maxOpenConns").asInt()).isBetween(1, 10);
        assertThat(source.at("/datasources/0/jsonData/connMaxLifetime").asInt()).isPositive();
    }

    @Test
    void secretsComeFromTheEnvironmentAndKeepTheirDollars() {
        assertThat(
                        GrafanaFiles.yaml("provisioning/datasources/postgres.yaml")
                                .at("/datasources/0/secureJsonData/password")
                                .asText())
                .isEqualTo("$SALESPULSE_GRAFANA_READER_PASSWORD");
        assertThat(GrafanaFiles.text("grafana.ini"))
                .doesNotContain("admin_password", "secret_key =");
    }

    @Test
    void queriesAreRawSqlInAFormatOfTheDataSource() {
        assertThat(GrafanaFiles.allQueries()).hasSizeGreaterThan(25);
        assertThat(GrafanaFiles.allQueries())
                .allSatisfy(
                        query -> {
                            assertThat(query.format()).isIn("table", "time_series");
                            assertThat(query.sql()).isNotBlank();
                        });
    }

    @Test
    void categoryFilterAllowsSeveralAndAllOfThem() {
        JsonNode category = GrafanaFiles.sales().at("/templating/list/0");
        assertThat(category.path("name").asText()).isEqualTo("category");
        assertThat(category.path("multi").asBoolean()).isTrue();
        assertThat(category.path("includeAll").asBoolean()).isTrue();
        assertThat(category.path("allValue").asText()).isEqualTo("category");
        for (JsonNode panel : GrafanaFiles.panels(GrafanaFiles.sales())) {
            assertThat(panel.at("/targets/0/rawSql").asText()).contains("category IN ($category)");
        }
    }

    @Test
    void dashboardsLinkToEachOtherAndKeepTheTimeRange() {
        assertLink(GrafanaFiles.sales(), "/d/salespulse-pipeline/pipeline", true);
        assertLink(GrafanaFiles.pipeline(), "/d/salespulse-sales/sales", true);
        assertLink(GrafanaFiles.pipeline(), "${flink_ui}", false);
        assertThat(GrafanaFiles.pipeline().at("/templating/list/0/name").asText())
                .isEqualTo("flink_ui");
    }

    @Test
    void alertRulesAreCompleteAndSayWhatToDoFirst() {
        Set<String> uids = new HashSet<>();
        List<Integer> panels = new ArrayList<>();
        GrafanaFiles.panels(GrafanaFiles.pipeline())
                .forEach(panel -> panels.add(panel.path("id").asInt()));
        for (JsonNode rule : GrafanaFiles.alertRules()) {
            assertThat(uids.add(rule.path("uid").asText())).isTrue();
            assertThat(rule.path("uid").asText()).matches("[a-z-]{8,40}");
            assertThat(rule.path("noDataState").asText()).isIn("OK", "NoData", "Alerting");
            assertThat(rule.path("execErrState").asText()).isEqualTo("Alerting");
            assertThat(rule.path("for").asText()).matches("\\d+[sm]");
            assertThat(rule.at("/annotations/summary").asText()).isNotBlank();
            assertThat(rule.at("/annotations/description").asText()).hasSizeGreaterThan(80);
            assertThat(rule.path("dashboardUid").asText()).isEqualTo("salespulse-pipeline");
            assertThat(panels).contains(rule.path("panelId").asInt());
            assertThat(rule.at("/data/0/datasourceUid").asText())
                    .isEqualTo(GrafanaFiles.DATA_SOURCE);
            assertThat(rule.at("/data/0/model/format").asText()).isEqualTo("time_series");
            assertThat(rule.at("/data/1/model/expression").asText()).isEqualTo("A");
            assertThat(rule.at("/data/2/model/expression").asText()).isEqualTo("B");
            assertThat(rule.path("condition").asText()).isEqualTo("C");
        }
        assertThat(uids).hasSize(6);
        assertThat(
                        GrafanaFiles.yaml("provisioning/alerting/rules.yaml")
                                .at("/groups/0/interval")
                                .asText())
                .isEqualTo("10s");
    }

    @Test
    void webhookIsProvisionedOnlyFromItsOwnFolder() {
        assertThat(GrafanaFiles.yaml("provisioning/alerting/contact-point.yaml").properties())
                .extracting(Map.Entry::getKey)
                .containsExactly("apiVersion", "resetPolicies");
        JsonNode webhook = GrafanaFiles.yaml("provisioning-webhook/alerting/contact-point.yaml");
        assertThat(webhook.at("/contactPoints/0/receivers/0/settings/url").asText())
                .isEqualTo("$ALERT_WEBHOOK_URL");
        assertThat(webhook.at("/policies/0/receiver").asText())
                .isEqualTo(webhook.at("/contactPoints/0/name").asText());
        for (String shared :
                List.of(
                        "alerting/rules.yaml",
                        "dashboards/dashboards.yaml",
                        "datasources/postgres.yaml")) {
            assertThat(GrafanaFiles.text("provisioning-webhook/" + shared))
                    .isEqualTo(GrafanaFiles.text("provisioning/" + shared));
        }
    }

    private static void assertLink(JsonNode dashboard, String url, boolean keepTime) {
        assertThat(GrafanaFiles.children(dashboard.path("links")))
                .filteredOn(link -> link.path("url").asText().equals(url))
                .singleElement()
                .satisfies(
                        link -> assertThat(link.path("keepTime").asBoolean()).isEqualTo(keepTime));
    }

    private static Set<String> units(JsonNode panel) {
        Set<String> units = new HashSet<>();
        String unit = panel.at("/fieldConfig/defaults/unit").asText();
        if (!unit.isEmpty()) {
            units.add(unit);
        }
        for (JsonNode override : panel.at("/fieldConfig/overrides")) {
            for (JsonNode property : override.path("properties")) {
                if (property.path("id").asText().equals("unit")) {
                    units.add(property.path("value").asText());
                }
            }
        }
        return units;
    }
}
