package io.salespulse.window;

import static io.salespulse.window.Fixtures.TEN;

import io.salespulse.event.RejectionReason;
import io.salespulse.event.WindowRules;
import io.salespulse.rejection.Rejection;
import io.salespulse.source.TransactionBatch;
import io.salespulse.source.TransactionRecord;
import io.salespulse.window.PlainRecount.Key;
import io.salespulse.window.Scenario.Action;
import io.salespulse.window.Scenario.Entry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.flink.api.common.typeutils.base.StringSerializer;
import org.apache.flink.api.java.functions.KeySelector;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.event.WatermarkEvent;
import org.apache.flink.runtime.io.disk.iomanager.IOManager;
import org.apache.flink.runtime.io.disk.iomanager.IOManagerAsync;
import org.apache.flink.runtime.operators.testutils.MockEnvironment;
import org.apache.flink.runtime.operators.testutils.MockEnvironmentBuilder;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.operators.OneInputStreamOperatorFactory;
import org.apache.flink.streaming.api.transformations.OneInputTransformation;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.io.PushingAsyncDataInput.DataOutput;
import org.apache.flink.streaming.runtime.streamrecord.LatencyMarker;
import org.apache.flink.streaming.runtime.streamrecord.RecordAttributes;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.watermarkstatus.StatusWatermarkValve;
import org.apache.flink.streaming.runtime.watermarkstatus.WatermarkStatus;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.apache.flink.util.InstantiationUtil;

/**
 * The job without Kafka, network and database: the real operators, the real merging of watermarks,
 * aligned barriers, queues between subtasks, sinks that write in batches, and the table with its
 * guard. One thread decides what happens next, so every order of events can be played.
 */
final class SimulatedJob implements AutoCloseable {

    private static final int MAX_PARALLELISM = 16;
    private static final int MAX_CHOSEN_PARALLELISM = 3;
    private static final int RETAINED_CHECKPOINTS = 3;
    private static final Duration EARLY_INTERVAL = Duration.ofMillis(500);

    /** Serialized, by state retention: building the graph for each would take most of the time. */
    private static final Map<Duration, byte[]> WINDOW_OPERATORS = new ConcurrentHashMap<>();

    /** Two threads and a folder for each operator would be what most of the time goes into. */
    private static final IOManager UNUSED_DISK = new IOManagerAsync();

    private final Scenario scenario;

    // What outlives a crash.
    final Map<Key, CategorySales> table = new TreeMap<>();
    final Set<Long> repairs = new TreeSet<>();
    final Set<String> deadLetters = new TreeSet<>();
    private final Deque<Checkpoint> checkpoints = new ArrayDeque<>();
    private final List<CategorySales> zombieResults = new ArrayList<>();
    private long highestWatermark = Long.MIN_VALUE;
    private long clock;

    private Incarnation running;

    /** A completed checkpoint. */
    private record Checkpoint(
            int parallelism,
            int[] offsets,
            OperatorSubtaskState preAggregates,
            OperatorSubtaskState watermarks,
            OperatorSubtaskState windows) {}

    /** Travels between records and keeps them apart. */
    private record Barrier() {}

    SimulatedJob(Scenario scenario) throws Exception {
        this.scenario = scenario;
        running = new Incarnation(2, 0, retention(0), null);
    }

    void play(Action action) throws Exception {
        switch (action.kind()) {
            case READ -> running.read(action.a() % scenario.log().size(), action.b());
            case WATERMARK -> running.watermark(action.a(), TEN + action.b() * 1_000L);
            case IDLE -> running.status(action.a(), WatermarkStatus.IDLE);
            case ACTIVE -> running.status(action.a(), WatermarkStatus.ACTIVE);
            case DELIVER -> running.deliver(action.a(), action.b());
            case TICK -> running.tick(action.a(), action.b());
            case WRITE -> running.write(action.a() % running.parallelism);
            case CHECKPOINT -> running.beginCheckpoint();
            case BARRIER -> running.barrier(action.a() % running.parallelism);
            case CRASH -> crash(action.a(), action.b());
            case ZOMBIE -> writeZombie(action.a());
        }
    }

    /** The rest of the log, then silence, as any job comes to in the end. */
    void finish(long newestEventTime) throws Exception {
        for (int partition = 0; partition < scenario.log().size(); partition++) {
            running.read(partition, Integer.MAX_VALUE);
        }
        long end = Math.max(newestEventTime, TEN) + Duration.ofMinutes(2).toMillis();
        for (int subtask = 0; subtask < running.parallelism; subtask++) {
            running.status(subtask, WatermarkStatus.ACTIVE);
            running.watermark(subtask, end);
        }
        running.settle();
        while (!zombieResults.isEmpty()) {
            writeZombie(0);
        }
    }

