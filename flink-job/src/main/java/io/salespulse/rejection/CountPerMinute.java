package io.salespulse.rejection;

import io.salespulse.event.RejectionReason;
import java.time.Duration;
import java.util.Map;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.StateTtlConfig;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Counts rejections per minute (the key) and reason, and emits the absolute counts of a changed
 * minute at most once per interval of processing time.
 *
 * <p>A count that did not change for {@link #RETENTION} is forgotten, so that the state does not
 * grow for ever: records of one minute lie together in the log, and jobs seldom stand still for
 * longer than topics are kept.
 */
final class CountPerMinute extends KeyedProcessFunction<Long, RejectedMinute, RejectedMinute> {

    static final Duration RETENTION = Duration.ofDays(35);

    private final long intervalMillis;

    private transient MapState<RejectionReason, Long> counts;
    private transient ValueState<Boolean> changed;

    CountPerMinute(Duration interval) {
        this.intervalMillis = interval.toMillis();
    }

    @Override
    public void open(OpenContext context) {
        StateTtlConfig forgotten = StateTtlConfig.newBuilder(RETENTION).build();
        var countsState =
                new MapStateDescriptor<>(
                        "counts", TypeInformation.of(RejectionReason.class), Types.LONG);
        countsState.enableTimeToLive(forgotten);
        counts = getRuntimeContext().getMapState(countsState);
        var changedState = new ValueStateDescriptor<>("changed", Types.BOOLEAN);
        changed = getRuntimeContext().getState(changedState);
    }

    @Override
    public void processElement(RejectedMinute one, Context context, Collector<RejectedMinute> out)
            throws Exception {
        Long before = counts.get(one.reason);
        counts.put(one.reason, before == null ? one.count : before + one.count);
        if (changed.value() == null) {
            changed.update(true);
            long now = context.timerService().currentProcessingTime();
            context.timerService()
                    .registerProcessingTimeTimer(
                            now - Math.floorMod(now, intervalMillis) + intervalMillis);
        }
    }

    @Override
    public void onTimer(long timestamp, OnTimerContext context, Collector<RejectedMinute> out)
            throws Exception {
        changed.clear();
        for (Map.Entry<RejectionReason, Long> count : counts.entries()) {
            out.collect(
                    new RejectedMinute(context.getCurrentKey(), count.getKey(), count.getValue()));
        }
    }
}
