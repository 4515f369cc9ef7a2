package io.salespulse.datagen;

/**
 * The shares of events that are not ordinary, each from 0 to 1.
 *
 * @throws IllegalArgumentException if they sum to more than 1
 */
record EventMix(double late, double malformed, double duplicate, double future) {

    static final EventMix ORDINARY_ONLY = new EventMix(0, 0, 0, 0);

    private static final double ROUNDING = 1e-9;

    EventMix {
        if (late + malformed + duplicate + future > 1 + ROUNDING) {
            throw new IllegalArgumentException(
                    "--late-ratio, --malformed-ratio, --duplicate-ratio and --future-ratio must not sum to more than 1");
        }
    }

    /**
     * @param uniform a random number in [0, 1)
     */
    EventKind pick(double uniform) {
        if (uniform < late) {
            return EventKind.LATE;
        }
        if (uniform < late + malformed) {
            return EventKind.MALFORMED;
        }
        if (uniform < late + malformed + duplicate) {
            return EventKind.DUPLICATE;
        }
        if (uniform < late + malformed + duplicate + future) {
            return EventKind.FUTURE;
        }
        return EventKind.ORDINARY;
    }
}