    /** Whether the state of this window may have gone, so that the job may ask for a repair. */
    boolean mayNeedRepair(long windowStart) {
        return windowStart
                        + scenario.rules().windowSize().toMillis()
                        - 1
                        + Collections.min(scenario.stateRetentions()).toMillis()
                <= highestWatermark;
    }

    private void crash(int age, int seed) throws Exception {
        running.die();
        Checkpoint restored =
                checkpoints.stream()
                        .skip(checkpoints.isEmpty() ? 0 : age % checkpoints.size())
                        .findFirst()
                        .orElse(null);
        running =
                new Incarnation(
                        1 + seed % MAX_CHOSEN_PARALLELISM,
                        seed / MAX_CHOSEN_PARALLELISM,
                        retention(seed),
                        restored);
    }

    private Duration retention(int seed) {
        return scenario.stateRetentions().get(seed % scenario.stateRetentions().size());
    }

    private void writeZombie(int which) {
        if (!zombieResults.isEmpty()) {
            upsert(zombieResults.remove(which % zombieResults.size()));
        }
    }

    /** As CategorySalesUpsert has it in SQL. */
    private void upsert(CategorySales row) {
        Key key = new Key(row.windowStart, row.category);
        CategorySales shown = table.get(key);
        if (shown == null
                || row.count > shown.count
                || (row.count == shown.count && row.isFinal && !shown.isFinal)) {
            boolean isFinal = row.isFinal || (shown != null && shown.isFinal);
            table.put(
                    key,
                    new CategorySales(
                            row.windowStart,
                            row.windowEnd,
                            row.category,
                            row.cents,
                            row.count,
                            isFinal));
        }
    }

    @Override
    public void close() throws Exception {
        running.die();
    }

    /** The job between two crashes. */
    private final class Incarnation {

        private final int parallelism;
        private final int rotation;
        private final Duration stateRetention;
        private final int[] offsets;
        private final List<PreAggregate> preAggregates = new ArrayList<>();
        private final List<Windows> windows = new ArrayList<>();

        private boolean checkpointing;
        private int[] checkpointedOffsets;
        private OperatorSubtaskState[] checkpointedPreAggregates;
        private OperatorSubtaskState[] checkpointedWatermarks;
        private OperatorSubtaskState[] checkpointedWindows;

        Incarnation(int parallelism, int rotation, Duration stateRetention, Checkpoint restored)
                throws Exception {
            this.parallelism = parallelism;
            this.rotation = rotation;
            this.stateRetention = stateRetention;
            offsets =
                    restored == null ? new int[scenario.log().size()] : restored.offsets().clone();
            for (int subtask = 0; subtask < parallelism; subtask++) {
                windows.add(new Windows(subtask, restored));
            }
            for (int subtask = 0; subtask < parallelism; subtask++) {
                preAggregates.add(new PreAggregate(subtask, restored));
            }
        }

        private int reader(int partition) {
            return (partition + rotation) % parallelism;
        }

        void read(int partition, int count) throws Exception {
            List<Entry> entries = scenario.log().get(partition);
            int from = offsets[partition];
            int to = from + Math.min(count, entries.size() - from);
            if (from < to) {
                offsets[partition] = to;
                preAggregates
                        .get(reader(partition))
                        .read(partition, from, entries.subList(from, to));
            }
        }

        void watermark(int subtask, long time) throws Exception {
            highestWatermark = Math.max(highestWatermark, time);
            preAggregates.get(subtask % parallelism).watermark(time);
        }

        void status(int subtask, WatermarkStatus status) throws Exception {
            PreAggregate reader = preAggregates.get(subtask % parallelism);
            if (status.isIdle()) {
                // It promises the end of its newest window by itself.
                highestWatermark =
                        Math.max(highestWatermark, TEN + Duration.ofMinutes(15).toMillis());
            }
            reader.status(status);
        }

        void deliver(int pair, int count) throws Exception {
            int chosen = pair % (parallelism * parallelism);
            windows.get(chosen / parallelism).receive(chosen % parallelism, count);
        }

        void tick(int which, int millis) throws Exception {
            clock += millis;
            int chosen = which % (2 * parallelism);
            if (chosen < parallelism) {
                preAggregates.get(chosen).tick();
            } else {
                windows.get(chosen - parallelism).tick();
            }
        }

