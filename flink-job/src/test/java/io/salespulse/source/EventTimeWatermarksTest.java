package io.salespulse.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.salespulse.event.RejectionReason;
import io.salespulse.event.WindowRules;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.eventtime.TimestampAssigner;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.eventtime.WatermarkGenerator;
import org.apache.flink.api.common.eventtime.WatermarkGeneratorSupplier;
import org.apache.flink.api.common.eventtime.WatermarkOutput;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.apache.flink.util.clock.RelativeClock;
import org.junit.jupiter.api.Test;

class EventTimeWatermarksTest {

    private static final String IDLE = "idle";
    private static final String ACTIVE = "active";
    private static final Duration IDLE_TIMEOUT = Duration.ofSeconds(60);

    private final ActivityClock clock = new ActivityClock();
    private final Output output = new Output();
    private final EventTimeWatermarks watermarks = watermarks(Duration.ofSeconds(30));
    private final WatermarkGenerator<TransactionBatch> generator =
            watermarks.createWatermarkGenerator(new Context(clock));

    @Test
    void staysTheBoundAndOneMillisecondBehindTheNewestEvent() {
        event("2026-01-15T10:00:45.123Z");
        generator.onPeriodicEmit(output);

        assertThat(output.taken()).containsExactly(watermark("2026-01-15T10:00:15.122Z"));
    }

    @Test
    void withoutABoundStaysOneMillisecondBehindTheNewestEvent() {
        WatermarkGenerator<TransactionBatch> unbounded =
                watermarks(Duration.ZERO).createWatermarkGenerator(new Context(clock));

        unbounded.onEvent(valid("2026-01-15T10:00:45Z").toBatch(), 0, output);
        unbounded.onPeriodicEmit(output);

        assertThat(output.taken()).containsExactly(watermark("2026-01-15T10:00:44.999Z"));
    }

    @Test
    void emitsPeriodicallyOnlyAndNotForEachEvent() {
        event("2026-01-15T10:00:45Z");
        event("2026-01-15T10:00:46Z");

        assertThat(output.taken()).isEmpty();
    }

    @Test
    void beforeTheFirstEventStandsBeforeAllEvents() {
        generator.onPeriodicEmit(output);

        assertThat(output.taken()).containsExactly(watermark("1970-01-01T00:00:00Z"));
    }

    @Test
    void isNotLoweredByEventsOutOfOrder() {
        event("2026-01-15T10:00:45Z");
        event("2026-01-15T09:00:00Z");
        generator.onPeriodicEmit(output);
        event("2026-01-15T10:00:44.999Z");
        generator.onPeriodicEmit(output);

        assertThat(output.taken())
                .containsExactly(
                        watermark("2026-01-15T10:00:14.999Z"),
                        watermark("2026-01-15T10:00:14.999Z"));
    }

    @Test
    void isNotMovedByRejectedRecords() {
        event("2026-01-15T10:00:45Z");
        generator.onEvent(rejected("2027-01-01T00:00:00Z").toBatch(), 0, output);
        generator.onPeriodicEmit(output);

        assertThat(output.taken()).containsExactly(watermark("2026-01-15T10:00:14.999Z"));
    }

    @Test
    void rejectedRecordsAreNoActivity() {
        event("2026-01-15T10:00:45Z");
        startIdleTimer();
        clock.advance(IDLE_TIMEOUT.plusNanos(1));
        generator.onEvent(rejected("2026-01-15T10:00:45Z").toBatch(), 0, output);
        generator.onPeriodicEmit(output);

        assertThat(output.taken()).containsExactly(watermark("2026-01-15T10:00:59.999Z"), IDLE);
    }

    @Test
    void rejectedRecordsDoNotEndIdleness() {
        becomeIdleAfter("2026-01-15T10:00:45Z");

        generator.onEvent(rejected("2026-01-15T10:05:00Z").toBatch(), 0, output);
        generator.onPeriodicEmit(output);

        assertThat(output.taken()).isEmpty();
    }

    @Test
    void isNotMovedByReplayedRecords() {
        event("2026-01-15T10:00:45Z");
        generator.onEvent(replayed("2026-01-15T12:00:00Z").toBatch(), 0, output);
        generator.onPeriodicEmit(output);

        assertThat(output.taken()).containsExactly(watermark("2026-01-15T10:00:14.999Z"));
    }

