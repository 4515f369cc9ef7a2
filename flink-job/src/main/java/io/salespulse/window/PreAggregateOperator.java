package io.salespulse.window;

import io.salespulse.event.RejectionReason;
import io.salespulse.event.WindowRules;
import io.salespulse.rejection.Rejection;
import io.salespulse.source.BatchSums;
import io.salespulse.source.TransactionBatch;
import java.time.Instant;
import java.util.List;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.metrics.Counter;
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
import org.apache.flink.streaming.runtime.watermarkstatus.WatermarkStatus;
import org.apache.flink.util.OutputTag;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Judges every transaction by the rules of docs/rules.md and sums those that count per (window,
 * category), chained to the source, so that neither every event crosses the network nor a few hot
 * categories limit the parallelism.
 *
 * <p>Of nearly all windows in a batch all transactions count, which its sums are enough to see.
 * Only those of the others are judged each for itself.
 *
 * <p>No sum may stay behind in the buffer when something overtakes it that it must precede. So the
 * buffer is flushed before a watermark that ends one of its windows (sums of later windows may
 * wait: that watermark does nothing to them), before an idle status (the watermark of the other
 * subtasks then counts alone), before each checkpoint barrier (else a restore loses sums, as the
 * source's offsets are already past them), at the end of input, when it is large, and by the clock,
 * because the watermark may stand still. Not when state is written or the operator closed: both are
 * too late to send anything.
 *
 * <p>By the clock means every {@value #FLUSH_INTERVAL_MILLIS} ms, and less often when there are
 * more than {@value #MAX_SUMS_PER_INTERVAL} sums for each interval: with thousands of categories a
 * sum would else hardly be of more than one event.
 */
final class PreAggregateOperator extends AbstractStreamOperator<PartialSum>
        implements OneInputStreamOperator<TransactionBatch, PartialSum> {

    static final OutputTag<Rejection> REJECTIONS =
            new OutputTag<>("rejections", TypeInformation.of(Rejection.class));
    static final OutputTag<Heartbeat> HEARTBEATS =
            new OutputTag<>("heartbeats", TypeInformation.of(Heartbeat.class));

    static final long FLUSH_INTERVAL_MILLIS = 100;
    static final long HEARTBEAT_INTERVAL_MILLIS = 5_000;
    static final int MAX_SUMS_PER_INTERVAL = 3_000;
    static final int MAX_BUFFERED_SUMS = 20_000;

    private static final ListStateDescriptor<PartitionProgress.Newest> PROGRESS_STATE =
            new ListStateDescriptor<>(
                    "partition-progress", TypeInformation.of(PartitionProgress.Newest.class));
    private static final ListStateDescriptor<Long> COUNTED_FROM_STATE =
            new ListStateDescriptor<>("counted-from", Types.LONG);

    private final WindowRules rules;
    private final PartitionProgress progress = new PartitionProgress();
    private final PartialSums sums = new PartialSums();

    private long countedFrom;
    private long forwardedWatermark = Long.MIN_VALUE;
    private int intervalsWaited;

    private transient ListState<PartitionProgress.Newest> progressState;
    private transient ListState<Long> countedFromState;
    private transient Counter outsideEvents;
    private transient Counter rejectedEvents;
    private transient Counter lateEvents;
    private transient Counter replayedEvents;
    private transient Counter partialSums;

    private PreAggregateOperator(
            StreamOperatorParameters<PartialSum> parameters,
            WindowRules rules,
            Instant countedFrom) {
        super(parameters);
        this.rules = rules;
        this.countedFrom = countedFrom.toEpochMilli();
    }

    @Override
    public void initializeState(StateInitializationContext context) throws Exception {
        super.initializeState(context);
        var store = context.getOperatorStateStore();
        progressState = store.getUnionListState(PROGRESS_STATE);
        countedFromState = store.getUnionListState(COUNTED_FROM_STATE);
        if (context.isRestored()) {
            progress.restore(progressState.get());
            for (long restored : countedFromState.get()) {
                countedFrom = restored;
            }
        }
    }

    @Override
    public void open() throws Exception {
        super.open();
        outsideEvents = getMetricGroup().counter("outsideEvents");
        rejectedEvents = getMetricGroup().counter("rejectedEvents");
        lateEvents = getMetricGroup().counter("lateEvents");
        replayedEvents = getMetricGroup().counter("replayedEvents");
        partialSums = getMetricGroup().counter("partialSums");
        getMetricGroup().gauge("freshness", this::millisSinceNewestEvent);
        repeat(FLUSH_INTERVAL_MILLIS, this::flushIfDue);
        repeat(HEARTBEAT_INTERVAL_MILLIS, this::emitHeartbeat);
        emitHeartbeat();
    }

    /** -1 while nothing has been counted. */
    private long millisSinceNewestEvent() {
        long newestEventTime = progress.newestEventTime();
        return newestEventTime == Long.MIN_VALUE
                ? -1
                : getProcessingTimeService().getCurrentProcessingTime() - newestEventTime;
    }

    private void repeat(long intervalMillis, Runnable action) {
        getProcessingTimeService()
                .scheduleWithFixedDelay(timestamp -> action.run(), intervalMillis, intervalMillis);
    }

    @Override
    public void processElement(StreamRecord<TransactionBatch> element) {
        TransactionBatch batch = element.getValue();
        long certainFrom = certainFrom(batch);
        boolean allCount = addCertain(batch.sums(), certainFrom);
        if (allCount && !batch.hasReplayed()) {
            take(batch);
        } else {
            takeEach(batch, certainFrom);
        }
        if (sums.size() >= MAX_BUFFERED_SUMS) {
            flush();
        }
    }

    /**
     * The start of the first window of which everything in this batch counts: what is not late when
     * all of the batch has been read was not late before, because the newest event time only grows.
     */
    private long certainFrom(TransactionBatch batch) {
        long newestInTheEnd =
                Math.max(progress.newestEventTime(batch.partition()), batch.newestEventTime());
        return rules.firstWindowFrom(Math.max(countedFrom, rules.inTimeFrom(newestInTheEnd)));
    }

    /** Whether that was all. */
    private boolean addCertain(BatchSums added, long certainFrom) {
        boolean all = true;
        for (int part = 0; part < added.size(); part++) {
            if (added.slice(part) >= certainFrom) {
                sums.add(
                        rules.windowStart(added.slice(part)),
                        added.category(part),
                        added.categoryHash(part),
                        added.cents(part),
                        added.count(part));
            } else {
                all = false;
            }
        }
        return all;
    }

    /** Of a batch whose sums are added. */
    private void take(TransactionBatch batch) {
        for (int rejected : batch.rejections()) {
            reject(batch, rejected);
        }
        if (batch.newestEventTime() != Long.MIN_VALUE) {
            progress.advance(batch.partition(), batch.newestEventTime());
        }
    }

    /** Of a batch whose sums of certain windows are added. */
    private void takeEach(TransactionBatch batch, long certainFrom) {
        for (int i = 0; i < batch.size(); i++) {
            if (batch.isRejected(i)) {
                reject(batch, i);
            } else if (batch.eventTime(i) >= certainFrom) {
                noteCounted(batch, i);
            } else {
                judge(batch, i);
            }
        }
    }

    private void judge(TransactionBatch batch, int i) {
        long eventTime = batch.eventTime(i);
        long windowStart = rules.windowStart(eventTime);
        int partition = batch.partition();
        if (windowStart < countedFrom) {
            outsideEvents.inc();
        } else if (!batch.isReplayed(i)
                && rules.isLate(windowStart, progress.newestEventTime(partition))) {
            lateEvents.inc();
            reject(batch.origin(i), RejectionReason.LATE_EVENT, lateDetail(partition, eventTime));
        } else {
            noteCounted(batch, i);
            sums.add(windowStart, batch.category(i), batch.categoryHash(i), batch.cents(i), 1);
        }
    }

    private void noteCounted(TransactionBatch batch, int i) {
        if (batch.isReplayed(i)) {
            replayedEvents.inc();
        } else {
            progress.advance(batch.partition(), batch.eventTime(i));
        }
    }

    private void reject(TransactionBatch batch, int i) {
        reject(batch.origin(i), batch.rejectionReason(i), batch.rejectionDetail(i));
    }

    private void reject(
            ConsumerRecord<byte[], byte[]> origin, RejectionReason reason, String detail) {
        rejectedEvents.inc();
        output.collect(
                REJECTIONS,
                new StreamRecord<>(Rejection.of(origin, reason, detail), origin.timestamp()));
    }

    private String lateDetail(int partition, long eventTime) {
        return "event time %s came when its partition was at %s; windows of %s take events until %s + %s after their end"
                .formatted(
                        Instant.ofEpochMilli(eventTime),
                        Instant.ofEpochMilli(progress.newestEventTime(partition)),
                        rules.windowSize(),
                        rules.allowedLateness(),
                        rules.maxOutOfOrderness());
    }

    @Override
    public void processWatermark(Watermark watermark) throws Exception {
        if (sums.hasWindowEndedBy(watermark.getTimestamp(), rules.windowSize().toMillis())) {
            flush();
        }
        if (watermark.getTimestamp() <= forwardedWatermark) {
            return;
        }
        forwardedWatermark = watermark.getTimestamp();
        super.processWatermark(watermark);
    }

    @Override
    public void processWatermarkStatus(WatermarkStatus status) throws Exception {
        flush();
        if (status.isIdle()) {
            finishNewestWindow();
        }
        super.processWatermarkStatus(status);
    }

    /**
     * The source does this too, but only for partitions that had events since it started. After a
     * restore into a silent topic only this operator still knows the newest window.
     */
    private void finishNewestWindow() throws Exception {
        long newestEventTime = progress.newestEventTime();
        if (newestEventTime != Long.MIN_VALUE) {
            long windowEnd = rules.windowStart(newestEventTime) + rules.windowSize().toMillis();
            processWatermark(new Watermark(windowEnd - 1));
        }
    }

    @Override
    public void prepareSnapshotPreBarrier(long checkpointId) {
        flush();
    }

    @Override
    public void snapshotState(StateSnapshotContext context) throws Exception {
        super.snapshotState(context);
        var task = getRuntimeContext().getTaskInfo();
        progressState.update(
                progress.snapshot(
                        task.getIndexOfThisSubtask(), task.getNumberOfParallelSubtasks()));
        countedFromState.update(List.of(countedFrom));
    }

    @Override
    public void finish() throws Exception {
        flush();
        super.finish();
    }

    private void flushIfDue() {
        intervalsWaited++;
        if (sums.size() <= intervalsWaited * MAX_SUMS_PER_INTERVAL) {
            flush();
        }
    }

    private void flush() {
        intervalsWaited = 0;
        partialSums.inc(sums.size());
        sums.drainTo(sum -> output.collect(new StreamRecord<>(sum, sum.windowStart)));
    }

    private void emitHeartbeat() {
        int subtask = getRuntimeContext().getTaskInfo().getIndexOfThisSubtask();
        output.collect(
                HEARTBEATS,
                new StreamRecord<>(
                        new Heartbeat(subtask, forwardedWatermark, progress.newestEventTime())));
    }

    /** Makes the operators on the task managers. */
    static final class Factory extends AbstractStreamOperatorFactory<PartialSum>
            implements OneInputStreamOperatorFactory<TransactionBatch, PartialSum> {

        private final WindowRules rules;
        private final Instant countedFrom;

        Factory(WindowRules rules, Instant countedFrom) {
            this.rules = rules;
            this.countedFrom = countedFrom;
        }

        @Override
        @SuppressWarnings("unchecked") // the operator's output type is this factory's
        public <T extends StreamOperator<PartialSum>> T createStreamOperator(
                StreamOperatorParameters<PartialSum> parameters) {
            return (T) new PreAggregateOperator(parameters, rules, countedFrom);
        }

        @Override
        @SuppressWarnings("rawtypes") // as the interface has it
        public Class<? extends StreamOperator> getStreamOperatorClass(ClassLoader classLoader) {
            return PreAggregateOperator.class;
        }
    }
}
