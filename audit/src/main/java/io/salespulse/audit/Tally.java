package io.salespulse.audit;

import java.util.HashMap;
import java.util.Map;
import java.util.function.BiConsumer;

/**
 * Running totals by key that also know what they were at the mark, so that a reader can tell a key
 * that has come to rest from one that still grows. Sums that leave the range of a {@code long}
 * throw {@link ArithmeticException}. Not thread-safe.
 */
final class Tally<K> {
    private final Map<K, Cell> cells = new HashMap<>();
    private int marks;

    void add(K key, long cents) {
        cells.computeIfAbsent(key, k -> new Cell()).add(cents, marks);
    }

    /** From now on {@link Cell#atMark} answers with the totals of this moment. */
    void mark() {
        marks++;
    }

    /** Returns the key's cell, or null if nothing was added under it. */
    Cell get(K key) {
        return cells.get(key);
    }

    Total atMark(Cell cell) {
        return cell == null ? Total.NONE : cell.atMark(marks);
    }

    static Total now(Cell cell) {
        return cell == null ? Total.NONE : new Total(cell.cents, cell.count);
    }

    void forEach(BiConsumer<K, Cell> action) {
        cells.forEach(action);
    }

    /** One key's totals, and room for a note of who has looked at it. */
    static final class Cell {
        private long cents;
        private long count;
        private long centsAtMark;
        private long countAtMark;
        private int marksAtLastAdd;
        private Object visitor;

        private void add(long more, int marks) {
            if (marksAtLastAdd != marks) {
                centsAtMark = cents;
                countAtMark = count;
                marksAtLastAdd = marks;
            }
            cents = Math.addExact(cents, more);
            count++;
        }

        private Total atMark(int marks) {
            return marksAtLastAdd == marks
                    ? new Total(centsAtMark, countAtMark)
                    : new Total(cents, count);
        }

        /** Notes the visitor; the note spares a set of all keys in tables of millions of rows. */
        void visit(Object newVisitor) {
            visitor = newVisitor;
        }

        boolean isVisitedBy(Object someone) {
            return visitor == someone;
        }
    }
}
