package io.salespulse.datagen;

import static org.assertj.core.api.Assertions.assertThat;

import io.salespulse.datagen.EventSender.Counts;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class StatusTest {

    private static final Counts BEFORE = new Counts(10_000, 9_900, 0);
    private static final Counts NOW = new Counts(12_500, 12_400, 3);
    private static final Duration TWO_SECONDS = Duration.ofSeconds(2);

    @Test
    void lineTellsRateAndCounts() {
        assertThat(Status.line(BEFORE, NOW, TWO_SECONDS, Duration.ZERO, Duration.ZERO))
                .isEqualTo("1,250/s, 12,500 sent, 12,400 acknowledged, 3 failed");
    }

    @Test
    void lineTellsOfTrouble() {
        assertThat(
                        Status.line(
                                NOW,
                                NOW,
                                TWO_SECONDS,
                                Duration.ofSeconds(7),
                                Duration.ofMillis(3_450)))
                .isEqualTo(
                        "0/s, 12,500 sent, 12,400 acknowledged, 3 failed, no acknowledgement for 7 s, 3.5 s behind the rate");
    }

    @Test
    void barTellsHowMuchIsLeft() {
        assertThat(Status.bar(24_800, BEFORE, NOW, TWO_SECONDS, Duration.ZERO, Duration.ZERO))
                .isEqualTo(
                        "[###############               ]  50 %  12,400 of 24,800 acknowledged, 3 failed, 1,250/s, 10 s left");
        assertThat(Status.bar(24_800, NOW, NOW, TWO_SECONDS, Duration.ZERO, Duration.ZERO))
                .endsWith("0/s, - left");
    }

    @Test
    void totalsTellWhatAnEventCosts() {
        assertThat(Status.totals(NOW, Duration.ofSeconds(4), Duration.ofSeconds(2)))
                .isEqualTo(
                        "sent 12,500 events in 4.00 s (3,100.0/s): 12,400 acknowledged, 3 failed;"
                                + " 2.00 CPU s, 6,200 events per CPU s");
        assertThat(Status.totals(NOW, Duration.ofSeconds(4), Duration.ZERO))
                .isEqualTo(
                        "sent 12,500 events in 4.00 s (3,100.0/s): 12,400 acknowledged, 3 failed");
    }
}
