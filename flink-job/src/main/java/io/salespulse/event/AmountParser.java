package io.salespulse.event;

/**
 * Amounts of money by section 3 of {@code docs/rules.md}, from a JSON number to a whole number of
 * cents, without a {@code double} and without rounding.
 *
 * <p>Not thread-safe: {@link #end} belongs to the last number.
 */
final class AmountParser {

    /** 999,999,999.99. */
    static final long MAX_CENTS = 99_999_999_999L;

    static final int NOT_A_NUMBER = -1;
    static final int HAS_EXPONENT = -2;
    static final int HAS_THIRD_FRACTION_DIGIT = -3;
    static final int NEGATIVE = -4;
    static final int TOO_LARGE = -5;

    private int end;

    /**
     * Reads the number at {@code pos}.
     *
     * @return its value in cents, from 0 to {@link #MAX_CENTS}, or the negative code of what is
     *     wrong with it
     */
    long parse(byte[] json, int pos) {
        boolean minus = JsonBytes.byteAt(json, pos) == '-';
        int first = minus ? pos + 1 : pos;
        int next = first;
        long units = 0;
        for (byte b; JsonBytes.isDigit(b = JsonBytes.byteAt(json, next)); next++) {
            // Stops growing beyond the limit, so that no number of digits overflows.
            units = units > MAX_CENTS ? units : units * 10 + (b - '0');
        }
        boolean leadingZero = JsonBytes.byteAt(json, first) == '0' && next > first + 1;
        if (next == first || leadingZero) {
            return NOT_A_NUMBER;
        }
        long cents = units * 100;
        boolean thirdDigit = false;
        if (JsonBytes.byteAt(json, next) == '.') {
            int fraction = ++next;
            int placeValue = 10;
            for (byte b; JsonBytes.isDigit(b = JsonBytes.byteAt(json, next)); next++) {
                cents += (b - '0') * placeValue;
                thirdDigit |= placeValue == 0 && b != '0';
                placeValue /= 10;
            }
            if (next == fraction) {
                return NOT_A_NUMBER;
            }
        }
        if ((JsonBytes.byteAt(json, next) | 0x20) == 'e') {
            return HAS_EXPONENT;
        }
        if (next - pos > JsonBytes.MAX_NUMBER_LENGTH) {
            return NOT_A_NUMBER;
        }
        end = next;
        return check(cents, minus, thirdDigit);
    }

    private static long check(long cents, boolean minus, boolean thirdDigit) {
        if (thirdDigit) {
            return HAS_THIRD_FRACTION_DIGIT;
        }
        if (minus && cents != 0) {
            return NEGATIVE;
        }
        return cents <= MAX_CENTS ? cents : TOO_LARGE;
    }

    /** The position after the number, if it is an amount. */
    int end() {
        return end;
    }
}
