package io.salespulse.replay;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Sends dead letters in transactions that are small enough to fit into memory and not to hold up
 * the topic's readers. What is in an unfinished batch when the run ends early is not sent.
 */
final class Batches implements Destination {
    static final int MAX_RECORDS = 2_000;
    static final long MAX_BYTES = 8L << 20;

    private final TransactionalSender sender;
    private final Report report;
    private List<DeadLetter> batch = new ArrayList<>();
    private long bytes;

    Batches(TransactionalSender sender, Report report) {
        this.sender = sender;
        this.report = report;
    }

    @Override
    public void accept(DeadLetter letter) throws CannotRunException {
        batch.add(letter);
        bytes += letter.size();
        if (batch.size() >= MAX_RECORDS || bytes >= MAX_BYTES) {
            finish();
        }
    }

    @Override
    public void finish() throws CannotRunException {
        List<DeadLetter> letters = batch;
        batch = new ArrayList<>();
        bytes = 0;
        Set<SourcePosition> tooLarge = sender.send(letters);
        for (DeadLetter letter : letters) {
            if (tooLarge.contains(letter.source())) {
                report.add(Outcome.TOO_LARGE);
            } else {
                report.addSent(letter);
            }
        }
        if (letters.size() > tooLarge.size()) {
            report.addTransaction();
        }
    }
}
