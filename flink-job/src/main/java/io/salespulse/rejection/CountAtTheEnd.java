package io.salespulse.rejection;

import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Adds up a bounded stream and emits one sum per key at its end. (Flink's end-of-stream windows do
 * the same, but sort in managed memory, of which a cluster with heap state need not have any.)
 */
final class CountAtTheEnd extends KeyedProcessFunction<String, RejectedMinute, RejectedMinute> {

    private transient ValueState<RejectedMinute> sum;

    @Override
    public void open(OpenContext context) {
        sum = getRuntimeContext().getState(new ValueStateDescriptor<>("sum", RejectedMinute.class));
    }

    @Override
    public void processElement(RejectedMinute next, Context context, Collector<RejectedMinute> out)
            throws Exception {
        RejectedMinute soFar = sum.value();
        if (soFar == null) {
            context.timerService().registerEventTimeTimer(Long.MAX_VALUE);
        }
        long count = next.count + (soFar == null ? 0 : soFar.count);
        sum.update(new RejectedMinute(next.minute, next.reason, count));
    }

    @Override
    public void onTimer(long time, OnTimerContext context, Collector<RejectedMinute> out)
            throws Exception {
        out.collect(sum.value());
    }
}
