package io.salespulse.replay;

import static io.salespulse.replay.Fixture.TEN;
import static io.salespulse.replay.Fixture.TOPIC;
import static io.salespulse.replay.Fixture.bytes;
import static io.salespulse.replay.Fixture.letter;
import static io.salespulse.replay.Fixture.original;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

class JudgeTest {
    private static final Selection ALL = new Selection(TOPIC, Set.of(), null, null, false);

    private final Positions replayedBefore = new Positions();

    @Test
    void sendsEachRecordOnce() {
        Judge judge = judge(ALL);

        assertThat(judge.judge(letter(7))).isEqualTo(Outcome.SENT);
        assertThat(judge.judge(letter(7))).isEqualTo(Outcome.REPEATED);
        assertThat(judge.judge(letter(8))).isEqualTo(Outcome.SENT);
    }

    @Test
    void sendsNothingThatAnEarlierRunSent() {
        replayedBefore.add(new SourcePosition(TOPIC, 0, 7));
        Judge judge = judge(ALL);

        assertThat(judge.judge(letter(7))).isEqualTo(Outcome.REPLAYED_BEFORE);
        assertThat(judge.judge(at(new SourcePosition(TOPIC, 1, 7)))).isEqualTo(Outcome.SENT);
    }

    @Test
    void selectsByReason() {
        Judge judge =
                judge(
                        new Selection(
                                TOPIC,
                                Set.of(Reason.LATE_EVENT, Reason.NULL_VALUE),
                                null,
                                null,
                                false));

        assertThat(judge.judge(letter("LATE_EVENT", 1))).isEqualTo(Outcome.SENT);
        assertThat(judge.judge(letter("NULL_VALUE", 2))).isEqualTo(Outcome.SENT);
        assertThat(judge.judge(letter("MISSING_FIELD", 3))).isEqualTo(Outcome.NOT_ASKED_FOR);
        assertThat(judge.judge(letter("NEWER_THAN_THIS", 4))).isEqualTo(Outcome.NOT_ASKED_FOR);
        assertThat(judge(ALL).judge(letter("NEWER_THAN_THIS", 4))).isEqualTo(Outcome.SENT);
    }

    /** The dead letters of the fixture came into the topic at ten. */
    @Test
    void selectsByTheTimeAtWhichTheRecordCameIntoTheTopic() {
        assertThat(judgeInRange(TEN, TEN.plusMillis(1))).isEqualTo(Outcome.SENT);
        assertThat(judgeInRange(TEN.plusMillis(1), null)).isEqualTo(Outcome.NOT_ASKED_FOR);
        assertThat(judgeInRange(null, TEN)).isEqualTo(Outcome.NOT_ASKED_FOR);
    }

    @Test
    void whatIsNotAskedForCanComeUpAgainWithAReasonThatIs() {
        Judge judge = judge(new Selection(TOPIC, Set.of(Reason.LATE_EVENT), null, null, false));

        assertThat(judge.judge(letter("INVALID_CATEGORY", 1))).isEqualTo(Outcome.NOT_ASKED_FOR);
        assertThat(judge.judge(letter("LATE_EVENT", 1))).isEqualTo(Outcome.SENT);
    }

    @Test
    void sendsWhatWasRejectedAgainOnlyIfAskedTo() {
        Judge asked = judge(new Selection(TOPIC, Set.of(), null, null, true));

        assertThat(judge(ALL).judge(rejectedAgain())).isEqualTo(Outcome.REJECTED_AGAIN);
        assertThat(asked.judge(rejectedAgain())).isEqualTo(Outcome.SENT);
    }

    @Test
    void cannotSendWhatWasCutButTakesAWholeCopy() {
        Judge judge = judge(ALL);
        ConsumerRecord<byte[], byte[]> cut = original("{");
        cut.headers().add("error.truncated", bytes("3000000"));

        assertThat(judge.judge(letter(cut, "MALFORMED_JSON", new SourcePosition(TOPIC, 0, 1))))
                .isEqualTo(Outcome.CUT);
        assertThat(judge.judge(letter(1))).isEqualTo(Outcome.SENT);
    }

    @Test
    void leavesOtherTopicsAndUnknownPartitionsAlone() {
        assertThat(judge(ALL).judge(at(new SourcePosition("other", 0, 1))))
                .isEqualTo(Outcome.OTHER_TOPIC);
        assertThat(judge(ALL).judge(at(new SourcePosition(TOPIC, 2, 1))))
                .isEqualTo(Outcome.NO_SUCH_PARTITION);
        assertThat(judge(ALL).judge(at(new SourcePosition(TOPIC, -1, 1))))
                .isEqualTo(Outcome.NO_SUCH_PARTITION);
    }

    @Test
    void remembersPositionsOfManyPartitionsHoweverLarge() {
        Positions positions = new Positions();

        assertThat(positions.add(new SourcePosition(TOPIC, 999, Long.MAX_VALUE))).isTrue();
        assertThat(positions.add(new SourcePosition(TOPIC, 999, Long.MAX_VALUE))).isFalse();
        assertThat(positions.contains(new SourcePosition(TOPIC, 999, Long.MAX_VALUE))).isTrue();
        assertThat(positions.contains(new SourcePosition(TOPIC, 998, Long.MAX_VALUE))).isFalse();
    }

    private Outcome judgeInRange(Instant from, Instant to) {
        return judge(new Selection(TOPIC, Set.of(), from, to, false)).judge(letter(1));
    }

    /** For a topic of two partitions. */
    private Judge judge(Selection selection) {
        return new Judge(selection, replayedBefore, 2);
    }

    private static DeadLetter at(SourcePosition source) {
        return letter(original("{}"), "LATE_EVENT", source);
    }

    private static DeadLetter rejectedAgain() {
        ConsumerRecord<byte[], byte[]> replayed = original("{");
        replayed.headers().add("replayed.from", bytes("transactions-0@1"));
        return letter(replayed, "MALFORMED_JSON", new SourcePosition(TOPIC, 0, 9));
    }
}
