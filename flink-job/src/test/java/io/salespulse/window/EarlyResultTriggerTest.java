package io.salespulse.window;

import static io.salespulse.window.Fixtures.MINUTE;
import static io.salespulse.window.Fixtures.TEN;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.TreeSet;
import org.apache.flink.api.common.state.State;
import org.apache.flink.api.common.state.StateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.apache.flink.streaming.api.windowing.triggers.Trigger.TriggerContext;
import org.apache.flink.streaming.api.windowing.triggers.TriggerResult;
import org.apache.flink.streaming.api.windowing.windows.TimeWindow;
import org.junit.jupiter.api.Test;

/** What the window operator hides: its clock stands still while a tick's windows fire. */
class EarlyResultTriggerTest {

    private static final TimeWindow WINDOW = new TimeWindow(TEN, TEN + MINUTE);
    private static final PartialSum SUM = new PartialSum("Home", TEN, 1, 1);

    private final EarlyResultTrigger trigger = new EarlyResultTrigger(Duration.ofMillis(500));
    private final Context home = new Context();
    private final Context garden = new Context();

    @Test
    void comesLessOftenWhenTicksTakeLong() throws Exception {
        fireBoth(500, 500);
        fireBoth(1_500, 500);

        home.now = 2_001;
        trigger.onElement(SUM, TEN, WINDOW, home);

        assertThat(home.processingTimeTimers).containsExactly(500L, 1_500L, 4_000L);
    }

    private void fireBoth(long tick, long millisBetween) throws Exception {
        home.now = tick - 1;
        garden.now = tick - 1;
        trigger.onElement(SUM, TEN, WINDOW, home);
        trigger.onElement(SUM, TEN, WINDOW, garden);
        home.now = tick;
        assertThat(trigger.onProcessingTime(tick, WINDOW, home)).isEqualTo(TriggerResult.FIRE);
        garden.now = tick + millisBetween;
        assertThat(trigger.onProcessingTime(tick, WINDOW, garden)).isEqualTo(TriggerResult.FIRE);
    }

    @Test
    void ignoresATimerThatIsNotDueAnyMore() throws Exception {
        trigger.onElement(SUM, TEN, WINDOW, home);
        trigger.onEventTime(WINDOW.maxTimestamp(), WINDOW, home);

        assertThat(trigger.onProcessingTime(500, WINDOW, home)).isEqualTo(TriggerResult.CONTINUE);
    }

    @Test
    void waitsForNoEndThatHasPassed() throws Exception {
        home.watermark = WINDOW.maxTimestamp();
        garden.watermark = WINDOW.maxTimestamp() - 1;

        trigger.onElement(SUM, TEN, WINDOW, home);
        trigger.onElement(SUM, TEN, WINDOW, garden);

        assertThat(home.eventTimeTimers).isEmpty();
        assertThat(garden.eventTimeTimers).containsExactly(WINDOW.maxTimestamp());
    }

    @Test
    void leavesNothingBehind() throws Exception {
        trigger.onElement(SUM, TEN, WINDOW, home);

        trigger.clear(WINDOW, home);

        assertThat(home.eventTimeTimers).isEmpty();
        assertThat(home.processingTimeTimers).isEmpty();
        assertThat(home.pending).isNull();
    }

    /** One key's window; timers are kept until they are deleted, as nothing fires here. */
    private static final class Context implements TriggerContext, ValueState<Long> {

        private final TreeSet<Long> processingTimeTimers = new TreeSet<>();
        private final TreeSet<Long> eventTimeTimers = new TreeSet<>();
        private long now;
        private long watermark = Long.MIN_VALUE;
        private Long pending;

        @Override
        public long getCurrentProcessingTime() {
            return now;
        }

        @Override
        public long getCurrentWatermark() {
            return watermark;
        }

        @Override
        public MetricGroup getMetricGroup() {
            return new UnregisteredMetricsGroup();
        }

        @Override
        public void registerProcessingTimeTimer(long time) {
            processingTimeTimers.add(time);
        }

        @Override
        public void registerEventTimeTimer(long time) {
            eventTimeTimers.add(time);
        }

        @Override
        public void deleteProcessingTimeTimer(long time) {
            processingTimeTimers.remove(time);
        }

        @Override
        public void deleteEventTimeTimer(long time) {
            eventTimeTimers.remove(time);
        }

        @Override
        @SuppressWarnings("unchecked") // the trigger has one state only
        public <S extends State> S getPartitionedState(StateDescriptor<S, ?> descriptor) {
            return (S) this;
        }

        @Override
        public Long value() {
            return pending;
        }

        @Override
        public void update(Long due) {
            pending = due;
        }

        @Override
        public void clear() {
            pending = null;
        }
    }
}
