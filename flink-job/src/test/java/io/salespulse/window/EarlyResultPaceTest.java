package io.salespulse.window;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class EarlyResultPaceTest {

    private final EarlyResultPace pace = new EarlyResultPace(Duration.ofMillis(500));

    @Test
    void ticksAtWholeIntervals() {
        assertThat(pace.nextTick(10_000)).isEqualTo(10_500);
        assertThat(pace.nextTick(10_499)).isEqualTo(10_500);
        assertThat(pace.nextTick(10_500)).isEqualTo(11_000);
    }

    @Test
    void keepsTheIntervalWhileTicksTakeAQuarterOfItAtTheMost() {
        pace.ticked(125);
        pace.ticked(125);

        assertThat(pace.nextTick(11_125)).isEqualTo(11_500);
    }

    @Test
    void ticksLessOftenWhenTicksTakeLonger() {
        pace.ticked(126);
        pace.ticked(126);

        assertThat(pace.nextTick(11_126)).isEqualTo(12_000);

        pace.ticked(2_000);
        pace.ticked(1_000);

        assertThat(pace.nextTick(21_000)).isEqualTo(24_000);
    }

    @Test
    void doesNotTakeAnOutageForALoad() {
        pace.ticked(3);
        pace.ticked(30_000);

        assertThat(pace.nextTick(41_000)).isEqualTo(41_500);

        pace.ticked(3);

        assertThat(pace.nextTick(41_600)).isEqualTo(42_000);
    }

    @Test
    void ticksAtLeastEveryTenSeconds() {
        pace.ticked(60_000);
        pace.ticked(60_000);

        assertThat(pace.nextTick(140_000)).isEqualTo(150_000);
    }

    @Test
    void keepsALongerIntervalThanThatIfAsked() {
        EarlyResultPace slow = new EarlyResultPace(Duration.ofMinutes(1));

        assertThat(slow.nextTick(60_000)).isEqualTo(120_000);
    }

    @Test
    void takesAClockThatIsSetBackForNoTimeAtAll() {
        pace.ticked(1_000);
        pace.ticked(-9_000);

        assertThat(pace.nextTick(2_000)).isEqualTo(2_500);
    }
}