        void write(int subtask) {
            preAggregates.get(subtask).write();
            windows.get(subtask).write();
        }

        void beginCheckpoint() {
            if (!checkpointing) {
                checkpointing = true;
                checkpointedOffsets = offsets.clone();
                checkpointedPreAggregates = new OperatorSubtaskState[parallelism];
                checkpointedWatermarks = new OperatorSubtaskState[parallelism];
                checkpointedWindows = new OperatorSubtaskState[parallelism];
            }
        }

        void barrier(int subtask) throws Exception {
            if (checkpointing && checkpointedPreAggregates[subtask] == null) {
                for (int partition = 0; partition < offsets.length; partition++) {
                    if (reader(partition) == subtask) {
                        checkpointedOffsets[partition] = offsets[partition];
                    }
                }
                checkpointedPreAggregates[subtask] = preAggregates.get(subtask).checkpoint();
            }
        }

        private void checkpointed(
                int subtask, OperatorSubtaskState watermark, OperatorSubtaskState windowState)
                throws Exception {
            checkpointedWatermarks[subtask] = watermark;
            checkpointedWindows[subtask] = windowState;
            if (Arrays.stream(checkpointedWindows).allMatch(done -> done != null)) {
                checkpointing = false;
                checkpoints.addFirst(
                        new Checkpoint(
                                parallelism,
                                checkpointedOffsets,
                                AbstractStreamOperatorTestHarness.repackageState(
                                        checkpointedPreAggregates),
                                AbstractStreamOperatorTestHarness.repackageState(
                                        checkpointedWatermarks),
                                AbstractStreamOperatorTestHarness.repackageState(
                                        checkpointedWindows)));
                if (checkpoints.size() > RETAINED_CHECKPOINTS) {
                    checkpoints.removeLast();
                }
            }
        }

        /** Everything under way arrives, every timer fires, every batch is written. */
        void settle() throws Exception {
            for (int subtask = 0; checkpointing && subtask < parallelism; subtask++) {
                barrier(subtask);
            }
            for (int round = 0; round < 3; round++) {
                for (int operator = 0; operator < 2 * parallelism; operator++) {
                    // Timers are late where the clock jumps, which ticks take for a slow table.
                    tick(operator, (int) EarlyResultPace.LONGEST_STEP_MILLIS);
                }
                // Twice: a barrier in one queue can hold up another.
                for (int pair = 0; pair < 2 * parallelism * parallelism; pair++) {
                    deliver(pair, Integer.MAX_VALUE);
                }
            }
            for (int subtask = 0; subtask < parallelism; subtask++) {
                write(subtask);
            }
        }

        void die() throws Exception {
            for (Windows window : windows) {
                zombieResults.addAll(window.batch);
                window.keeper.close();
                window.harness.close();
            }
            for (PreAggregate preAggregate : preAggregates) {
                preAggregate.harness.close();
            }
        }

        private MockEnvironment environment(int subtask) {
            return new MockEnvironmentBuilder()
                    .setIOManager(UNUSED_DISK)
                    .setMaxParallelism(MAX_PARALLELISM)
                    .setParallelism(parallelism)
                    .setSubtaskIndex(subtask)
                    .build();
        }

        private int windowsOf(String category) {
            return KeyGroupRangeAssignment.assignKeyToParallelOperator(
                    category, MAX_PARALLELISM, parallelism);
        }

        /** One subtask of source and pre-aggregation, with the sink of its rejections. */
        private final class PreAggregate {

            private final int subtask;
            private final OneInputStreamOperatorTestHarness<TransactionBatch, PartialSum> harness;
            private final List<String> batch = new ArrayList<>();
            private WatermarkStatus lastStatus = WatermarkStatus.ACTIVE;

            PreAggregate(int subtask, Checkpoint restored) throws Exception {
                this.subtask = subtask;
                harness =
                        new OneInputStreamOperatorTestHarness<>(
                                new PreAggregateOperator.Factory(scenario.rules(), Instant.EPOCH),
                                environment(subtask));
                harness.setProcessingTime(clock);
                if (restored != null) {
                    harness.initializeState(
                            AbstractStreamOperatorTestHarness.repartitionOperatorState(
                                    restored.preAggregates(),
                                    MAX_PARALLELISM,
                                    restored.parallelism(),
                                    parallelism,
                                    subtask));
                }
                harness.open();
                sendOn();
            }

