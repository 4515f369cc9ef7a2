package io.salespulse.replay;

/**
 * Decides about one dead letter after the other. What the selection leaves out is not remembered,
 * so that another run can still send it. Not thread-safe.
 */
final class Judge {
    private final Selection selection;
    private final Positions replayedBefore;
    private final int partitions;
    private final Positions seen = new Positions();

    /**
     * @param replayedBefore what earlier runs have sent
     * @param partitions how many the topic has
     */
    Judge(Selection selection, Positions replayedBefore, int partitions) {
        this.selection = selection;
        this.replayedBefore = replayedBefore;
        this.partitions = partitions;
    }

    /** Returns {@link Outcome#SENT} for one to send now, or why it is not sent. */
    Outcome judge(DeadLetter letter) {
        SourcePosition source = letter.source();
        if (!source.topic().equals(selection.topic())) {
            return Outcome.OTHER_TOPIC;
        }
        if (!selection.isAskedFor(letter)) {
            return Outcome.NOT_ASKED_FOR;
        }
        if (letter.isCut()) {
            return Outcome.CUT;
        }
        if (source.partition() < 0 || source.partition() >= partitions || source.offset() < 0) {
            return Outcome.NO_SUCH_PARTITION;
        }
        if (!seen.add(source)) {
            return Outcome.REPEATED;
        }
        if (replayedBefore.contains(source)) {
            return Outcome.REPLAYED_BEFORE;
        }
        return letter.isReplayed() && !selection.includeRejectedAgain()
                ? Outcome.REJECTED_AGAIN
                : Outcome.SENT;
    }
}
