package io.salespulse.datagen;

/**
 * How many events to send a second of wall-clock time.
 *
 * @param eventsPerSecond positive; infinite for {@link #MAX}
 */
record Rate(double eventsPerSecond) {

    /** As fast as Kafka takes them. */
    static final Rate MAX = new Rate(Double.POSITIVE_INFINITY);

    private static final double LOWEST = 0.001;
    private static final double HIGHEST = 10_000_000;

    /**
     * @throws IllegalArgumentException with a message that says what is allowed
     */
    static Rate parse(String text) {
        if (text.equals("max")) {
            return MAX;
        }
        if (text.matches("[0-9]{1,8}(\\.[0-9]{1,9})?")) {
            double number = Double.parseDouble(text);
            if (number >= LOWEST && number <= HIGHEST) {
                return new Rate(number);
            }
        }
        throw new IllegalArgumentException(
                "'"
                        + text
                        + "' is not a rate: give events a second from 0.001 to 10000000, or max");
    }

    boolean isMax() {
        return equals(MAX);
    }

    /**
     * @param forNanos {@link Long#MAX_VALUE} for no limit
     */
    Pacer pacer(long forNanos, Ticker ticker) {
        return isMax()
                ? new FullSpeed(forNanos, ticker)
                : new RateLimiter(eventsPerSecond, forNanos, ticker);
    }
}
