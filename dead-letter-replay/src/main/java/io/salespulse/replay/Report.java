package io.salespulse.replay;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.PrintWriter;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What a run has done so far: each dead letter that was read has exactly one outcome. Not
 * thread-safe.
 */
final class Report {
    private static final int SAMPLES = 3;
    private static final int SAMPLE_BYTES = 4_096;
    private static final int SAMPLE_LENGTH = 160;

    private final ReplayOptions options;
    private final Map<Outcome, Long> outcomes = new EnumMap<>(Outcome.class);
    private final Map<String, Long> sentByReason = new TreeMap<>();
    private final Map<String, List<DeadLetter>> samples = new TreeMap<>();
    private long transactions;

    Report(ReplayOptions options) {
        this.options = options;
    }

    void add(Outcome outcome) {
        outcomes.merge(outcome, 1L, Long::sum);
    }

    /** Adds one that was sent, or that would be if this were no dry run. */
    void addSent(DeadLetter letter) {
        add(Outcome.SENT);
        sentByReason.merge(letter.reason(), 1L, Long::sum);
        List<DeadLetter> ofReason =
                samples.computeIfAbsent(letter.reason(), reason -> new ArrayList<>());
        if (options.dryRun() && ofReason.size() < SAMPLES) {
            ofReason.add(letter);
        }
    }

    void addTransaction() {
        transactions++;
    }

    long count(Outcome outcome) {
        return outcomes.getOrDefault(outcome, 0L);
    }

    long read() {
        return outcomes.values().stream().mapToLong(Long::longValue).sum();
    }

    /**
     * Prints what was read, what was left out and why, and what was sent.
     *
     * @param isComplete false if the run ended before it had read everything
     */
    void print(PrintWriter out, boolean isComplete) {
        out.printf(
                "read     %s dead letters of %s%n", Text.number(read()), options.deadLetterTopic());
        outcomes.forEach(
                (outcome, count) -> {
                    if (outcome != Outcome.SENT) {
                        out.printf("skipped  %s %s%n", Text.number(count), outcome.label());
                    }
                });
        if (options.dryRun()) {
            samples.forEach((reason, letters) -> printSamples(out, reason, letters));
        }
        printSent(out);
        if (!isComplete) {
            out.printf("stopped  before the end: run it again to go on from here%n");
        }
        out.flush();
    }

    private void printSent(PrintWriter out) {
        long sent = count(Outcome.SENT);
        String byReason =
                sentByReason.entrySet().stream()
                        .map(entry -> Text.number(entry.getValue()) + " " + entry.getKey())
                        .collect(Collectors.joining(" + ", ": ", ""));
        String what =
                "%s to %s%s"
                        .formatted(
                                Text.number(sent),
                                options.selection().topic(),
                                sent == 0 ? "" : byReason);
        if (options.dryRun()) {
            out.printf("would send %s%n", what);
            return;
        }
        out.printf("sent     %s, in %s transactions%n", what, Text.number(transactions));
        if (sent > 0) {
            out.printf(
                    "next     windows whose state is gone appear in table repairs: './run backfill --repair' completes them%n");
        }
    }

    private static void printSamples(PrintWriter out, String reason, List<DeadLetter> letters) {
        out.printf("samples of %s%n", Text.visible(reason, SAMPLE_LENGTH));
        for (DeadLetter letter : letters) {
            out.printf(
                    "  %s  %s  %s%n",
                    letter.source(),
                    Instant.ofEpochMilli(letter.sourceTimestamp()),
                    Text.visible(letter.detail(), SAMPLE_LENGTH));
            out.printf("    %s%n", Text.visible(value(letter), SAMPLE_LENGTH));
        }
    }

    private static String value(DeadLetter letter) {
        byte[] value = letter.record().value();
        return value == null
                ? null
                : new String(value, 0, Math.min(value.length, SAMPLE_BYTES), UTF_8);
    }
}
