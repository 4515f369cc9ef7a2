package io.salespulse.window;

import static io.salespulse.window.Fixtures.HOUR;
import static io.salespulse.window.Fixtures.MINUTE;
import static io.salespulse.window.Fixtures.RULES;
import static io.salespulse.window.Fixtures.SECOND;
import static io.salespulse.window.Fixtures.TEN;
import static io.salespulse.window.Fixtures.rejected;
import static io.salespulse.window.Fixtures.replayed;
import static io.salespulse.window.Fixtures.sale;
import static org.assertj.core.api.Assertions.assertThat;

import io.salespulse.event.RejectionReason;
import io.salespulse.rejection.Rejection;
import io.salespulse.source.TransactionBatch;
import io.salespulse.source.TransactionRecord;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.watermarkstatus.WatermarkStatus;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.apache.flink.util.OutputTag;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class PreAggregateOperatorTest {

    private static final int MAX_PARALLELISM = 720;

    private final List<Harness> opened = new ArrayList<>();

    @AfterEach
    void closeAll() throws Exception {
        for (Harness harness : opened) {
            harness.close();
        }
    }

    @Nested
    class Sums {

        @Test
        void addsUpPerWindowAndCategory() throws Exception {
            Harness job = start();
            job.read(sale(0, TEN, "Home", 1_050));
            job.read(sale(1, TEN + 59_999, "Home", 250));
            job.read(sale(0, TEN, "Beauty", 1));
            job.read(sale(0, TEN + MINUTE, "Home", 7));

            job.setProcessingTime(100);

            assertThat(job.drain())
                    .containsExactlyInAnyOrder(
                            "10:00 Home 1300/2", "10:00 Beauty 1/1", "10:01 Home 7/1");
        }

        @Test
        void stampsSumsWithATimeInsideTheirWindow() throws Exception {
            Harness job = start();
            job.read(sale(0, TEN + 30 * SECOND, "Home", 1));

            job.setProcessingTime(100);

            assertThat(job.getRecordOutput().iterator().next().getTimestamp()).isEqualTo(TEN);
        }

        /** Objects are reused between chained operators: what has left belongs to the next one. */
        @Test
        void areNotChangedOnceTheyHaveLeft() throws Exception {
            Harness job = start();
            job.read(sale(0, TEN, "Home", 1));
            job.setProcessingTime(100);
            job.read(sale(0, TEN, "Home", 2));
            job.setProcessingTime(200);

            assertThat(job.drain()).containsExactly("10:00 Home 1/1", "10:00 Home 2/1");
        }

        @Test
        void floorsWindowsFromEventTimeAlone() throws Exception {
            Harness job = start();
            job.read(sale(0, TEN - 1, "Home", 1));

            job.setProcessingTime(100);

            assertThat(job.drain()).containsExactly("09:59 Home 1/1");
        }

        @Test
        void failsLoudlyOnOverflowInsteadOfWrapping() throws Exception {
            Harness job = start();
            job.read(sale(0, TEN, "Home", Long.MAX_VALUE));

            org.assertj.core.api.Assertions.assertThatThrownBy(
                            () -> job.read(sale(0, TEN, "Home", 1)))
                    .isInstanceOf(ArithmeticException.class);
        }
    }

    @Nested
    class Flushes {

        @Test
        void holdsBackUntilTheInterval() throws Exception {
            Harness job = start();
            job.read(sale(0, TEN, "Home", 1));

            job.setProcessingTime(99);
            assertThat(job.drain()).isEmpty();
            job.setProcessingTime(100);

            assertThat(job.drain()).containsExactly("10:00 Home 1/1");
        }

        @Test
        void sendsASumOnce() throws Exception {
            Harness job = start();
            job.read(sale(0, TEN, "Home", 1));
            job.setProcessingTime(100);
            job.drain();

            job.setProcessingTime(200);
            assertThat(job.drain()).isEmpty();
            job.read(sale(0, TEN, "Home", 2));
            job.setProcessingTime(300);

            assertThat(job.drain()).containsExactly("10:00 Home 2/1");
        }

        @Test
        void waitsForAnIntervalMoreForEachFewThousandSums() throws Exception {
            Harness job = start();
            int sums = 2 * PreAggregateOperator.MAX_SUMS_PER_INTERVAL + 1;
            for (int i = 0; i < sums; i++) {
                job.read(sale(0, TEN, "category " + i, 1));
            }
            job.setProcessingTime(200);
            assertThat(job.drain()).isEmpty();

            job.setProcessingTime(300);
            assertThat(job.drain()).hasSize(sums);
            job.read(sale(0, TEN, "Home", 1));
            job.setProcessingTime(400);

            assertThat(job.drain()).containsExactly("10:00 Home 1/1");
        }

        @Test
        void beforeAWatermarkThatEndsAWindow() throws Exception {
            Harness job = start();
            job.read(sale(0, TEN + MINUTE, "Home", 2));
            job.read(sale(0, TEN, "Home", 1));

            job.processWatermark(TEN + MINUTE - 1);

            assertThat(job.drain())
                    .containsExactlyInAnyOrder(
                            "10:00 Home 1/1", "10:01 Home 2/1", "watermark 10:00:59.999")
                    .last()
                    .isEqualTo("watermark 10:00:59.999");
        }

        @Test
        void beforeTheNextWatermarkAfterALateEvent() throws Exception {
            Harness job = start();
            job.processWatermark(TEN + 2 * MINUTE);
            job.drain();
            job.read(sale(0, TEN, "Home", 1));

            job.processWatermark(TEN + 2 * MINUTE + 1);

            assertThat(job.drain()).containsExactly("10:00 Home 1/1", "watermark 10:02:00.001");
        }

        @Test
        void notBeforeAWatermarkInTheMiddleOfItsWindows() throws Exception {
            Harness job = start();
            job.read(sale(0, TEN, "Home", 1));

            job.processWatermark(TEN + MINUTE - 2);

            assertThat(job.drain()).containsExactly("watermark 10:00:59.998");
        }

        @Test
        void beforeAnIdleStatus() throws Exception {
            Harness job = start();
            job.read(sale(0, TEN, "Home", 1));

            job.processWatermarkStatus(WatermarkStatus.IDLE);

            assertThat(job.drain())
                    .containsExactly("10:00 Home 1/1", "watermark 10:00:59.999", "IDLE");
        }

        @Test
        void beforeAnIdleStatusAlsoOfEventsThatMoveNoTimeOn() throws Exception {
            Harness job = start();
            job.read(replayed(0, TEN, "Home", 1));

            job.processWatermarkStatus(WatermarkStatus.IDLE);

            assertThat(job.drain()).containsExactly("10:00 Home 1/1", "IDLE");
        }

        @Test
        void beforeACheckpointBarrier() throws Exception {
            Harness job = start();
            job.read(sale(0, TEN, "Home", 1));

            job.prepareSnapshotPreBarrier(1);

            assertThat(job.drain()).containsExactly("10:00 Home 1/1");
        }

        @Test
        void atTheEndOfInput() throws Exception {
            Harness job = start();
            job.read(sale(0, TEN, "Home", 1));

            job.getOperator().finish();

            assertThat(job.drain()).containsExactly("10:00 Home 1/1");
        }

        @Test
        void whenTheBufferIsLarge() throws Exception {
            Harness job = start();
            for (int i = 1; i < PreAggregateOperator.MAX_BUFFERED_SUMS; i++) {
                job.read(sale(0, TEN, "category " + i, 1));
            }
            assertThat(job.drain()).isEmpty();

            job.read(sale(0, TEN, "one more", 1));

            assertThat(job.drain()).hasSize(PreAggregateOperator.MAX_BUFFERED_SUMS);
        }

        @Test
        void notWhenStateIsWrittenOrTheOperatorCloses() throws Exception {
            Harness job = start();
            job.read(sale(0, TEN, "Home", 1));

            job.snapshot(1, 1);
            job.getOperator().close();

            assertThat(job.drain()).isEmpty();
        }
    }

    @Nested
    class Rejections {

        @Test
        void leaveByTheirSideWithTheirOrigin() throws Exception {
            Harness job = start();
            TransactionRecord bad = rejected(3, 42, RejectionReason.INVALID_AMOUNT);
            bad.key = "key".getBytes(StandardCharsets.UTF_8);
            bad.value = "value".getBytes(StandardCharsets.UTF_8);
            bad.headers.add("trace", new byte[] {1});

            job.read(bad);

            Rejection rejection = job.rejections().get(0);
            assertThat(rejection.reason).isEqualTo(RejectionReason.INVALID_AMOUNT);
            assertThat(rejection.detail).isEqualTo("detail of INVALID_AMOUNT");
            assertThat(rejection.partition).isEqualTo(3);
            assertThat(rejection.offset).isEqualTo(42);
            assertThat(rejection.recordTimestamp).isEqualTo(TEN);
            assertThat(rejection.key).asString().isEqualTo("key");
            assertThat(rejection.value).asString().isEqualTo("value");
            assertThat(rejection.headerKeys).containsExactly("trace");
            assertThat(rejection.headerValues[0]).containsExactly(1);
            assertThat(job.rejections()).hasSize(1);
        }
    }

    @Nested
    class LateEvents {

        // The window 10:00 ends at 10:01 and takes events for an hour; the bound is a minute.
        private static final long LAST_IN_TIME = TEN + MINUTE + HOUR + MINUTE - 1;

        @Test
        void countUntilTheLastMillisecondOfTheAllowedLateness() throws Exception {
            Harness job = start();
            job.read(sale(0, LAST_IN_TIME, "Home", 5));
            job.read(sale(0, TEN, "Home", 1));

            job.setProcessingTime(100);

            assertThat(job.drain()).containsExactlyInAnyOrder("11:01 Home 5/1", "10:00 Home 1/1");
            assertThat(job.rejections()).isEmpty();
        }

        @Test
        void areRejectedOneMillisecondLater() throws Exception {
            Harness job = start();
            job.read(sale(0, LAST_IN_TIME + 1, "Home", 5));
            job.read(sale(0, TEN + MINUTE - 1, "Home", 1));
            job.read(sale(0, TEN + MINUTE, "Home", 2));

            job.setProcessingTime(100);

            assertThat(job.drain()).containsExactlyInAnyOrder("11:02 Home 5/1", "10:01 Home 2/1");
            assertThat(job.rejections())
                    .extracting(r -> r.reason + ": " + r.detail)
                    .containsExactly(
                            "LATE_EVENT: event time 2026-01-15T10:00:59.999Z came when its partition was at"
                                    + " 2026-01-15T11:02:00Z; windows of PT1M take events until PT1H + PT1M after their end");
        }

        @Test
        void areJudgedByTheRecordsBeforeThemInTheirBatch() throws Exception {
            Harness job = start();
            job.read(
                    sale(0, TEN, "Home", 1),
                    rejected(0, 1, RejectionReason.INVALID_AMOUNT),
                    sale(0, LAST_IN_TIME + 1, "Home", 5),
                    sale(0, TEN, "Home", 2),
                    sale(0, TEN + MINUTE, "Home", 4));

            job.setProcessingTime(100);

            assertThat(job.drain())
                    .containsExactlyInAnyOrder(
                            "10:00 Home 1/1", "10:01 Home 4/1", "11:02 Home 5/1");
            assertThat(job.rejections())
                    .extracting(r -> r.reason)
                    .containsExactly(RejectionReason.INVALID_AMOUNT, RejectionReason.LATE_EVENT);
        }

        /** Of one batch, in which none of the first three is certain to be in time. */
        @Test
        void areCausedByTransactionsThatAreJudgedOneByOne() throws Exception {
            Harness job = start();
            job.read(
                    sale(0, LAST_IN_TIME, "Home", 1),
                    sale(0, TEN, "Home", 2),
                    sale(0, TEN - 1, "Home", 4),
                    sale(0, LAST_IN_TIME + 10 * HOUR, "Home", 5));

            job.setProcessingTime(100);

            assertThat(job.drain())
                    .containsExactlyInAnyOrder(
                            "11:01 Home 1/1", "10:00 Home 2/1", "21:01 Home 5/1");
            assertThat(job.rejections())
                    .extracting(r -> r.reason)
                    .containsExactly(RejectionReason.LATE_EVENT);
        }

        @Test
        void areFoundAmongTransactionsThatCount() throws Exception {
            Harness job = start();
            job.read(sale(0, LAST_IN_TIME + 1, "Home", 5));
            job.read(
                    sale(0, LAST_IN_TIME, "Home", 7),
                    sale(0, TEN, "Home", 1),
                    sale(0, LAST_IN_TIME + 1, "Toys", 2));

            job.setProcessingTime(100);

            assertThat(job.drain())
                    .containsExactlyInAnyOrder(
                            "11:01 Home 7/1", "11:02 Home 5/1", "11:02 Toys 2/1");
            assertThat(job.rejections()).extracting(r -> r.detail).hasSize(1);
        }

        @Test
        void areJudgedByTheNewestEventOfABatchThatCountedAsAWhole() throws Exception {
            Harness job = start();
            job.read(sale(0, LAST_IN_TIME + 1, "Home", 5), sale(0, LAST_IN_TIME, "Home", 7));
            job.read(sale(0, TEN, "Home", 1));

            assertThat(job.rejections())
                    .extracting(r -> r.reason)
                    .containsExactly(RejectionReason.LATE_EVENT);
        }

        @Test
        void areJudgedByTheirOwnPartition() throws Exception {
            Harness job = start();
            job.read(sale(0, LAST_IN_TIME + 1, "Home", 5));
            job.read(sale(1, TEN, "Home", 1));

            assertThat(job.rejections()).isEmpty();
        }

        @Test
        void areNotCausedByRejectedRecords() throws Exception {
            Harness job = start();
            TransactionRecord future = rejected(0, 0, RejectionReason.FUTURE_TIMESTAMP);
            future.eventTime = LAST_IN_TIME + HOUR;
            job.read(future);
            job.read(sale(0, TEN, "Home", 1));

            assertThat(job.rejections())
                    .extracting(r -> r.reason)
                    .containsExactly(RejectionReason.FUTURE_TIMESTAMP);
        }

        @Test
        void areNotCausedByWatermarks() throws Exception {
            Harness job = start();
            job.processWatermark(TEN + 5 * HOUR);
            job.read(sale(0, TEN, "Home", 1));

            assertThat(job.rejections()).isEmpty();
        }

        @Test
        void areTheSameAfterARestore() throws Exception {
            Harness before = start();
            before.read(sale(0, LAST_IN_TIME + 1, "Home", 5));
            before.read(sale(1, TEN, "Home", 5));

            Harness after = restore(before.checkpoint());
            after.read(sale(0, TEN, "Home", 1));
            after.read(sale(1, TEN, "Home", 1));

            assertThat(after.rejections()).extracting(r -> r.partition).containsExactly(0);
        }

        @Test
        void areTheSameWithMoreAndWithFewerSubtasks() throws Exception {
            Harness left = start(0, 2, Instant.EPOCH);
            Harness right = start(1, 2, Instant.EPOCH);
            left.read(sale(0, LAST_IN_TIME + 1, "Home", 5));
            right.read(sale(1, LAST_IN_TIME + 1, "Home", 5));
            OperatorSubtaskState both =
                    AbstractStreamOperatorTestHarness.repackageState(
                            left.checkpoint(), right.checkpoint());

            for (int parallelism : new int[] {1, 3}) {
                for (int subtask = 0; subtask < parallelism; subtask++) {
                    Harness after = restore(both, 2, subtask, parallelism);
                    after.read(sale(0, TEN, "Home", 1));
                    after.read(sale(1, TEN, "Home", 1));
                    assertThat(after.rejections())
                            .extracting(r -> r.partition)
                            .containsExactly(0, 1);
                }
            }
        }
    }

    @Nested
    class Watermarks {

        @Test
        void finishTheNewestWindowOfATopicThatStaysSilentAfterARestore() throws Exception {
            Harness before = start();
            before.read(sale(0, TEN + 10 * SECOND, "Home", 1));
            before.processWatermark(TEN - 50 * SECOND);

            Harness after = restore(before.checkpoint());
            after.processWatermarkStatus(WatermarkStatus.IDLE);

            assertThat(after.drain()).containsExactly("watermark 10:00:59.999", "IDLE");
        }
    }

    @Nested
    class ReplayedEvents {

        private static final long TOO_LATE = TEN + MINUTE + HOUR + MINUTE;

        @Test
        void areNeverLate() throws Exception {
            Harness job = start();
            job.read(sale(0, TOO_LATE, "Home", 5));
            job.read(replayed(0, TEN, "Home", 1));

            job.setProcessingTime(100);

            assertThat(job.drain()).containsExactlyInAnyOrder("11:02 Home 5/1", "10:00 Home 1/1");
            assertThat(job.rejections()).isEmpty();
        }

        @Test
        void makeNoOtherEventLateAlsoAfterARestore() throws Exception {
            Harness before = start();
            before.read(sale(0, TEN, "Home", 1));
            before.read(replayed(0, TOO_LATE, "Home", 5));
            before.read(sale(0, TEN, "Home", 2));

            Harness after = restore(before.checkpoint());
            after.read(sale(0, TEN, "Home", 4));

            assertThat(before.rejections()).isEmpty();
            assertThat(after.rejections()).isEmpty();
            assertThat(after.heartbeats().get(0).newestEventTime).isEqualTo(TEN);
        }

        @Test
        void areRejectedForEveryOtherReason() throws Exception {
            Harness job = start();
            TransactionRecord malformed = rejected(0, 3, RejectionReason.MALFORMED_JSON);
            malformed.replayed();
            job.read(malformed);

            Rejection rejection = job.rejections().get(0);
            assertThat(rejection.reason).isEqualTo(RejectionReason.MALFORMED_JSON);
            assertThat(rejection.offset).isEqualTo(3);
            assertThat(rejection.headerKeys).containsExactly("replayed.from");
        }

        @Test
        void areToldFromTheOthersOfTheirBatch() throws Exception {
            Harness job = start();
            job.read(sale(0, TEN, "Home", 1), replayed(0, TOO_LATE, "Home", 5));
            job.read(sale(0, TEN, "Home", 2));

            job.setProcessingTime(100);

            assertThat(job.drain()).containsExactlyInAnyOrder("10:00 Home 3/2", "11:02 Home 5/1");
            assertThat(job.rejections()).isEmpty();
        }

        @Test
        void areLeftOutBeforeTheFirstCountedWindow() throws Exception {
            Harness job = start(0, 1, Instant.ofEpochMilli(TEN + MINUTE));
            job.read(replayed(0, TEN, "Home", 1));

            job.setProcessingTime(100);

            assertThat(job.drain()).isEmpty();
            assertThat(job.rejections()).isEmpty();
        }
    }

    @Nested
    class CountedFrom {

        private final Instant tenOhOne = Instant.ofEpochMilli(TEN + MINUTE);

        @Test
        void leavesOutEarlierWindows() throws Exception {
            Harness job = start(0, 1, tenOhOne);
            job.read(sale(0, TEN + MINUTE - 1, "Home", 1));
            job.read(sale(0, TEN + MINUTE, "Home", 2));

            job.setProcessingTime(100);

            assertThat(job.drain()).containsExactly("10:01 Home 2/1");
            assertThat(job.rejections()).isEmpty();
        }

        @Test
        void leavesOutEarlierWindowsAlsoInTheMiddleOfABatch() throws Exception {
            Harness job = start(0, 1, tenOhOne);
            job.read(
                    sale(0, TEN + MINUTE, "Home", 2),
                    sale(0, TEN, "Home", 1),
                    rejected(0, 7, RejectionReason.INVALID_AMOUNT),
                    sale(0, TEN + MINUTE, "Home", 4));

            job.setProcessingTime(100);

            assertThat(job.drain()).containsExactly("10:01 Home 6/2");
            assertThat(job.rejections()).extracting(r -> r.offset).containsExactly(7L);
        }

        @Test
        void countsTheFirstWindowAlsoWhereItsEventsAreJudgedOneByOne() throws Exception {
            Harness job = start(0, 1, tenOhOne);
            job.read(
                    sale(0, TEN + MINUTE, "Home", 2),
                    sale(0, TEN + MINUTE - 1, "Home", 1),
                    sale(0, TEN + 10 * HOUR, "Home", 4));

            job.setProcessingTime(100);

            assertThat(job.drain()).containsExactlyInAnyOrder("10:01 Home 2/1", "20:00 Home 4/1");
            assertThat(job.rejections()).isEmpty();
        }

        @Test
        void staysAsItWasWhenStateIsRestored() throws Exception {
            Harness before = start(0, 1, tenOhOne);

            Harness after = create(0, 1, Instant.EPOCH);
            after.initializeState(before.checkpoint());
            after.open();
            after.read(sale(0, TEN, "Home", 1));
            after.setProcessingTime(100);

            assertThat(after.drain()).isEmpty();
        }
    }

    @Nested
    class Heartbeats {

        @Test
        void comeAtTheStartAndEveryFiveSeconds() throws Exception {
            Harness job = start(2, 4, Instant.EPOCH);
            job.read(sale(0, TEN, "Home", 1));
            job.processWatermark(TEN - MINUTE);

            job.setProcessingTime(4_999);
            assertThat(job.heartbeats()).hasSize(1);
            job.setProcessingTime(5_000);

            assertThat(job.heartbeats()).hasSize(2);
            Heartbeat first = job.heartbeats().get(0);
            assertThat(first.watermark).isEqualTo(Long.MIN_VALUE);
            assertThat(first.newestEventTime).isEqualTo(Long.MIN_VALUE);
            Heartbeat second = job.heartbeats().get(1);
            assertThat(second.subtask).isEqualTo(2);
            assertThat(second.watermark).isEqualTo(TEN - MINUTE);
            assertThat(second.newestEventTime).isEqualTo(TEN);
        }
    }

    private Harness start() throws Exception {
        return start(0, 1, Instant.EPOCH);
    }

    private Harness start(int subtask, int parallelism, Instant countedFrom) throws Exception {
        Harness harness = create(subtask, parallelism, countedFrom);
        harness.open();
        return harness;
    }

    private Harness restore(OperatorSubtaskState state) throws Exception {
        return restore(state, 1, 0, 1);
    }

    private Harness restore(
            OperatorSubtaskState state, int oldParallelism, int subtask, int parallelism)
            throws Exception {
        Harness harness = create(subtask, parallelism, Instant.EPOCH);
        harness.initializeState(
                AbstractStreamOperatorTestHarness.repartitionOperatorState(
                        state, MAX_PARALLELISM, oldParallelism, parallelism, subtask));
        harness.open();
        return harness;
    }

    private Harness create(int subtask, int parallelism, Instant countedFrom) throws Exception {
        Harness harness = new Harness(subtask, parallelism, countedFrom);
        opened.add(harness);
        return harness;
    }

    /** The operator with readable output. */
    private static final class Harness
            extends OneInputStreamOperatorTestHarness<TransactionBatch, PartialSum> {

        Harness(int subtask, int parallelism, Instant countedFrom) throws Exception {
            super(
                    new PreAggregateOperator.Factory(RULES, countedFrom),
                    MAX_PARALLELISM,
                    parallelism,
                    subtask);
        }

        void read(TransactionRecord... records) throws Exception {
            processElement(new StreamRecord<>(TransactionRecord.batch(List.of(records)), 0));
        }

        OperatorSubtaskState checkpoint() throws Exception {
            prepareSnapshotPreBarrier(1);
            return snapshot(1, 1);
        }

        List<Rejection> rejections() {
            return values(PreAggregateOperator.REJECTIONS);
        }

        List<Heartbeat> heartbeats() {
            return values(PreAggregateOperator.HEARTBEATS);
        }

        private <T> List<T> values(OutputTag<T> tag) {
            Queue<StreamRecord<T>> output = getSideOutput(tag);
            return output == null
                    ? List.of()
                    : output.stream().map(StreamRecord::getValue).toList();
        }

        /** Takes what came out since the last call, in order. */
        List<String> drain() {
            List<String> lines = getOutput().stream().map(Harness::readable).toList();
            getOutput().clear();
            return lines;
        }

        private static String readable(Object element) {
            if (element instanceof Watermark watermark) {
                return "watermark " + time(watermark.getTimestamp());
            }
            if (element instanceof WatermarkStatus status) {
                return status.isIdle() ? "IDLE" : "ACTIVE";
            }
            PartialSum sum = (PartialSum) ((StreamRecord<?>) element).getValue();
            return "%s %s %d/%d"
                    .formatted(
                            time(sum.windowStart).substring(0, 5),
                            sum.category,
                            sum.cents,
                            sum.count);
        }

        private static String time(long epochMillis) {
            return Instant.ofEpochMilli(epochMillis).toString().substring(11).replace("Z", "");
        }
    }
}
