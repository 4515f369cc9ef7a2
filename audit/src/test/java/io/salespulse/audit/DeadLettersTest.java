package io.salespulse.audit;

import static io.salespulse.audit.Fixture.MINUTE;
import static io.salespulse.audit.Fixture.TEN;
import static io.salespulse.audit.Fixture.bytes;
import static io.salespulse.audit.Fixture.settings;
import static io.salespulse.audit.Fixture.withKeyAndValue;
import static org.assertj.core.api.Assertions.assertThat;

import io.salespulse.audit.Differences.Kind;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DeadLettersTest {
    private static final Instant NOW = Instant.parse("2026-01-20T00:00:00Z");

    private final Fixture log = new Fixture();
    private Recount recount = new Recount(settings(0), Map.of(0, 0L));
    private ConsumerRecord<byte[], byte[]> counted;
    private ConsumerRecord<byte[], byte[]> rejected;
    private DeadLetters deadLetters;

    @BeforeEach
    void recount() {
        counted = log.sale(0, TEN, "Books", "1");
        rejected = log.record(0, TEN, "{\"cut");
        rejected.headers().add("trace", bytes("1")).add("trace", bytes("2")).add("empty", null);
        recount.accept(counted);
        recount.accept(rejected);
        recount.mark();
        deadLetters = reader(Range.ALL);
    }

    @Test
    void everyRejectedRecordHasOne() {
        deadLetters.accept(log.deadLetter(rejected, "MALFORMED_JSON"));
        assertThat(deadLetters.differences().isEmpty()).isTrue();
        assertThat(compare().deadLetters().compared()).isEqualTo(1);
        assertThat(compare().differences().counts()).doesNotContainKey(Kind.MISSING_DEAD_LETTER);
    }

    @Test
    void missing() {
        assertThat(compare().differences().lines())
                .contains(
                        "transactions-0@1: no dead letter; the record was rejected with MALFORMED_JSON");
        assertThat(compare().differences().areAllBehind()).isTrue();
    }

    @Test
    void aCopyIsNoDifferenceUnlessItIsWrong() {
        deadLetters.accept(log.deadLetter(rejected, "MALFORMED_JSON"));
        deadLetters.accept(log.deadLetter(rejected, "MALFORMED_JSON"));
        assertThat(deadLetters.repeated()).isEqualTo(1);
        assertThat(deadLetters.differences().isEmpty()).isTrue();
        deadLetters.accept(log.deadLetter(rejected, "NULL_VALUE"));
        assertOnly(Kind.WRONG_REASON);
    }

    @Test
    void ofARecordThatWasNotRejected() {
        deadLetters.accept(log.deadLetter(counted, "LATE_EVENT"));
        assertThat(deadLetters.differences().lines())
                .containsExactly(
                        "transactions.dead-letter-0@0, the dead letter of transactions-0@0: that record was not rejected,"
                                + " here it has reason LATE_EVENT");
        assertOnly(Kind.FOREIGN_DEAD_LETTER);
    }

    @Test
    void ofARecordThatIsNotThere() {
        ConsumerRecord<byte[], byte[]> unknown = log.record(0, TEN, "{");
        deadLetters.accept(log.deadLetter(unknown, "MALFORMED_JSON"));
        deadLetters.accept(log.deadLetter(log.record(7, TEN, "{"), "MALFORMED_JSON"));
        assertThat(deadLetters.differences().counts())
                .containsExactly(Map.entry(Kind.FOREIGN_DEAD_LETTER, 2L));
    }

    @Test
    void wrongReason() {
        deadLetters.accept(log.deadLetter(rejected, "MALFORMED"));
        assertOnly(Kind.WRONG_REASON);
    }

    @Test
    void noReason() {
        ConsumerRecord<byte[], byte[]> letter = log.deadLetter(rejected, "MALFORMED_JSON");
        letter.headers().remove(DeadLetterHeaders.REASON);
        deadLetters.accept(letter);
        assertOnly(Kind.WRONG_REASON);
    }

    @Test
    void otherBytes() {
        ConsumerRecord<byte[], byte[]> letter = log.deadLetter(rejected, "MALFORMED_JSON");
        deadLetters.accept(withKeyAndValue(letter, letter.key(), bytes("{\"cuT")));
        deadLetters.accept(withKeyAndValue(letter, bytes("kez"), letter.value()));
        deadLetters.accept(withKeyAndValue(letter, null, letter.value()));
        deadLetters.accept(withKeyAndValue(letter, letter.key(), null));
        assertThat(deadLetters.differences().counts())
                .containsExactly(Map.entry(Kind.WRONG_BYTES, 4L));
    }

    @Test
    void aNullValueStaysNull() {
        ConsumerRecord<byte[], byte[]> tombstone = log.record(0, TEN, null);
        recount.accept(tombstone);
        ConsumerRecord<byte[], byte[]> letter = log.deadLetter(tombstone, "NULL_VALUE");
        deadLetters.accept(letter);
        assertThat(deadLetters.differences().isEmpty()).isTrue();
        deadLetters.accept(withKeyAndValue(letter, letter.key(), new byte[0]));
        assertOnly(Kind.WRONG_BYTES);
    }

    @Test
    void aValueThatWasCutMustNameItsOriginalSize() {
        ConsumerRecord<byte[], byte[]> letter = log.deadLetter(rejected, "MALFORMED_JSON");
        letter.headers().add(DeadLetterHeaders.TRUNCATED, bytes("5"));
        deadLetters.accept(withKeyAndValue(letter, letter.key(), bytes("{\"c")));
        assertThat(deadLetters.differences().isEmpty()).isTrue();
        deadLetters.accept(withKeyAndValue(letter, letter.key(), bytes("{\"cuT")));
        assertThat(deadLetters.differences().total()).isEqualTo(1);
        letter.headers()
                .remove(DeadLetterHeaders.TRUNCATED)
                .add(DeadLetterHeaders.TRUNCATED, bytes("6"));
        deadLetters.accept(withKeyAndValue(letter, letter.key(), bytes("{\"c")));
        assertThat(deadLetters.differences().counts())
                .containsExactly(Map.entry(Kind.WRONG_BYTES, 2L));
    }

    @Test
    void aKeyMayBeCutToo() {
        ConsumerRecord<byte[], byte[]> letter = log.deadLetter(rejected, "MALFORMED_JSON");
        deadLetters.accept(withKeyAndValue(letter, bytes("ke"), letter.value()));
        assertThat(deadLetters.differences().total()).isEqualTo(1);
        letter.headers().add(DeadLetterHeaders.TRUNCATED, bytes("5"));
        deadLetters.accept(withKeyAndValue(letter, bytes("ke"), letter.value()));
        deadLetters.accept(withKeyAndValue(letter, bytes("kez"), letter.value()));
        assertThat(deadLetters.differences().counts())
                .containsExactly(Map.entry(Kind.WRONG_BYTES, 2L));
    }

    @Test
    void originalHeadersMissingChangedOrAdded() {
        ConsumerRecord<byte[], byte[]> missing = log.deadLetter(rejected, "MALFORMED_JSON");
        missing.headers().remove("empty");
        ConsumerRecord<byte[], byte[]> added = log.deadLetter(rejected, "MALFORMED_JSON");
        added.headers().add("trace", bytes("3"));
        ConsumerRecord<byte[], byte[]> changed = log.deadLetter(rejected, "MALFORMED_JSON");
        changed.headers().remove("empty").add("empty", new byte[0]);
        deadLetters.accept(missing);
        deadLetters.accept(added);
        deadLetters.accept(changed);
        assertThat(deadLetters.differences().counts())
                .containsExactly(Map.entry(Kind.WRONG_HEADERS, 3L));
    }

    @Test
    void headersOfItsOwnMissingOrWrong() {
        ConsumerRecord<byte[], byte[]> noDetail = log.deadLetter(rejected, "MALFORMED_JSON");
        noDetail.headers().remove(DeadLetterHeaders.DETAIL);
        ConsumerRecord<byte[], byte[]> wrongTime = log.deadLetter(rejected, "MALFORMED_JSON");
        wrongTime.headers().add(DeadLetterHeaders.TIMESTAMP, bytes(Long.toString(TEN + 1)));
        deadLetters.accept(noDetail);
        deadLetters.accept(wrongTime);
        assertThat(deadLetters.differences().counts())
                .containsExactly(Map.entry(Kind.WRONG_HEADERS, 2L));
    }

    @Test
    void aReplayedDeadLetterThatIsRejectedAgainIsJudgedByItsNewPosition() {
        ConsumerRecord<byte[], byte[]> replayed = log.record(0, TEN, "{\"cut");
        log.deadLetter(rejected, "MALFORMED_JSON").headers().forEach(replayed.headers()::add);
        recount.accept(replayed);
        deadLetters.accept(log.deadLetter(replayed, "MALFORMED_JSON"));
        assertThat(deadLetters.differences().isEmpty()).isTrue();
        assertThat(deadLetters.repeated()).isZero();
    }

    @Test
    void withoutASourcePosition() {
        ConsumerRecord<byte[], byte[]> letter = log.deadLetter(rejected, "MALFORMED_JSON");
        letter.headers().add(DeadLetterHeaders.OFFSET, bytes("one"));
        deadLetters.accept(letter);
        assertOnly(Kind.UNREADABLE_DEAD_LETTER);
    }

    @Test
    void ofAnotherTopicIsLeftOut() {
        ConsumerRecord<byte[], byte[]> letter = log.deadLetter(counted, "LATE_EVENT");
        letter.headers().add(DeadLetterHeaders.TOPIC, bytes("others"));
        deadLetters.accept(letter);
        assertThat(deadLetters.ofOtherTopics()).isEqualTo(1);
        assertThat(deadLetters.differences().isEmpty()).isTrue();
    }

    @Test
    void outOfTheRangeIsLeftOut() {
        deadLetters = reader(new Range(TEN + MINUTE, Long.MAX_VALUE));
        deadLetters.accept(log.deadLetter(counted, "LATE_EVENT"));
        assertThat(deadLetters.outOfRange()).isEqualTo(1);
        assertThat(deadLetters.differences().isEmpty()).isTrue();
        assertThat(compare().deadLetters().outOfRange()).isEqualTo(1);
    }

    @Test
    void ofARecordThatTheLogNoLongerHoldsIsLeftOut() {
        recount = new Recount(settings(0), Map.of(0, 5L));
        deadLetters = reader(Range.ALL);
        deadLetters.accept(log.deadLetter(rejected, "MALFORMED_JSON"));
        assertThat(deadLetters.ofRemovedRecords()).isEqualTo(1);
        assertThat(deadLetters.differences().isEmpty()).isTrue();
    }

    @Test
    void beforeCountedFromTheyNeedNotBeThere() {
        recount = new Recount(settings(TEN), Map.of(0, 0L));
        recount.accept(log.record(0, TEN - 1, "{"));
        recount.accept(log.record(0, TEN, "{"));
        recount.mark();
        deadLetters = reader(Range.ALL);
        assertThat(compare().differences().counts()).containsEntry(Kind.MISSING_DEAD_LETTER, 1L);
        assertThat(compare().deadLetters().outOfRange()).isEqualTo(1);
    }

    @Test
    void aTrimmedDeadLetterTopicMayHaveHeldThoseThatAreMissing() {
        ConsumerRecord<byte[], byte[]> later = log.record(0, TEN + 1, "{");
        ConsumerRecord<byte[], byte[]> laterMissing = log.record(0, TEN + 2, "{");
        recount.accept(later);
        recount.accept(laterMissing);
        recount.mark();
        deadLetters = new DeadLetters(recount, Map.of(0, 3L), Range.ALL, NOW, 20);
        deadLetters.accept(log.deadLetter(later, "MALFORMED_JSON"));
        assertThat(compare().deadLetters().unknowable()).isEqualTo(1);
        assertThat(compare().differences().counts()).containsEntry(Kind.MISSING_DEAD_LETTER, 1L);
    }

    @Test
    void findsEachOfManyRecords() {
        for (int i = 0; i < 1_000; i++) {
            ConsumerRecord<byte[], byte[]> record = log.record(0, TEN, "{" + i);
            recount.accept(record);
            deadLetters.accept(log.deadLetter(record, "MALFORMED_JSON"));
        }
        deadLetters.accept(log.deadLetter(rejected, "MALFORMED_JSON"));
        assertThat(deadLetters.differences().isEmpty()).isTrue();
        assertThat(compare().deadLetters().compared()).isEqualTo(1_001);
    }

    private void assertOnly(Kind kind) {
        assertThat(deadLetters.differences().counts()).containsExactly(Map.entry(kind, 1L));
    }

    private DeadLetters reader(Range range) {
        return new DeadLetters(recount, Map.of(0, 0L), range, NOW, 20);
    }

    /** Compares with the rejection table left right, so that only dead letters can differ. */
    private Comparison.Result compare() {
        Range nothingElse = new Range(Long.MAX_VALUE - 1, Long.MAX_VALUE);
        return new Comparison(recount, deadLetters, nothingElse, false, Set.of(), 20).finish(0, 0);
    }
}
