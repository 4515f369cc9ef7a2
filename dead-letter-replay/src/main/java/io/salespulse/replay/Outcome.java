package io.salespulse.replay;

/** What becomes of a dead letter in one run, with the words of the report. */
enum Outcome {
    SENT("sent again"),
    REPLAYED_BEFORE("replayed by an earlier run"),
    REJECTED_AGAIN("replayed and rejected again: --include-rejected-again sends them once more"),
    REPEATED("repeated dead letters of one record"),
    CUT("cut, because they were too large for the dead-letter topic"),
    TOO_LARGE("too large for the topic with the mark that a replayed record gets"),
    NO_SUCH_PARTITION("of a partition that the topic does not have"),
    UNREADABLE("without readable headers of a dead letter"),
    OTHER_TOPIC("of another topic"),
    NOT_ASKED_FOR("of another reason or time than asked for");

    private final String label;

    Outcome(String label) {
        this.label = label;
    }

    String label() {
        return label;
    }
}
