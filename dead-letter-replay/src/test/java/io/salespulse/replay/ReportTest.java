package io.salespulse.replay;

import static io.salespulse.replay.Fixture.DEAD_LETTER_TOPIC;
import static io.salespulse.replay.Fixture.TOPIC;
import static io.salespulse.replay.Fixture.letter;
import static io.salespulse.replay.Fixture.original;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ReportTest {

    @Test
    void saysWhatBecameOfEachDeadLetter() {
        Report report = report(false);
        report.addSent(letter("LATE_EVENT", 1));
        report.addSent(letter("FUTURE_TIMESTAMP", 2));
        report.addSent(letter("LATE_EVENT", 3));
        report.addTransaction();
        report.add(Outcome.REPLAYED_BEFORE);
        report.add(Outcome.CUT);
        report.add(Outcome.CUT);

        assertThat(print(report, true))
                .containsExactly(
                        "read     6 dead letters of transactions.dead-letter",
                        "skipped  1 replayed by an earlier run",
                        "skipped  2 cut, because they were too large for the dead-letter topic",
                        "sent     3 to transactions: 1 FUTURE_TIMESTAMP + 2 LATE_EVENT, in 1 transactions",
                        "next     windows whose state is gone appear in table repairs: './run backfill --repair' completes them");
    }

    @Test
    void saysWhenThereWasNothingToSend() {
        assertThat(print(report(false), true))
                .containsExactly(
                        "read     0 dead letters of transactions.dead-letter",
                        "sent     0 to transactions, in 0 transactions");
    }

    @Test
    void saysWhenItEndedEarly() {
        assertThat(print(report(false), false))
                .last()
                .isEqualTo("stopped  before the end: run it again to go on from here");
    }

    @Test
    void aDryRunShowsThreeSamplesOfEachReason() {
        Report report = report(true);
        for (int offset = 1; offset <= 5; offset++) {
            report.addSent(letter("LATE_EVENT", offset));
        }
        report.addSent(
                letter(
                        original("bad\u001b[2J\n" + "x".repeat(10_000)),
                        "MALFORMED_JSON",
                        new SourcePosition(TOPIC, 1, 9)));

        assertThat(print(report, true))
                .containsExactly(
                        "read     6 dead letters of transactions.dead-letter",
                        "samples of LATE_EVENT",
                        "  transactions-0@1  2026-01-15T10:00:00Z  detail of transactions-0@1",
                        "    {}",
                        "  transactions-0@2  2026-01-15T10:00:00Z  detail of transactions-0@2",
                        "    {}",
                        "  transactions-0@3  2026-01-15T10:00:00Z  detail of transactions-0@3",
                        "    {}",
                        "samples of MALFORMED_JSON",
                        "  transactions-1@9  2026-01-15T10:00:00Z  detail of transactions-1@9",
                        "    bad\\u001b[2J\\u000a" + "x".repeat(152) + "…",
                        "would send 6 to transactions: 5 LATE_EVENT + 1 MALFORMED_JSON");
    }

    @Test
    void aBarShowsHowFarItIs() {
        assertThat(Progress.line(1, 3, "1 of 3"))
                .isEqualTo("[##########                    ]  33 %  1 of 3");
        assertThat(Progress.line(0, 0, "none")).startsWith("[" + "#".repeat(30) + "] 100 %");
    }

    private static Report report(boolean dryRun) {
        return new Report(
                new ReplayOptions(
                        Map.of(),
                        DEAD_LETTER_TOPIC,
                        new Selection(TOPIC, Set.of(), null, null, false),
                        dryRun));
    }

    private static List<String> print(Report report, boolean isComplete) {
        StringWriter text = new StringWriter();
        report.print(new PrintWriter(text), isComplete);
        return text.toString().lines().toList();
    }
}
