package io.salespulse.audit;

/**
 * What one value says, judged by itself.
 *
 * @param rejection the first rule that the value breaks, or null if it is a transaction; then the
 *     other components hold
 * @param eventTime epoch milliseconds
 * @param cents the amount in whole cents
 * @param category null if rejected
 */
record Parsed(Reason rejection, long eventTime, long cents, String category) {
    static Parsed transaction(long eventTime, long cents, String category) {
        return new Parsed(null, eventTime, cents, category);
    }

    static Parsed rejected(Reason reason) {
        return new Parsed(reason, 0, 0, null);
    }
}
