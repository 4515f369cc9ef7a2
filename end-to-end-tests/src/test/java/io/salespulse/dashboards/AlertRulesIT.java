package io.salespulse.dashboards;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.salespulse.dashboards.DashboardDatabase.Result;
import io.salespulse.dashboards.GrafanaFiles.Query;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each alert rule's query and threshold: firing, clearing, and silent in ordinary times. */
class AlertRulesIT {

    @TempDir private static Path folder;

    private static DashboardDatabase database;

    private static OrdinarySales sales;

    @BeforeAll
    static void start() throws Exception {
        database = new DashboardDatabase(folder.resolve("postgres"));
        sales = OrdinarySales.fromDatagen(folder);
    }

    @AfterAll
    static void stop() {
        if (database != null) {
            database.close();
        }
    }

    @BeforeEach
    void ordinaryHour() throws SQLException {
        seenAt(OrdinarySales.MINUTES);
    }

    @Test
    void everyMinuteOfAnOrdinaryHourIsSilent() throws SQLException {
        for (int minute = OrdinarySales.MINUTES - 60; minute <= OrdinarySales.MINUTES; minute++) {
            seenAt(minute);
            for (Query rule : GrafanaFiles.alertQueries()) {
                assertThat(firing(rule)).as("%s in minute %s", rule.place(), minute).isEmpty();
            }
        }
    }

    @Test
    void deadJobFiresAfterThirtySeconds() throws SQLException {
        heartbeat(25, 3);
        assertSilent("salespulse-no-heartbeat");

        heartbeat(45, 3);
        assertFiring("salespulse-no-heartbeat", "");
        assertSilent("salespulse-no-sales");

        heartbeat(1, 3);
        assertSilent("salespulse-no-heartbeat");
    }

    /** A job that once ran with more subtasks leaves old rows behind. */
    @Test
    void oneLivingSubtaskIsAHeartbeat() throws SQLException {
        database.write(
                "INSERT INTO job_heartbeat VALUES (7, NULL, NULL, now() - interval '1 day')");

        assertSilent("salespulse-no-heartbeat");
        assertSilent("salespulse-no-sales");
    }

    @Test
    void missingSalesFireAfterTwoMinutesWhileTheJobLives() throws SQLException {
        heartbeat(2, 110);
        assertSilent("salespulse-no-sales");

        heartbeat(2, 130);
        assertFiring("salespulse-no-sales", "");
        assertSilent("salespulse-no-heartbeat");

        heartbeat(2, 1);
        assertSilent("salespulse-no-sales");
    }

    @Test
    void jobThatNeverSawASaleFiresToo() throws SQLException {
        database.write(
                "UPDATE job_heartbeat SET newest_event = NULL",
                "UPDATE pipeline SET created_at = now() - interval '1 minute'");
        assertSilent("salespulse-no-sales");

        database.write("UPDATE pipeline SET created_at = now() - interval '3 minutes'");
        assertFiring("salespulse-no-sales", "");
    }

    @Test
    void rejectionsFireAboveOnePercentAndFromTenOn() throws SQLException {
        database.write("DELETE FROM rejected_events");
        reject("MALFORMED_JSON", 1, 9);
        assertSilent("salespulse-rejected");

        reject("INVALID_AMOUNT", 1, 1);
        assertFiring("salespulse-rejected", "");

        database.write(
                """
                UPDATE category_sales SET transaction_count = 1000
                WHERE window_start > now() - interval '6 minutes'
                """);
        assertSilent("salespulse-rejected");
    }

    @Test
    void rejectionsClearWhenTheyAreOld() throws SQLException {
        reject("MALFORMED_JSON", 6, 500);

        assertSilent("salespulse-rejected");
    }

    @Test
    void oneLateEventFires() throws SQLException {
        reject("LATE_EVENT", 6, 5);
        assertSilent("salespulse-late");

        reject("LATE_EVENT", 2, 1);
        assertFiring("salespulse-late", "");

        database.write("DELETE FROM rejected_events WHERE minute > now() - interval '5 minutes'");
        assertSilent("salespulse-late");
    }

