package io.salespulse.window;

import io.salespulse.event.WindowRules;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import org.apache.flink.api.common.state.AggregatingState;
import org.apache.flink.api.common.state.AggregatingStateDescriptor;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.runtime.state.internal.InternalAggregatingState;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.AbstractStreamOperatorFactory;
import org.apache.flink.streaming.api.operators.InternalTimer;
import org.apache.flink.streaming.api.operators.InternalTimerService;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperatorFactory;
import org.apache.flink.streaming.api.operators.StreamOperator;
import org.apache.flink.streaming.api.operators.StreamOperatorParameters;
import org.apache.flink.streaming.api.operators.Triggerable;
import org.apache.flink.streaming.api.windowing.windows.TimeWindow;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/**
 * Adds the partial sums of a tumbling window and category up. A changed row gives a result at the
 * next tick of {@link EarlyResultPace}, one when the watermark passes the window's end, and at the
 * latest one when its state is given up. Partial sums that come after that go to {@link
 * SalesResults#WITHOUT_STATE}.
 *
 * <p>Flink's window operator reads and writes the state and its trigger's for each element, and
 * sets three timers for each row. Here rows that change are hot: they are kept beside the state and
 * written to it before each checkpoint barrier, or when there are {@value #MAX_HOT_ROWS}. So a row
 * costs two accesses to the state for each checkpoint, however often it changes, and with thousands
 * of categories the state may as well be on disk.
 *
 * <p>Before a barrier the results that are due go out, too: after a restore nobody would know that
 * they were.
 *
 * <p>State and timers are named and typed as Flink's window operator has them, as savepoints of
 * earlier versions hold those.
 */
