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
    void keepsTheIntervalWhileATickTakesAQuarterOfItAtTheMost() {
        pace.ticked(10_500, 10_500);
        pace.ticked(10_500, 10_625);

        assertThat(pace.nextTick(10_625)).isEqualTo(11_000);
    }

    @Test
    void ticksLessOftenWhenATickTakesLonger() {
        pace.ticked(10_500, 10_500);
        pace.ticked(10_500, 10_626);

        assertThat(pace.nextTick(10_626)).isEqualTo(11_000);
        assertThat(pace.nextTick(11_000)).isEqualTo(12_000);

        pace.ticked(11_000, 11_000);
        pace.ticked(11_000, 16_000);

        assertThat(pace.nextTick(16_000)).isEqualTo(20_000);
        assertThat(pace.nextTick(20_000)).isEqualTo(40_000);
    }

    @Test
    void countsEachTickByItself() {
        pace.ticked(10_500, 10_500);
        pace.ticked(10_500, 10_900);
        pace.ticked(11_000, 10_900);
        pace.ticked(11_000, 11_000);

        assertThat(pace.nextTick(11_000)).isEqualTo(11_500);
    }

    @Test
    void takesAClockThatIsSetBackForNoTimeAtAll() {
        pace.ticked(10_500, 10_500);
        pace.ticked(10_500, 2_000);

        assertThat(pace.nextTick(2_000)).isEqualTo(2_500);
    }
}
