package io.salespulse.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.salespulse.local.terminal.LocalPipelineException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SlopeTest {

    @Test
    void isWhatWasTakenBetweenTwoNumbersOfEvents() {
        Sample first = new Sample(1_000_000, 3, 10, Map.of("Kafka", 1.0));
        Sample last = new Sample(5_000_000, 5, 12, Map.of("Kafka", 1.4));

        Slope slope = Slope.between(first, last);

        assertThat(slope.cpuMicros()).isEqualTo(0.5);
        assertThat(slope.eventsPerSecond()).isEqualTo(2_000_000);
        assertThat(slope.eventsPerCpuSecond()).isEqualTo(2_000_000);
        assertThat(slope.others().get("Kafka")).isCloseTo(0.1, within(1e-9));
    }

    /** As when the first look at a short run finds it at its end. */
    @Test
    void isRefusedWhereNoEventLiesBetween() {
        Sample all = new Sample(20_000, 1, 1, Map.of());

        assertThatThrownBy(() -> Slope.between(all, all))
                .isInstanceOf(LocalPipelineException.class)
                .hasMessageContaining("20,000 events")
                .hasMessageContaining("--to")
                .hasMessageContaining("--from 0");
    }

    @Test
    void medianTakesTheMiddleOfEachNumberByItself() {
        Slope middle =
                Slope.median(
                        List.of(
                                new Slope(1, 300, Map.of("Kafka", 7.0)),
                                new Slope(3, 100, Map.of("Kafka", 9.0)),
                                new Slope(2, 200, Map.of("Kafka", 8.0))));

        assertThat(middle).isEqualTo(new Slope(2, 200, Map.of("Kafka", 8.0)));
    }
}
