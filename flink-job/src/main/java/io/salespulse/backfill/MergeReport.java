package io.salespulse.backfill;

import java.math.BigDecimal;
import java.util.List;

/**
 * What a merge found and did. All numbers but {@code windows} count rows: a window and a category.
 *
 * @param windows windows that were computed
 * @param rows rows that were computed
 * @param counted transactions in them
 * @param added rows that were not in the table
 * @param corrected rows whose count or sum was changed
 * @param finished rows that were complete but not final
 * @param removed rows that were removed because the topic has no such sale; only with replace
 * @param otherCents rows that count as much as the topic but differ in cents; left as they are
 * @param higher rows that count more than the topic and were not written since the run began; left
 * @param notInTopic rows without any sale in the topic, likewise; left
 * @param rejectedRaised counts in {@code rejected_events} that were added or raised
 * @param repairsCleared windows that no longer need a repair
 * @param examples some of the rows above, in words
 */
record MergeReport(
        long windows,
        long rows,
        long counted,
        long added,
        Change corrected,
        long finished,
        long removed,
        long otherCents,
        long higher,
        long notInTopic,
        long rejectedRaised,
        long repairsCleared,
        List<String> examples) {

    /** Corrected rows, and what they held together before and after. */
    record Change(
            long rows,
            long countBefore,
            long countAfter,
            BigDecimal salesBefore,
            BigDecimal salesAfter) {}

    long unchanged() {
        return rows - added - corrected.rows() - finished - otherCents - higher;
    }

    /** Rows that only a run with replace could make equal to the topic. */
    long leftDifferent() {
        return otherCents + higher + notInTopic;
    }
}
