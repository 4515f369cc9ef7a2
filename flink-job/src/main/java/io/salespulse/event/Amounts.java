package io.salespulse.event;

/**
 * Amounts of money: JSON number text to a whole number of cents, without a {@code double} and
 * without rounding.
 */
final class Amounts {

    /** 999,999,999.99. */
    static final long MAX_CENTS = 99_999_999_999L;

    static final int HAS_EXPONENT = -1;
    static final int HAS_THIRD_FRACTION_DIGIT = -2;
    static final int NEGATIVE = -3;
    static final int TOO_LARGE = -4;

    private Amounts() {}

    /**
     * Reads the number in {@code [from, to)}, which must be well-formed JSON.
     *
     * @return its value in cents, from 0 to {@link #MAX_CENTS}, or the negative code of what is
     *     wrong with it
     */
    static long cents(byte[] number, int from, int to) {
        boolean minus = number[from] == '-';
        int pos = minus ? from + 1 : from;
        long units = 0;
        while (pos < to && JsonBytes.isDigit(number[pos])) {
            // Stops growing beyond the limit, so that no number of digits overflows.
            units = units > MAX_CENTS ? units : units * 10 + (number[pos] - '0');
            pos++;
        }
        long fraction = 0;
        if (pos < to && number[pos] == '.') {
            fraction = fractionCents(number, pos + 1, to);
            if (fraction < 0) {
                return fraction;
            }
        } else if (pos < to) {
            return HAS_EXPONENT;
        }
        if (units > MAX_CENTS / 100) {
            return minus ? NEGATIVE : TOO_LARGE;
        }
        long cents = units * 100 + fraction;
        return minus && cents != 0 ? NEGATIVE : cents;
    }

    /** Reads the digits after the point: the first two count, the others must be zeros. */
    private static long fractionCents(byte[] number, int from, int to) {
        int cents = 0;
        boolean thirdDigit = false;
        for (int pos = from; pos < to; pos++) {
            byte b = number[pos];
            if (!JsonBytes.isDigit(b)) {
                return HAS_EXPONENT;
            }
            if (pos < from + 2) {
                cents = cents * 10 + (b - '0');
            } else {
                thirdDigit |= b != '0';
            }
        }
        if (thirdDigit) {
            return HAS_THIRD_FRACTION_DIGIT;
        }
        return to - from == 1 ? cents * 10 : cents;
    }
}