final class SumWindowsOperator extends AbstractStreamOperator<CategorySales>
        implements OneInputStreamOperator<PartialSum, CategorySales>,
                Triggerable<String, TimeWindow> {

    static final int MAX_HOT_ROWS = 50_000;

    /**
     * The sink waits for the rest of a burst before it holds the thread up with the last of a
     * tick's results, for less than this.
     */
    static final long SINK_DELAY_MILLIS = 20;

    private static final AggregatingStateDescriptor<
                    PartialSum, SumPartials.Total, SumPartials.Total>
            SUMS =
                    new AggregatingStateDescriptor<>(
                            "window-contents",
                            new SumPartials(),
                            TypeInformation.of(SumPartials.Total.class));

    private static final ListStateDescriptor<Long> GIVEN_UP_STATE =
            new ListStateDescriptor<>("given-up-to", Types.LONG);

    private final long windowMillis;
    private final long retentionMillis;
    private final EarlyResultPace pace;
    private final SumPartials adding = new SumPartials();

    /** All of them have changed since they were read. */
    private final Map<RowKey, HotRow> hot = new HashMap<>();

    /** Hot rows that may be due; one may have given its result meanwhile. */
    private final Queue<HotRow> due = new ArrayDeque<>();

    private boolean tickIsSet;

    /**
     * Windows whose last millisecond is not later were without state when the job was stopped. With
     * a longer retention than before they would begin anew.
     */
    private long givenUpTo = Long.MIN_VALUE;

    private transient ListState<Long> givenUpState;
    private transient InternalTimerService<TimeWindow> timers;
    private transient InternalAggregatingState<
                    String, TimeWindow, PartialSum, SumPartials.Total, SumPartials.Total>
            sums;

    private SumWindowsOperator(
            StreamOperatorParameters<CategorySales> parameters,
            Duration windowSize,
            Duration stateRetention,
            Duration earlyInterval) {
        super(parameters);
        this.windowMillis = windowSize.toMillis();
        this.retentionMillis = stateRetention.toMillis();
        this.pace = new EarlyResultPace(earlyInterval);
    }

    private record RowKey(long windowStart, String category) {}

    private static final class HotRow {

        private final TimeWindow window;
        private final String category;
        private SumPartials.Total total;
        private boolean isDue;

        HotRow(TimeWindow window, String category, SumPartials.Total total) {
            this.window = window;
            this.category = category;
            this.total = total;
        }
    }

    @Override
    public void initializeState(StateInitializationContext context) throws Exception {
        super.initializeState(context);
        givenUpState = context.getOperatorStateStore().getUnionListState(GIVEN_UP_STATE);
        if (context.isRestored()) {
            // The highest: all subtasks go on with the watermark of the one that was the furthest.
            for (long restored : givenUpState.get()) {
                givenUpTo = Math.max(givenUpTo, restored);
            }
        }
    }

    @Override
    public void snapshotState(StateSnapshotContext context) throws Exception {
        super.snapshotState(context);
        givenUpState.update(List.of(givenUpTo()));
    }

    /** By what was restored and by the retention of now. */
    private long givenUpTo() {
        long watermark = timers.currentWatermark();
        return watermark < 0 ? givenUpTo : Math.max(givenUpTo, watermark - retentionMillis);
    }

    @Override
    @SuppressWarnings("unchecked") // all keyed states are internal ones, as their interface says
    public void open() throws Exception {
        super.open();
        TimeWindow.Serializer namespace = new TimeWindow.Serializer();
        timers = getInternalTimerService("window-timers", namespace, this);
        AggregatingState<PartialSum, SumPartials.Total> state =
                getOrCreateKeyedState(namespace, SUMS);
        sums =
                (InternalAggregatingState<
                                String,
                                TimeWindow,
                                PartialSum,
                                SumPartials.Total,
                                SumPartials.Total>)
                        state;
    }

    @Override
    public void processElement(StreamRecord<PartialSum> element) throws Exception {
        PartialSum partial = element.getValue();
        TimeWindow window = new TimeWindow(partial.windowStart, partial.windowStart + windowMillis);
        if (window.maxTimestamp() <= givenUpTo()) {
            output.collect(SalesResults.WITHOUT_STATE, element);
            return;
        }
        HotRow row = hotRow(window, partial.category);
        row.total = adding.add(partial, row.total);
        makeDue(row);
        if (hot.size() >= MAX_HOT_ROWS) {
            settle();
        }
    }

    /** The last millisecond of event time at which the window has state. */
    private long endOfState(TimeWindow window) {
        return window.maxTimestamp() + retentionMillis;
    }

    /** Of the current key. */
    private HotRow hotRow(TimeWindow window, String category) throws Exception {
        RowKey key = new RowKey(window.getStart(), category);
        HotRow row = hot.get(key);
        if (row == null) {
            SumPartials.Total known = read(window);
            row = new HotRow(window, category, known == null ? begin(window) : known);
            hot.put(key, row);
        }
        return row;
    }

    private SumPartials.Total read(TimeWindow window) throws Exception {
        sums.setCurrentNamespace(window);
        return sums.getInternal();
    }

    private SumPartials.Total begin(TimeWindow window) {
        boolean isOpen = timers.currentWatermark() < window.maxTimestamp();
        timers.registerEventTimeTimer(window, isOpen ? window.maxTimestamp() : endOfState(window));
        return adding.createAccumulator();
    }

    private void makeDue(HotRow row) {
        if (row.isDue) {
            return;
        }
        row.isDue = true;
        due.add(row);
        if (!tickIsSet) {
            tickIsSet = true;
            getProcessingTimeService().registerTimer(pace.nextTick(now()), time -> tick());
        }
    }

    private long now() {
        return getProcessingTimeService().getCurrentProcessingTime();
    }

    private void tick() {
        tickIsSet = false;
        long began = now();
        // Without any, as after a barrier, it tells nothing about what results cost.
        if (giveDueResults()) {
            long held = now() - began;
            getProcessingTimeService()
                    .registerTimer(
                            now() + SINK_DELAY_MILLIS, due -> pace.ticked(held + now() - due));
        }
    }

    /** Whether there were any. */
    private boolean giveDueResults() {
        boolean any = false;
        for (HotRow row = due.poll(); row != null; row = due.poll()) {
            if (row.isDue) {
                giveResult(row);
                any = true;
            }
        }
        return any;
    }

    private void giveResult(HotRow row) {
        row.isDue = false;
        giveResult(row.window, row.category, row.total);
    }

    private void giveResult(TimeWindow window, String category, SumPartials.Total total) {
        output.collect(
                new StreamRecord<>(
                        StampWindow.stamp(window, category, total, timers.currentWatermark()),
                        window.maxTimestamp()));
    }

    /** Then all that is known is in the state or beyond this operator. */
    private void settle() throws Exception {
        giveDueResults();
        for (HotRow row : hot.values()) {
            setCurrentKey(row.category);
            sums.setCurrentNamespace(row.window);
            sums.updateInternal(row.total);
        }
        hot.clear();
    }

    @Override
    public void onEventTime(InternalTimer<String, TimeWindow> timer) throws Exception {
        TimeWindow window = timer.getNamespace();
        RowKey key = new RowKey(window.getStart(), timer.getKey());
        HotRow row = hot.get(key);
        if (row != null && (row.isDue || isEnd(timer))) {
            giveResult(row);
        } else if (isEnd(timer)) {
            giveResult(window, timer.getKey(), read(window));
        }
        if (timer.getTimestamp() < endOfState(window)) {
            timers.registerEventTimeTimer(window, endOfState(window));
        } else {
            hot.remove(key);
            sums.setCurrentNamespace(window);
            sums.clear();
        }
    }

    /** Of the window; the other time is that of its state. */
    private static boolean isEnd(InternalTimer<String, TimeWindow> timer) {
        return timer.getTimestamp() == timer.getNamespace().maxTimestamp();
    }

    /** Earlier versions had a timer for each early result; their savepoints bring some along. */
    @Override
    public void onProcessingTime(InternalTimer<String, TimeWindow> timer) throws Exception {
        TimeWindow window = timer.getNamespace();
        HotRow row = hot.get(new RowKey(window.getStart(), timer.getKey()));
        // What is hot has its tick, and the state knows less of it.
        SumPartials.Total total = row == null ? read(window) : null;
        if (total != null) {
            giveResult(window, timer.getKey(), total);
        }
    }

    @Override
    public void prepareSnapshotPreBarrier(long checkpointId) throws Exception {
        settle();
    }

    @Override
    public void finish() throws Exception {
        settle();
        super.finish();
    }

    /** Makes the operators on the task managers. */
    static final class Factory extends AbstractStreamOperatorFactory<CategorySales>
            implements OneInputStreamOperatorFactory<PartialSum, CategorySales> {

        private final WindowRules rules;
        private final Duration stateRetention;
        private final Duration earlyInterval;

        /**
         * @param stateRetention how long after its end, in event time, a window's sums are kept
         * @param earlyInterval between two ticks, unless a tick's results take long to write
         */
        Factory(WindowRules rules, Duration stateRetention, Duration earlyInterval) {
            this.rules = rules;
            this.stateRetention = stateRetention;
            this.earlyInterval = earlyInterval;
        }

        @Override
        @SuppressWarnings("unchecked") // the operator's output type is this factory's
        public <T extends StreamOperator<CategorySales>> T createStreamOperator(
                StreamOperatorParameters<CategorySales> parameters) {
            return (T)
                    new SumWindowsOperator(
                            parameters, rules.windowSize(), stateRetention, earlyInterval);
        }

        @Override
        @SuppressWarnings("rawtypes") // as the interface has it
        public Class<? extends StreamOperator> getStreamOperatorClass(ClassLoader classLoader) {
            return SumWindowsOperator.class;
        }
    }
}