    @Test
    void replayedRecordsDoNotEndIdleness() {
        becomeIdleAfter("2026-01-15T10:00:45Z");

        generator.onEvent(replayed("2026-01-15T09:00:00Z").toBatch(), 0, output);
        generator.onPeriodicEmit(output);

        assertThat(output.taken()).isEmpty();
    }

    @Test
    void finishesTheNewestWindowOnceWhenItGoesIdle() {
        event("2026-01-15T10:00:45Z");
        startIdleTimer();
        clock.advance(IDLE_TIMEOUT.plusNanos(1));
        generator.onPeriodicEmit(output);

        assertThat(output.taken()).containsExactly(watermark("2026-01-15T10:00:59.999Z"), IDLE);

        clock.advance(Duration.ofHours(1));
        generator.onPeriodicEmit(output);
        generator.onPeriodicEmit(output);

        assertThat(output.taken()).isEmpty();
    }

    @Test
    void finishesTheWindowThatTheNewestEventBegins() {
        event("2026-01-15T10:01:00Z");
        startIdleTimer();
        clock.advance(IDLE_TIMEOUT.plusNanos(1));
        generator.onPeriodicEmit(output);

        assertThat(output.taken()).containsExactly(watermark("2026-01-15T10:01:59.999Z"), IDLE);
    }

    @Test
    void staysActiveUntilTheTimeoutIsOver() {
        event("2026-01-15T10:00:45Z");
        startIdleTimer();
        clock.advance(IDLE_TIMEOUT);
        generator.onPeriodicEmit(output);

        assertThat(output.taken()).containsExactly(watermark("2026-01-15T10:00:14.999Z"));
    }

    @Test
    void anEventWithinTheTimeoutStartsItAgain() {
        event("2026-01-15T10:00:45Z");
        startIdleTimer();
        clock.advance(IDLE_TIMEOUT);
        event("2026-01-15T10:00:20Z");
        startIdleTimer();
        clock.advance(IDLE_TIMEOUT);
        generator.onPeriodicEmit(output);

        assertThat(output.taken()).containsExactly(watermark("2026-01-15T10:00:14.999Z"));
    }

    @Test
    void withoutAnyEventGoesIdleWithoutAWatermark() {
        startIdleTimer();
        clock.advance(IDLE_TIMEOUT.plusNanos(1));
        generator.onPeriodicEmit(output);
        generator.onPeriodicEmit(output);

        assertThat(output.taken()).containsExactly(IDLE);
    }

    @Test
    void timeInBackpressureIsNoSilence() {
        event("2026-01-15T10:00:45Z");
        startIdleTimer();
        // The activity clock stands still, however often the timer for periodic watermarks fires.
        for (int i = 0; i < 1_000; i++) {
            generator.onPeriodicEmit(output);
        }

        assertThat(output.taken())
                .hasSize(1_000)
                .containsOnly(watermark("2026-01-15T10:00:14.999Z"));
    }

    @Test
    void aNewEventEndsIdlenessAndMovesTheWatermarkOn() {
        becomeIdleAfter("2026-01-15T10:00:45Z");

        event("2026-01-15T10:05:00Z");
        event("2026-01-15T10:05:01Z");
        generator.onPeriodicEmit(output);

        assertThat(output.taken()).containsExactly(ACTIVE, watermark("2026-01-15T10:04:30.999Z"));
    }

    @Test
    void finishesANewerWindowWhenItGoesIdleAgain() {
        becomeIdleAfter("2026-01-15T10:00:45Z");

        assertThat(becomeIdleAfter("2026-01-15T10:05:00Z"))
                .containsExactly(watermark("2026-01-15T10:05:59.999Z"), IDLE);
    }

    @Test
    void anOldEventAfterIdlenessMovesNoWatermarkBeyondTheNewestEvent() {
        becomeIdleAfter("2026-01-15T10:00:45Z");

        event("2026-01-15T09:30:00Z");
        generator.onPeriodicEmit(output);

        assertThat(output.taken()).containsExactly(ACTIVE, watermark("2026-01-15T10:00:14.999Z"));

        startIdleTimer();
        clock.advance(IDLE_TIMEOUT.plusNanos(1));
        generator.onPeriodicEmit(output);

        assertThat(output.taken()).containsExactly(watermark("2026-01-15T10:00:59.999Z"), IDLE);
    }

