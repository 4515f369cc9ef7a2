package io.salespulse.event;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class WindowRulesTest {

    private static final WindowRules RULES =
            new WindowRules(
                    Duration.ofMillis(100),
                    Duration.ofMillis(20),
                    Duration.ofMillis(300),
                    Duration.ofMillis(1));

    @Test
    void findsTheFirstWindowFromATime() {
        assertThat(RULES.firstWindowFrom(200)).isEqualTo(200);
        assertThat(RULES.firstWindowFrom(201)).isEqualTo(300);
        assertThat(RULES.firstWindowFrom(299)).isEqualTo(300);
    }

    /** The window from 1000 to 1100 takes events until the watermark is at 1400. */
    @Test
    void takesEventsUntilTheWatermarkHasPassedTheLateness() {
        assertThat(RULES.isLate(1_000, 1_419)).isFalse();
        assertThat(RULES.isLate(1_000, 1_420)).isTrue();
        assertThat(RULES.isLate(1_100, 1_420)).isFalse();
        assertThat(RULES.inTimeFrom(1_420)).isEqualTo(1_001);
    }

    @Test
    void findsNothingLateBeforeTheFirstEvent() {
        assertThat(RULES.isLate(0, Long.MIN_VALUE)).isFalse();
    }
}
