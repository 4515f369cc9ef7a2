package io.salespulse.window;

import java.time.Duration;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.windowing.triggers.Trigger;
import org.apache.flink.streaming.api.windowing.triggers.TriggerResult;
import org.apache.flink.streaming.api.windowing.windows.TimeWindow;

/**
 * Fires a changed window at most once per interval of processing time, and once when the watermark
 * passes its end. Corrections after that are batched by the same interval, which {@link
 * EarlyResultPace} lengthens when the results take too long to write. Never purges.
 *
 * <p>Flink's {@code ContinuousProcessingTimeTrigger} does not serve: it drops what came after the
 * last early result when the window ends, and stops once its clock is past the window. A window
 * without new elements costs nothing here, because only an element arms the timer.
 */
final class EarlyResultTrigger extends Trigger<PartialSum, TimeWindow> {

    private static final ValueStateDescriptor<Long> PENDING =
            new ValueStateDescriptor<>("pending-result", Types.LONG);

    /** In the state of an open window that has been fired and not changed since. */
    private static final long NOTHING_DUE = -1;

    private final EarlyResultPace pace;

    EarlyResultTrigger(Duration interval) {
        this.pace = new EarlyResultPace(interval);
    }

    @Override
    public TriggerResult onElement(
            PartialSum element, long timestamp, TimeWindow window, TriggerContext context)
            throws Exception {
        ValueState<Long> pending = context.getPartitionedState(PENDING);
        Long known = pending.value();
        if (isDue(known)) {
            return TriggerResult.CONTINUE;
        }
        // Once for each window: with thousands of categories, looking for the timer costs more
        // than looking at the state.
        if (known == null && isOpen(window, context)) {
            context.registerEventTimeTimer(window.maxTimestamp());
        }
        long due = pace.nextTick(context.getCurrentProcessingTime());
        context.registerProcessingTimeTimer(due);
        pending.update(due);
        return TriggerResult.CONTINUE;
    }

    @Override
    public TriggerResult onProcessingTime(long time, TimeWindow window, TriggerContext context)
            throws Exception {
        pace.ticked(time, context.getCurrentProcessingTime());
        ValueState<Long> pending = context.getPartitionedState(PENDING);
        Long due = pending.value();
        if (due == null || due != time) {
            return TriggerResult.CONTINUE;
        }
        if (isOpen(window, context)) {
            pending.update(NOTHING_DUE);
        } else {
            pending.clear();
        }
        return TriggerResult.FIRE;
    }

    @Override
    public TriggerResult onEventTime(long time, TimeWindow window, TriggerContext context)
            throws Exception {
        // The other time is the end of the window's retention: a correction that is still pending
        // must go out before the state does.
        if (time != window.maxTimestamp() && !isPending(context)) {
            return TriggerResult.CONTINUE;
        }
        cancelPending(context);
        return TriggerResult.FIRE;
    }

    @Override
    public void clear(TimeWindow window, TriggerContext context) throws Exception {
        context.deleteEventTimeTimer(window.maxTimestamp());
        cancelPending(context);
    }

    private static boolean isOpen(TimeWindow window, TriggerContext context) {
        return context.getCurrentWatermark() < window.maxTimestamp();
    }

    private static boolean isDue(Long pending) {
        return pending != null && pending != NOTHING_DUE;
    }

    private static boolean isPending(TriggerContext context) throws Exception {
        return isDue(context.getPartitionedState(PENDING).value());
    }

    private static void cancelPending(TriggerContext context) throws Exception {
        ValueState<Long> pending = context.getPartitionedState(PENDING);
        Long due = pending.value();
        if (isDue(due)) {
            context.deleteProcessingTimeTimer(due);
        }
        if (due != null) {
            pending.clear();
        }
    }

    @Override
    public String toString() {
        return "EarlyResultTrigger(" + pace.interval() + ")";
    }
}
