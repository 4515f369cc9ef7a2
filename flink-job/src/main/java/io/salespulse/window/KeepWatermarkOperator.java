package io.salespulse.window;

import java.util.List;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.AbstractStreamOperatorFactory;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperatorFactory;
import org.apache.flink.streaming.api.operators.StreamOperator;
import org.apache.flink.streaming.api.operators.StreamOperatorParameters;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/**
 * Keeps the watermark of the windows behind it in checkpoints, which Flink does not, and gives it
 * back to them before the first record after a restore. Without it a window whose state was given
 * up would begin anew with the next of its events, and nobody would know that it needs a repair.
 *
 * <p>The watermark of the end of input, which only {@code flink stop --drain} sends to a job that
 * reads on for ever, ends here: it would end windows of which the job that goes on from that
 * savepoint counts more.
 *
 * <p>It stands behind the exchange, chained to the windows: what each source subtask had reached
 * does not tell how far the windows were, because an idle subtask that comes back may be behind
 * them, and because after a restore its records can arrive before the watermarks of the others.
 */
final class KeepWatermarkOperator extends AbstractStreamOperator<PartialSum>
        implements OneInputStreamOperator<PartialSum, PartialSum> {

    private static final ListStateDescriptor<Long> STATE =
            new ListStateDescriptor<>("watermark", Types.LONG);

    private long watermark = Long.MIN_VALUE;

    private transient ListState<Long> state;

    private KeepWatermarkOperator(StreamOperatorParameters<PartialSum> parameters) {
        super(parameters);
    }

    @Override
    public void initializeState(StateInitializationContext context) throws Exception {
        super.initializeState(context);
        state = context.getOperatorStateStore().getUnionListState(STATE);
        if (context.isRestored()) {
            // The highest: a window may be gone from any subtask that was as far.
            for (long restored : state.get()) {
                watermark = Math.max(watermark, restored);
            }
        }
    }

    @Override
    public void open() throws Exception {
        super.open();
        if (watermark != Long.MIN_VALUE) {
            output.emitWatermark(new Watermark(watermark));
        }
    }

    @Override
    public void processElement(StreamRecord<PartialSum> element) {
        output.collect(element);
    }

    @Override
    public void processWatermark(Watermark next) throws Exception {
        boolean isEndOfInput = next.getTimestamp() == Watermark.MAX_WATERMARK.getTimestamp();
        if (next.getTimestamp() > watermark && !isEndOfInput) {
            watermark = next.getTimestamp();
            super.processWatermark(next);
        }
    }

    @Override
    public void snapshotState(StateSnapshotContext context) throws Exception {
        super.snapshotState(context);
        state.update(List.of(watermark));
    }

    /** Makes the operators on the task managers. */
    static final class Factory extends AbstractStreamOperatorFactory<PartialSum>
            implements OneInputStreamOperatorFactory<PartialSum, PartialSum> {

        @Override
        @SuppressWarnings("unchecked") // the operator's output type is this factory's
        public <T extends StreamOperator<PartialSum>> T createStreamOperator(
                StreamOperatorParameters<PartialSum> parameters) {
            return (T) new KeepWatermarkOperator(parameters);
        }

        @Override
        @SuppressWarnings("rawtypes") // as the interface has it
        public Class<? extends StreamOperator> getStreamOperatorClass(ClassLoader classLoader) {
            return KeepWatermarkOperator.class;
        }
    }
}
