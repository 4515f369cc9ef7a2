package io.salespulse.audit;

/**
 * The times that are compared, in epoch milliseconds.
 *
 * @param from inclusive
 * @param to exclusive
 */
record Range(long from, long to) {
    static final Range ALL = new Range(Long.MIN_VALUE, Long.MAX_VALUE);

    Range notBefore(long time) {
        return new Range(Math.max(from, time), to);
    }

    boolean holds(long time) {
        return time >= from && time < to;
    }

    /** Whether a window or minute lies in the range with its whole length. */
    boolean holdsWhole(long start, long length) {
        return start >= from && start <= to - length;
    }
}
