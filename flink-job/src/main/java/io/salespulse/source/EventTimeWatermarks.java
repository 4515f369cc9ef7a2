package io.salespulse.source;

import io.salespulse.event.WindowRules;
import java.time.Duration;
import org.apache.flink.api.common.eventtime.TimestampAssigner;
import org.apache.flink.api.common.eventtime.TimestampAssignerSupplier;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.eventtime.WatermarkGenerator;
import org.apache.flink.api.common.eventtime.WatermarkGeneratorSupplier;
import org.apache.flink.api.common.eventtime.WatermarkOutput;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.eventtime.WatermarksWithIdleness.IdlenessTimer;

/**
 * Watermarks per Kafka partition: the highest event time of its valid records, less the bound on
 * out-of-orderness.
 *
 * <p>Unlike Flink's bounded-out-of-orderness strategy, rejected and replayed records neither move
 * the watermark nor count as activity: garbage holds nobody up, and a replay does not say how far
 * its partition is. A partition without a valid record for {@code idleTimeout} promises the end of
 * its newest window once and goes idle. Time spent in backpressure does not count as silence.
 */
public final class EventTimeWatermarks implements WatermarkStrategy<TransactionBatch> {

    /**
     * The watermark of a partition without events. Without any, Flink would take a subtask for idle
     * after the timeout as long as one of its partitions is silent, however busy the others are.
     */
    private static final long BEFORE_ALL_EVENTS = 0;

    private final long maxOutOfOrdernessMillis;
    private final long windowSizeMillis;
    private final Duration idleTimeout;

    public EventTimeWatermarks(WindowRules rules, Duration idleTimeout) {
        this.maxOutOfOrdernessMillis = rules.maxOutOfOrderness().toMillis();
        this.windowSizeMillis = rules.windowSize().toMillis();
        this.idleTimeout = idleTimeout;
    }

    @Override
    public WatermarkGenerator<TransactionBatch> createWatermarkGenerator(
            WatermarkGeneratorSupplier.Context context) {
        return new Generator(new IdlenessTimer(context.getInputActivityClock(), idleTimeout));
    }

    @Override
    public TimestampAssigner<TransactionBatch> createTimestampAssigner(
            TimestampAssignerSupplier.Context context) {
        return (batch, recordTimestamp) ->
                batch.newestEventTime() == Long.MIN_VALUE
                        ? recordTimestamp
                        : batch.newestEventTime();
    }

    private final class Generator implements WatermarkGenerator<TransactionBatch> {

        private final IdlenessTimer idleness;
        private long newestEventTime = Long.MIN_VALUE;
        private boolean idle;

        private Generator(IdlenessTimer idleness) {
            this.idleness = idleness;
        }

        @Override
        public void onEvent(TransactionBatch batch, long timestamp, WatermarkOutput output) {
            if (batch.newestEventTime() == Long.MIN_VALUE) {
                return;
            }
            newestEventTime = Math.max(newestEventTime, batch.newestEventTime());
            idleness.activity();
            if (idle) {
                idle = false;
                output.markActive();
            }
        }

        @Override
        public void onPeriodicEmit(WatermarkOutput output) {
            if (!idleness.checkIfIdle()) {
                output.emitWatermark(new Watermark(watermark()));
            } else if (!idle) {
                idle = true;
                if (newestEventTime != Long.MIN_VALUE) {
                    output.emitWatermark(new Watermark(endOfNewestWindow() - 1));
                }
                output.markIdle();
            }
        }

        private long watermark() {
            return newestEventTime == Long.MIN_VALUE
                    ? BEFORE_ALL_EVENTS
                    : Math.max(newestEventTime - maxOutOfOrdernessMillis - 1, BEFORE_ALL_EVENTS);
        }

        private long endOfNewestWindow() {
            return newestEventTime
                    - Math.floorMod(newestEventTime, windowSizeMillis)
                    + windowSizeMillis;
        }
    }
}
