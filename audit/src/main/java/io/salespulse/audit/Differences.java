package io.salespulse.audit;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** Counts differences by kind and keeps the text of the first ones. */
final class Differences {
    /** What differs. The label stands before a number, as in "missing rows 3". */
    enum Kind {
        MISSING_ROW("missing rows"),
        EXTRA_ROW("extra rows"),
        WRONG_COUNT("wrong counts"),
        WRONG_TOTAL("wrong totals"),
        WRONG_WINDOW_END("wrong window ends"),
        MISSING_REJECTION_ROW("missing rejection rows"),
        EXTRA_REJECTION_ROW("extra rejection rows"),
        WRONG_REJECTION_COUNT("wrong rejection counts"),
        MISSING_DEAD_LETTER("missing dead letters"),
        FOREIGN_DEAD_LETTER("dead letters of records that were not rejected"),
        UNREADABLE_DEAD_LETTER("dead letters without a source position"),
        WRONG_REASON("dead letters with a wrong reason"),
        WRONG_BYTES("dead letters with other bytes"),
        WRONG_HEADERS("dead letters with other headers");

        private final String label;

        Kind(String label) {
            this.label = label;
        }

        String label() {
            return label;
        }
    }

    private final int limit;
    private final Map<Kind, Long> counts = new EnumMap<>(Kind.class);
    private final List<String> lines = new ArrayList<>();
    private long behind;

    /**
     * @param limit how many texts are kept; all differences are counted
     */
    Differences(int limit) {
        this.limit = limit;
    }

    void add(Kind kind, Supplier<String> line) {
        counts.merge(kind, 1L, Long::sum);
        if (lines.size() < limit) {
            lines.add(line.get());
        }
    }

    /**
     * Adds a difference that more writing by the pipeline could still put right: something is lower
     * than it should be.
     */
    void addBehind(Kind kind, Supplier<String> line) {
        behind++;
        add(kind, line);
    }

    void addAll(Differences others) {
        behind += others.behind;
        others.counts.forEach((kind, count) -> counts.merge(kind, count, Long::sum));
        others.lines.stream().limit(limit - lines.size()).forEach(lines::add);
    }

    long total() {
        return counts.values().stream().mapToLong(Long::longValue).sum();
    }

    boolean isEmpty() {
        return counts.isEmpty();
    }

    /** Whether there are differences and the pipeline could still put right all of them. */
    boolean areAllBehind() {
        return !isEmpty() && behind == total();
    }

    /** Whether the pipeline could still put right some of the differences. */
    boolean areSomeBehind() {
        return behind > 0;
    }

    Map<Kind, Long> counts() {
        return counts;
    }

    List<String> lines() {
        return lines;
    }
}