            /** In one batch. */
            void read(int partition, int firstOffset, List<Entry> entries) throws Exception {
                List<TransactionRecord> records = new ArrayList<>();
                for (Entry entry : entries) {
                    TransactionRecord record = new TransactionRecord();
                    record.partition = partition;
                    record.offset = firstOffset + records.size();
                    record.eventTime = entry.eventTime();
                    record.recordTimestamp = entry.eventTime();
                    record.category = entry.category();
                    record.cents = entry.cents();
                    record.rejectionReason =
                            entry.rejected() ? RejectionReason.INVALID_AMOUNT : null;
                    records.add(record);
                }
                harness.processElement(
                        new StreamRecord<>(TransactionRecord.batch(records, windowMillis())));
                sendOn();
            }

            private long windowMillis() {
                return scenario.rules().windowSize().toMillis();
            }

            /** As Flink's source does it: no watermark comes from an idle source. */
            void watermark(long time) throws Exception {
                status(WatermarkStatus.ACTIVE);
                harness.processWatermark(time);
                sendOn();
            }

            void status(WatermarkStatus status) throws Exception {
                if (status.equals(lastStatus)) {
                    return;
                }
                lastStatus = status;
                harness.processWatermarkStatus(status);
                sendOn();
            }

            void tick() throws Exception {
                harness.setProcessingTime(clock);
                sendOn();
            }

            OperatorSubtaskState checkpoint() throws Exception {
                harness.prepareSnapshotPreBarrier(1);
                sendOn();
                write();
                OperatorSubtaskState state = harness.snapshot(1, 1);
                windows.forEach(window -> window.queues.get(subtask).add(new Barrier()));
                return state;
            }

            void write() {
                deadLetters.addAll(batch);
                batch.clear();
            }

            private void sendOn() {
                for (Object element : harness.getOutput()) {
                    if (element instanceof StreamRecord<?> record) {
                        PartialSum sum = (PartialSum) record.getValue();
                        windows.get(windowsOf(sum.category)).queues.get(subtask).add(record);
                    } else {
                        windows.forEach(window -> window.queues.get(subtask).add(element));
                    }
                }
                harness.getOutput().clear();
                Queue<StreamRecord<Rejection>> rejections =
                        harness.getSideOutput(PreAggregateOperator.REJECTIONS);
                if (rejections != null) {
                    rejections.forEach(
                            record -> {
                                Rejection rejection = record.getValue();
                                if (rejection.reason == RejectionReason.LATE_EVENT) {
                                    batch.add(rejection.partition + "/" + rejection.offset);
                                }
                            });
                    rejections.clear();
                }
            }
        }

        /** One subtask of the windows, with its inputs and the sinks of its results. */
        private final class Windows implements DataOutput<PartialSum> {

            private final int subtask;
            private final OneInputStreamOperatorTestHarness<PartialSum, PartialSum> keeper;
            private final OneInputStreamOperatorTestHarness<PartialSum, CategorySales> harness;
            private final StatusWatermarkValve valve = new StatusWatermarkValve(parallelism);
            private final List<Deque<Object>> queues = new ArrayList<>();
            private final boolean[] blocked = new boolean[parallelism];
            private final List<CategorySales> batch = new ArrayList<>();
            private final List<Long> repairsBatch = new ArrayList<>();

            Windows(int subtask, Checkpoint restored) throws Exception {
                this.subtask = subtask;
                for (int channel = 0; channel < parallelism; channel++) {
                    queues.add(new ArrayDeque<>());
                }
                harness =
                        keyed(
                                new OneInputStreamOperatorTestHarness<>(
                                        newWindowOperator(stateRetention), environment(subtask)));
                open(harness, restored == null ? null : restored.windows(), restored);
                keeper =
                        keyed(
                                new OneInputStreamOperatorTestHarness<>(
                                        new KeepWatermarkOperator.Factory(), environment(subtask)));
                open(keeper, restored == null ? null : restored.watermarks(), restored);
                passOn();
            }

            /** As Flink's keyed harness does it, which cannot be given an environment. */
            private <T> OneInputStreamOperatorTestHarness<PartialSum, T> keyed(
                    OneInputStreamOperatorTestHarness<PartialSum, T> created) {
                KeySelector<PartialSum, String> category = partial -> partial.category;
                created.getStreamConfig().setStatePartitioner(0, category);
                created.getStreamConfig().setStateKeySerializer(StringSerializer.INSTANCE);
                created.getStreamConfig().serializeAllConfigs();
                return created;
            }