    @Test
    void aRepairFiresUntilItIsDone() throws SQLException {
        database.write("INSERT INTO repairs (window_start) VALUES (now() - interval '2 days')");
        assertFiring("salespulse-repairs", "");

        database.write("DELETE FROM repairs");
        assertSilent("salespulse-repairs");
    }

    @Test
    void aCategoryThatDropsFiresAloneAndOnlyIfItUsuallySells() throws SQLException {
        database.write(
                """
                UPDATE category_sales SET transaction_count = 1 WHERE category = 'Home'
                """,
                """
                DELETE FROM category_sales
                WHERE category IN ('Fashion', 'Home') AND window_start > now() - interval '10 minutes'
                """);
        assertFiring("salespulse-category-drop", "Fashion");

        ordinaryHour();
        assertSilent("salespulse-category-drop");
    }

    /** No sales at all and a dead job have rules of their own. */
    @Test
    void aStoppedPipelineIsNotADropOfEveryCategory() throws SQLException {
        database.write(
                "DELETE FROM category_sales WHERE window_start > now() - interval '20 minutes'");

        assertSilent("salespulse-category-drop");
    }

    @Test
    void aDropMustLastThreeMinutes() {
        assertThat(rule("salespulse-category-drop").owner().path("for").asText()).isEqualTo("3m");
    }

    /** The tables as they are when the given minute of the ordinary sales is the present one. */
    private static void seenAt(int minute) throws SQLException {
        database.clear();
        sales.writeAsSeenAt(minute, database);
        database.write(
                """
                INSERT INTO rejected_events (minute, reason, event_count)
                SELECT date_trunc('minute', now()) - n * interval '1 minute', 'MALFORMED_JSON', 1
                FROM generate_series(%d, 130, 20) n
                """
                        .formatted(minute % 20),
                """
                INSERT INTO pipeline VALUES (true, 'transactions', 'id', '1 minute', '1 minute', '1 hour',
                                             '1 minute', now() - interval '3 hours')
                """);
        heartbeat(2, 3);
    }

    private static void heartbeat(int secondsAgo, int newestSaleSecondsAgo) throws SQLException {
        database.write(
                """
                INSERT INTO job_heartbeat (subtask, newest_event, updated_at)
                SELECT subtask, now() - %2$d * interval '1 second', now() - %1$d * interval '1 second'
                FROM generate_series(0, 1) subtask
                ON CONFLICT (subtask) DO UPDATE
                SET newest_event = excluded.newest_event, updated_at = excluded.updated_at
                """
                        .formatted(secondsAgo, newestSaleSecondsAgo));
    }

    private static void reject(String reason, int minutesAgo, int count) throws SQLException {
        database.write(
                """
                INSERT INTO rejected_events (minute, reason, event_count)
                VALUES (date_trunc('minute', now()) - %d * interval '1 minute', '%s', %d)
                """
                        .formatted(minutesAgo, reason, count));
    }

    private static void assertFiring(String uid, String labels) throws SQLException {
        assertThat(firing(rule(uid))).as(uid).containsExactly(labels);
    }

    private static void assertSilent(String uid) throws SQLException {
        assertThat(firing(rule(uid))).as(uid).isEmpty();
    }

    private static Query rule(String uid) {
        return GrafanaFiles.alertQueries().stream()
                .filter(query -> query.owner().path("uid").asText().equals(uid))
                .findFirst()
                .orElseThrow();
    }

    /** Labels of the series beyond the rule's threshold, as Grafana's expressions judge them. */
    private static Set<String> firing(Query query) throws SQLException {
        JsonNode evaluator = query.owner().at("/data/2/model/conditions/0/evaluator");
        double threshold = evaluator.path("params").get(0).asDouble();
        boolean above = evaluator.path("type").asText().equals("gt");
        Result result = database.ask(query);
        int value = result.columns().indexOf("value");
        int label = result.columns().indexOf("category");
        Set<String> firing = new TreeSet<>();
        for (var row : result.rows()) {
            double number = ((Number) row.get(value)).doubleValue();
            if (above ? number > threshold : number < threshold) {
                firing.add(label < 0 ? "" : row.get(label).toString());
            }
        }
        return firing;
    }
}
