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
        tick(10_500, 125);
        tick(11_000, 125);

        assertThat(pace.nextTick(11_125)).isEqualTo(11_500);
    }

    @Test
    void ticksLessOftenWhenTicksTakeLonger() {
        tick(10_500, 126);
        tick(11_000, 126);

        assertThat(pace.nextTick(11_126)).isEqualTo(12_000);

        tick(12_000, 2_000);
        tick(20_000, 1_000);

        assertThat(pace.nextTick(21_000)).isEqualTo(24_000);
    }

    @Test
    void doesNotTakeAnOutageForALoad() {
        tick(10_500, 3);
        tick(11_000, 30_000);

        assertThat(pace.nextTick(41_000)).isEqualTo(41_500);

        tick(41_500, 3);

        assertThat(pace.nextTick(41_600)).isEqualTo(42_000);
    }

    @Test
    void ticksAtLeastEveryTenSeconds() {
        tick(10_500, 60_000);
        tick(80_000, 60_000);

        assertThat(pace.nextTick(140_000)).isEqualTo(150_000);
    }

    @Test
    void keepsALongerIntervalThanThatIfAsked() {
        EarlyResultPace slow = new EarlyResultPace(Duration.ofMinutes(1));

        assertThat(slow.nextTick(60_000)).isEqualTo(120_000);
    }

    @Test
    void takesAClockThatIsSetBackForNoTimeAtAll() {
        tick(10_500, 1_000);
        pace.ticked(11_000, 2_000);

        assertThat(pace.nextTick(2_000)).isEqualTo(2_500);
    }

    private void tick(long due, long millis) {
        pace.ticked(due, due + millis);
    }
}