    @Test
    void generatorsAreIndependentOfEachOther() {
        Output other = new Output();
        WatermarkGenerator<TransactionBatch> ofOtherPartition =
                watermarks.createWatermarkGenerator(new Context(clock));

        event("2026-01-15T10:00:45Z");
        ofOtherPartition.onEvent(valid("2026-01-15T08:00:00Z").toBatch(), 0, other);
        generator.onPeriodicEmit(output);
        ofOtherPartition.onPeriodicEmit(other);

        assertThat(output.taken()).containsExactly(watermark("2026-01-15T10:00:14.999Z"));
        assertThat(other.taken()).containsExactly(watermark("2026-01-15T07:59:29.999Z"));
    }

    @Test
    void timestampsAreTheNewestEventTimeOrWithoutOneKafkasTime() {
        TimestampAssigner<TransactionBatch> timestamps =
                watermarks.createTimestampAssigner(UnregisteredMetricsGroup::new);
        TransactionBatch newestInTheMiddle =
                TransactionRecord.batch(
                        List.of(
                                valid("2026-01-15T10:00:44Z"),
                                valid("2026-01-15T10:00:45Z"),
                                rejected("2026-01-15T10:00:46Z")));
        TransactionBatch rejected = rejected("2026-01-15T10:00:45Z").toBatch();

        assertThat(timestamps.extractTimestamp(newestInTheMiddle, 7))
                .isEqualTo(millis("2026-01-15T10:00:45Z"));
        assertThat(timestamps.extractTimestamp(rejected, 7)).isEqualTo(7);
    }

    private void event(String time) {
        generator.onEvent(valid(time).toBatch(), 0, output);
    }

    /** The first periodic look after an event notes the activity, the second starts the timer. */
    private void startIdleTimer() {
        generator.onPeriodicEmit(output);
        generator.onPeriodicEmit(output);
        output.taken();
    }

    private List<String> becomeIdleAfter(String time) {
        event(time);
        startIdleTimer();
        clock.advance(IDLE_TIMEOUT.plusNanos(1));
        generator.onPeriodicEmit(output);
        return output.taken();
    }

    private static EventTimeWatermarks watermarks(Duration maxOutOfOrderness) {
        return new EventTimeWatermarks(
                new WindowRules(
                        Duration.ofMinutes(1),
                        maxOutOfOrderness,
                        Duration.ofHours(1),
                        Duration.ofMinutes(1)),
                IDLE_TIMEOUT);
    }

    private static TransactionRecord valid(String time) {
        TransactionRecord record = new TransactionRecord();
        record.category = "Home";
        record.eventTime = millis(time);
        return record;
    }

    private static TransactionRecord rejected(String time) {
        TransactionRecord record = valid(time);
        record.category = null;
        record.rejectionReason = RejectionReason.MALFORMED_JSON;
        return record;
    }

    private static TransactionRecord replayed(String time) {
        return valid(time).replayed();
    }

    private static long millis(String time) {
        return Instant.parse(time).toEpochMilli();
    }

    private static String watermark(String time) {
        return "watermark " + time;
    }

    private static final class Output implements WatermarkOutput {

        private final List<String> emitted = new ArrayList<>();
        private int taken;

        @Override
        public void emitWatermark(Watermark watermark) {
            emitted.add(watermark(Instant.ofEpochMilli(watermark.getTimestamp()).toString()));
        }

        @Override
        public void markIdle() {
            emitted.add(IDLE);
        }

        @Override
        public void markActive() {
            emitted.add(ACTIVE);
        }

        /** What was emitted since the last call. */
        List<String> taken() {
            List<String> fresh = List.copyOf(emitted.subList(taken, emitted.size()));
            taken = emitted.size();
            return fresh;
        }
    }

    /** Flink's clock of input activity: it only moves when the test says so. */
    private static final class ActivityClock implements RelativeClock {

        private long nanos = 1;

        void advance(Duration time) {
            nanos += time.toNanos();
        }

        @Override
        public long relativeTimeMillis() {
            return nanos / 1_000_000;
        }

        @Override
        public long relativeTimeNanos() {
            return nanos;
        }
    }

    private record Context(RelativeClock getInputActivityClock)
            implements WatermarkGeneratorSupplier.Context {

        @Override
        public MetricGroup getMetricGroup() {
            return new UnregisteredMetricsGroup();
        }
    }
}