            private void open(
                    AbstractStreamOperatorTestHarness<?> opened,
                    OperatorSubtaskState state,
                    Checkpoint restored)
                    throws Exception {
                opened.setProcessingTime(clock);
                if (restored != null) {
                    opened.initializeState(
                            AbstractStreamOperatorTestHarness.repartitionOperatorState(
                                    state,
                                    MAX_PARALLELISM,
                                    restored.parallelism(),
                                    parallelism,
                                    subtask));
                }
                opened.open();
            }

            void receive(int channel, int count) throws Exception {
                Deque<Object> queue = queues.get(channel);
                for (int i = 0; i < count && !blocked[channel] && !queue.isEmpty(); i++) {
                    receive(channel, queue.remove());
                }
                takeResults();
            }

            @SuppressWarnings("unchecked") // only partial sums were put in
            private void receive(int channel, Object element) throws Exception {
                if (element instanceof Barrier) {
                    blocked[channel] = true;
                    for (boolean arrived : blocked) {
                        if (!arrived) {
                            return;
                        }
                    }
                    harness.prepareSnapshotPreBarrier(1);
                    takeResults();
                    write();
                    Arrays.fill(blocked, false);
                    checkpointed(subtask, keeper.snapshot(1, 1), harness.snapshot(1, 1));
                } else if (element instanceof Watermark watermark) {
                    valve.inputWatermark(watermark, channel, this);
                } else if (element instanceof WatermarkStatus status) {
                    valve.inputWatermarkStatus(status, channel, this);
                } else {
                    emitRecord((StreamRecord<PartialSum>) element);
                }
            }

            void tick() throws Exception {
                harness.setProcessingTime(clock);
                takeResults();
            }

            void write() {
                batch.forEach(SimulatedJob.this::upsert);
                batch.clear();
                repairs.addAll(repairsBatch);
                repairsBatch.clear();
            }

            private void takeResults() {
                batch.addAll(harness.extractOutputValues());
                harness.getOutput().clear();
                Queue<StreamRecord<PartialSum>> withoutState =
                        harness.getSideOutput(SalesResults.WITHOUT_STATE);
                if (withoutState != null) {
                    withoutState.forEach(late -> repairsBatch.add(late.getValue().windowStart));
                    withoutState.clear();
                }
            }

            /** From the first to the second operator of the chain. */
            @SuppressWarnings("unchecked") // only partial sums were put in
            private void passOn() throws Exception {
                for (Object element : keeper.getOutput()) {
                    if (element instanceof Watermark watermark) {
                        harness.processWatermark(watermark);
                    } else if (element instanceof WatermarkStatus status) {
                        harness.processWatermarkStatus(status);
                    } else {
                        harness.processElement((StreamRecord<PartialSum>) element);
                    }
                }
                keeper.getOutput().clear();
            }

            @Override
            public void emitRecord(StreamRecord<PartialSum> record) throws Exception {
                keeper.processElement(record);
                passOn();
            }

            @Override
            public void emitWatermark(Watermark watermark) throws Exception {
                keeper.processWatermark(watermark);
                passOn();
            }

            @Override
            public void emitWatermarkStatus(WatermarkStatus status) throws Exception {
                keeper.processWatermarkStatus(status);
                passOn();
            }

            @Override
            public void emitLatencyMarker(LatencyMarker marker) {
                throw new UnsupportedOperationException();
            }

            @Override
            public void emitRecordAttributes(RecordAttributes attributes) {
                throw new UnsupportedOperationException();
            }

            @Override
            public void emitWatermark(WatermarkEvent watermark) {
                throw new UnsupportedOperationException();
            }
        }
    }

    private OneInputStreamOperatorFactory<PartialSum, CategorySales> newWindowOperator(
            Duration stateRetention) throws Exception {
        return InstantiationUtil.deserializeObject(
                WINDOW_OPERATORS.computeIfAbsent(
                        stateRetention, retention -> windowOperator(scenario.rules(), retention)),
                SimulatedJob.class.getClassLoader());
    }

    /** As the graph builds it. */
    private static byte[] windowOperator(WindowRules rules, Duration stateRetention) {
        var environment = StreamExecutionEnvironment.getExecutionEnvironment();
        var results =
                SalesResults.of(
                        environment.fromData(new TransactionBatch()),
                        rules,
                        Instant.EPOCH,
                        stateRetention,
                        EARLY_INTERVAL);
        var windows =
                (OneInputTransformation<?, CategorySales>) results.sales().getTransformation();
        try {
            return InstantiationUtil.serializeObject(windows.getOperatorFactory());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
