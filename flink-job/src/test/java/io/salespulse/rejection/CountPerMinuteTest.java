package io.salespulse.rejection;

import static io.salespulse.event.RejectionReason.LATE_EVENT;
import static io.salespulse.event.RejectionReason.MALFORMED_JSON;
import static org.assertj.core.api.Assertions.assertThat;

import io.salespulse.event.RejectionReason;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CountPerMinuteTest {

    private static final long INTERVAL = 500;
    private static final long RETENTION = CountPerMinute.RETENTION.toMillis();
    private static final String TEN = "2026-01-15T10:00:00Z";
    private static final String ELEVEN = "2026-01-15T11:00:00Z";

    private KeyedOneInputStreamOperatorTestHarness<Long, RejectedMinute, RejectedMinute> harness;

    @BeforeEach
    void open() throws Exception {
        harness = harness();
        harness.open();
    }

    @AfterEach
    void close() throws Exception {
        harness.close();
    }

    @Test
    void nothingIsEmittedBeforeTheIntervalIsOver() throws Exception {
        reject(TEN, MALFORMED_JSON);
        harness.setProcessingTime(INTERVAL - 1);

        assertThat(results()).isEmpty();
    }

    @Test
    void manyRejectionsOfOneIntervalGiveOneResult() throws Exception {
        reject(TEN, MALFORMED_JSON);
        reject(TEN, MALFORMED_JSON);
        harness.setProcessingTime(INTERVAL - 1);
        reject(TEN, MALFORMED_JSON);
        harness.setProcessingTime(INTERVAL);

        assertThat(results()).containsExactly(count(TEN, MALFORMED_JSON, 3));
    }

    @Test
    void countsAreAbsolute() throws Exception {
        reject(TEN, MALFORMED_JSON);
        harness.setProcessingTime(INTERVAL);
        reject(TEN, MALFORMED_JSON);
        harness.setProcessingTime(2 * INTERVAL);

        assertThat(results())
                .containsExactly(count(TEN, MALFORMED_JSON, 1), count(TEN, MALFORMED_JSON, 2));
    }

    @Test
    void anUnchangedMinuteIsNotEmittedAgain() throws Exception {
        reject(TEN, MALFORMED_JSON);
        harness.setProcessingTime(INTERVAL);
        harness.setProcessingTime(100 * INTERVAL);

        assertThat(results()).containsExactly(count(TEN, MALFORMED_JSON, 1));
    }

    @Test
    void reasonsAreCountedApart() throws Exception {
        reject(TEN, MALFORMED_JSON);
        reject(TEN, LATE_EVENT);
        reject(TEN, LATE_EVENT);
        harness.setProcessingTime(INTERVAL);

        assertThat(results())
                .containsExactlyInAnyOrder(
                        count(TEN, MALFORMED_JSON, 1), count(TEN, LATE_EVENT, 2));
    }

    @Test
    void minutesAreCountedApart() throws Exception {
        reject(TEN, MALFORMED_JSON);
        reject(ELEVEN, MALFORMED_JSON);
        reject(ELEVEN, MALFORMED_JSON);
        harness.setProcessingTime(INTERVAL);

        assertThat(results())
                .containsExactlyInAnyOrder(
                        count(TEN, MALFORMED_JSON, 1), count(ELEVEN, MALFORMED_JSON, 2));
    }

    @Test
    void allMinutesShareTheirTicks() throws Exception {
        harness.setProcessingTime(10 * INTERVAL + 1);
        reject(TEN, MALFORMED_JSON);
        harness.setProcessingTime(11 * INTERVAL - 1);
        reject(ELEVEN, MALFORMED_JSON);
        harness.setProcessingTime(11 * INTERVAL);

        assertThat(results())
                .containsExactlyInAnyOrder(
                        count(TEN, MALFORMED_JSON, 1), count(ELEVEN, MALFORMED_JSON, 1));
    }

    @Test
    void addsCountsThatAreAlreadySums() throws Exception {
        process(new RejectedMinute(millis(TEN), MALFORMED_JSON, 40));
        process(new RejectedMinute(millis(TEN), MALFORMED_JSON, 2));
        harness.setProcessingTime(INTERVAL);

        assertThat(results()).containsExactly(count(TEN, MALFORMED_JSON, 42));
    }

    @Test
    void goesOnCountingAfterARestore() throws Exception {
        reject(TEN, MALFORMED_JSON);
        harness.setProcessingTime(INTERVAL);
        reject(TEN, LATE_EVENT);

        restore();
        reject(TEN, MALFORMED_JSON);
        harness.setProcessingTime(2 * INTERVAL);

        assertThat(results())
                .containsExactlyInAnyOrder(
                        count(TEN, MALFORMED_JSON, 2), count(TEN, LATE_EVENT, 1));
    }

    @Test
    void aResultThatWasDueAtTheRestoreIsNotForgotten() throws Exception {
        reject(TEN, MALFORMED_JSON);

        restore();
        harness.setProcessingTime(INTERVAL);

        assertThat(results()).containsExactly(count(TEN, MALFORMED_JSON, 1));
    }

    @Test
    void countsAreKeptForTheRetention() throws Exception {
        harness.setStateTtlProcessingTime(0);
        reject(TEN, MALFORMED_JSON);
        harness.setStateTtlProcessingTime(RETENTION - 1);
        reject(TEN, MALFORMED_JSON);
        harness.setProcessingTime(INTERVAL);

        assertThat(results()).containsExactly(count(TEN, MALFORMED_JSON, 2));
    }

    @Test
    void aMinuteIsForgottenAfterSevenDaysOfSilence() throws Exception {
        assertThat(CountPerMinute.RETENTION).isEqualTo(Duration.ofDays(35));
        harness.setStateTtlProcessingTime(0);
        reject(TEN, MALFORMED_JSON);
        harness.setStateTtlProcessingTime(RETENTION);
        reject(TEN, MALFORMED_JSON);
        harness.setProcessingTime(INTERVAL);

        assertThat(results()).containsExactly(count(TEN, MALFORMED_JSON, 1));
    }

    @Test
    void eachRejectionKeepsItsCountForAnotherRetention() throws Exception {
        harness.setStateTtlProcessingTime(0);
        reject(TEN, MALFORMED_JSON);
        harness.setStateTtlProcessingTime(RETENTION - 1);
        reject(TEN, MALFORMED_JSON);
        harness.setStateTtlProcessingTime(2 * RETENTION - 2);
        reject(TEN, MALFORMED_JSON);
        harness.setProcessingTime(INTERVAL);

        assertThat(results()).containsExactly(count(TEN, MALFORMED_JSON, 3));
    }

    private static KeyedOneInputStreamOperatorTestHarness<Long, RejectedMinute, RejectedMinute>
            harness() throws Exception {
        return new KeyedOneInputStreamOperatorTestHarness<>(
                new KeyedProcessOperator<>(new CountPerMinute(Duration.ofMillis(INTERVAL))),
                rejected -> rejected.minute,
                Types.LONG);
    }

    private void restore() throws Exception {
        OperatorSubtaskState snapshot = harness.snapshot(1, 1);
        harness.close();
        harness = harness();
        harness.initializeState(snapshot);
        harness.open();
    }

    private void reject(String minute, RejectionReason reason) throws Exception {
        process(new RejectedMinute(millis(minute), reason, 1));
    }

    private void process(RejectedMinute rejected) throws Exception {
        harness.processElement(new StreamRecord<>(rejected));
    }

    private List<String> results() {
        return harness.extractOutputValues().stream().map(CountPerMinuteTest::describe).toList();
    }

    private static String count(String minute, RejectionReason reason, long count) {
        return describe(new RejectedMinute(millis(minute), reason, count));
    }

    private static String describe(RejectedMinute rejected) {
        return "%s %s %d"
                .formatted(Instant.ofEpochMilli(rejected.minute), rejected.reason, rejected.count);
    }

    private static long millis(String time) {
        return Instant.parse(time).toEpochMilli();
    }
}
