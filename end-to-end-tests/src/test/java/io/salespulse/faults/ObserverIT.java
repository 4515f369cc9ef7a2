package io.salespulse.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.salespulse.endtoend.Pipeline;
import org.junit.jupiter.api.Test;

/** What {@link FaultIT} relies on to notice a wrong row that is right again in the end. */
class ObserverIT {

    private static final String ROW =
            """
            INSERT INTO category_sales (window_start, window_end, category, total_sales, transaction_count, is_final)
            VALUES (%1$s, %1$s + interval '1 minute', '%2$s', 3.00, 3, true)
            """;

    @Test
    void noticesARowThatGoesOrGoesBackAndAWindowInTheFuture() throws Exception {
        try (Pipeline pipeline = Pipeline.create(1);
                Observer observer = new Observer(pipeline)) {
            pipeline.update(ROW.formatted("timestamptz '2026-01-15 10:00Z'", "fewer"));
            pipeline.update(ROW.formatted("timestamptz '2026-01-15 10:00Z'", "open"));
            pipeline.update(ROW.formatted("timestamptz '2026-01-15 10:00Z'", "lost"));
            awaitLook(observer);
            assertThat(observer.violations()).isEmpty();

            pipeline.update(
                    "UPDATE category_sales SET transaction_count = 2, updated_at = now() WHERE category = 'fewer'");
            pipeline.update(
                    "UPDATE category_sales SET is_final = false, updated_at = now() WHERE category = 'open'");
            pipeline.update(
                    ROW.formatted("date_trunc('minute', now()) + interval '3 minutes'", "early"));
            pipeline.update("DELETE FROM category_sales WHERE category = 'lost'");

            Pipeline.await()
                    .untilAsserted(
                            () ->
                                    assertThat(observer.violations())
                                            .anyMatch(seen -> seen.matches("fell: .* fewer .*"))
                                            .anyMatch(
                                                    seen ->
                                                            seen.matches(
                                                                    "not final any more: .* open"))
                                            .anyMatch(seen -> seen.matches("gone: .* lost .*"))
                                            .anyMatch(
                                                    seen ->
                                                            seen.matches(
                                                                    "in the future: .* early")));
        }
    }

    /** Two: one may be under way. */
    private static void awaitLook(Observer observer) {
        long looks = observer.looks();
        Pipeline.await().until(() -> observer.looks() >= looks + 2);
    }
}
