package io.salespulse.event;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * The grammar of RFC 8259 over UTF-8 bytes, as functions from the position where something begins
 * to the position after it, or {@link #NONE} where it does not begin there.
 *
 * <p>Each accepts a subset of the grammar, never more: what is legal but extraordinary (deep
 * nesting, endless numbers) is {@link #NONE} too.
 */
final class JsonBytes {

    /** Not there: malformed, or too unusual to be handled here. */
    static final int NONE = -1;

    /** The rules' limit; it covers sign, point and exponent. */
    static final int MAX_NUMBER_LENGTH = 1_000;

    /**
     * Far below the rules' limit of 1,000, to be safe on any thread's stack; ordinary documents
     * nest two or three deep.
     */
    static final int MAX_DEPTH = 32;

    private static final VarHandle LONG =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private static final long EACH_BYTE = 0x0101_0101_0101_0101L;
    private static final long HIGH_BITS = 0x80 * EACH_BYTE;

    private JsonBytes() {}

    /**
     * The byte at {@code pos}; past the end and at {@link #NONE} it is NUL, which is legal nowhere
     * in JSON. So nobody needs to look for the end, and what follows something missing is missing
     * too.
     */
    static byte byteAt(byte[] json, int pos) {
        return pos >= 0 && pos < json.length ? json[pos] : 0;
    }

    /** The eight bytes from {@code pos} on, the first one lowest. They must exist. */
    static long longAt(byte[] json, int pos) {
        return (long) LONG.get(json, pos);
    }

    static int skipWhitespace(byte[] json, int pos) {
        int next = pos;
        while (isWhitespace(byteAt(json, next))) {
            next++;
        }
        return next;
    }

    private static boolean isWhitespace(byte b) {
        return b <= ' ' && (b == ' ' || b == '\n' || b == '\r' || b == '\t');
    }

    /** Skips any value. {@code depth} is the number of objects and arrays around it. */
    static int skipValue(byte[] json, int pos, int depth) {
        switch (byteAt(json, pos)) {
            case '"':
                return skipString(json, pos + 1);
            case '{':
                return skipObject(json, pos + 1, depth + 1);
            case '[':
                return skipArray(json, pos + 1, depth + 1);
            case 't':
                return skipLiteral(json, pos, "true");
            case 'f':
                return skipLiteral(json, pos, "false");
            case 'n':
                return skipLiteral(json, pos, "null");
            default:
                return skipNumber(json, pos);
        }
    }

    /** Skips an object's rest, after its opening brace. */
    private static int skipObject(byte[] json, int pos, int depth) {
        if (depth > MAX_DEPTH) {
            return NONE;
        }
        int next = skipWhitespace(json, pos);
        if (byteAt(json, next) == '}') {
            return next + 1;
        }
        while (byteAt(json, next) == '"') {
            next = skipColon(json, skipString(json, next + 1));
            next = skipWhitespace(json, skipValue(json, next, depth));
            byte delimiter = byteAt(json, next);
            if (delimiter == '}') {
                return next + 1;
            }
            if (delimiter != ',') {
                return NONE;
            }
            next = skipWhitespace(json, next + 1);
        }
        return NONE;
    }

    /** Skips an array's rest, after its opening bracket. */
    private static int skipArray(byte[] json, int pos, int depth) {
        if (depth > MAX_DEPTH) {
            return NONE;
        }
        int next = skipWhitespace(json, pos);
        if (byteAt(json, next) == ']') {
            return next + 1;
        }
        while (true) {
            next = skipWhitespace(json, skipValue(json, next, depth));
            byte delimiter = byteAt(json, next);
            if (delimiter == ']') {
                return next + 1;
            }
            if (delimiter != ',') {
                return NONE;
            }
            next = skipWhitespace(json, next + 1);
        }
    }

    /** Skips the colon after a member's name, with white space on both sides. */
    static int skipColon(byte[] json, int pos) {
        int colon = skipWhitespace(json, pos);
        return byteAt(json, colon) == ':' ? skipWhitespace(json, colon + 1) : NONE;
    }

    static int skipLiteral(byte[] json, int pos, String literal) {
        for (int i = 0; i < literal.length(); i++) {
            if (byteAt(json, pos + i) != literal.charAt(i)) {
                return NONE;
            }
        }
        return pos + literal.length();
    }

    static int skipNumber(byte[] json, int pos) {
        int next = byteAt(json, pos) == '-' ? pos + 1 : pos;
        next = byteAt(json, next) == '0' ? next + 1 : skipDigits(json, next);
        if (byteAt(json, next) == '.') {
            next = skipDigits(json, next + 1);
        }
        if ((byteAt(json, next) | 0x20) == 'e') {
            byte sign = byteAt(json, next + 1);
            next = skipDigits(json, sign == '+' || sign == '-' ? next + 2 : next + 1);
        }
        return next - pos <= MAX_NUMBER_LENGTH ? next : NONE;
    }

    /** Skips one digit or more. */
    private static int skipDigits(byte[] json, int pos) {
        int next = pos;
        while (isDigit(byteAt(json, next))) {
            next++;
        }
        return next > pos ? next : NONE;
    }

    static boolean isDigit(byte b) {
        return b >= '0' && b <= '9';
    }

    /** Skips a string's rest, after its opening quote, and validates its escapes and its UTF-8. */
    static int skipString(byte[] json, int pos) {
        int next = skipPlain(json, pos);
        while (byteAt(json, next) != '"') {
            next = skipSpecialCharacter(json, next);
            if (next == NONE) {
                return NONE;
            }
            next = skipPlain(json, next);
        }
        return next + 1;
    }

    /** Skips a string's rest as {@link #skipString}, but is {@link #NONE} if it holds an escape. */
    static int skipStringWithoutEscapes(byte[] json, int pos) {
        int next = skipPlain(json, pos);
        while (byteAt(json, next) < 0) {
            next = skipMultiByteCharacter(json, next);
            if (next == NONE) {
                return NONE;
            }
            next = skipPlain(json, next);
        }
        return byteAt(json, next) == '"' ? next + 1 : NONE;
    }

    /** Skips to the next byte of a string that needs attention, or to the end. */
    private static int skipPlain(byte[] json, int pos) {
        int next = pos;
        while (next <= json.length - Long.BYTES) {
            long special = specialBytes(longAt(json, next));
            if (special != 0) {
                return next + (Long.numberOfTrailingZeros(special) >>> 3);
            }
            next += Long.BYTES;
        }
        while (isPlain(byteAt(json, next))) {
            next++;
        }
        return next;
    }

    private static boolean isPlain(byte b) {
        return b >= ' ' && b != '"' && b != '\\';
    }

    /**
     * Sets the high bit of each byte of {@code word} that is a quote, a backslash, a control
     * character or not ASCII. Only the lowest bit set is reliable, because the subtractions borrow
     * from the bytes above a byte that was found.
     */
    private static long specialBytes(long word) {
        // Flipping bit 1 swaps the quote with the space and keeps control characters together: both
        // are then below '!'.
        long controlOrQuote = (word ^ (0x02 * EACH_BYTE)) - '!' * EACH_BYTE;
        long backslash = (word ^ ('\\' * EACH_BYTE)) - EACH_BYTE;
        return (controlOrQuote | backslash | word) & HIGH_BITS;
    }

    /** Skips a character of a string that begins with a backslash or is not ASCII. */
    private static int skipSpecialCharacter(byte[] json, int pos) {
        byte b = byteAt(json, pos);
        if (b == '\\') {
            return skipEscape(json, pos + 1);
        }
        return b < 0 ? skipMultiByteCharacter(json, pos) : NONE;
    }

    private static int skipEscape(byte[] json, int pos) {
        switch (byteAt(json, pos)) {
            case '"':
            case '\\':
            case '/':
            case 'b':
            case 'f':
            case 'n':
            case 'r':
            case 't':
                return pos + 1;
            case 'u':
                return skipHexDigits(json, pos + 1);
            default:
                return NONE;
        }
    }

    private static int skipHexDigits(byte[] json, int pos) {
        for (int i = 0; i < 4; i++) {
            byte b = byteAt(json, pos + i);
            int lowerCase = b | 0x20;
            if (!isDigit(b) && (lowerCase < 'a' || lowerCase > 'f')) {
                return NONE;
            }
        }
        return pos + 4;
    }

    /**
     * Skips a character of two to four bytes, as well-formed by table 3-7 of the Unicode standard.
     */
    private static int skipMultiByteCharacter(byte[] json, int pos) {
        int lead = json[pos] & 0xFF;
        int second = byteAt(json, pos + 1) & 0xFF;
        if (lead < 0xE0) {
            return lead >= 0xC2 && isContinuation(second) ? pos + 2 : NONE;
        }
        if (lead < 0xF0) {
            boolean overlong = lead == 0xE0 && second < 0xA0;
            boolean surrogate = lead == 0xED && second >= 0xA0;
            boolean valid = !overlong && !surrogate && isContinuation(second);
            return valid && isContinuation(byteAt(json, pos + 2)) ? pos + 3 : NONE;
        }
        boolean overlong = lead == 0xF0 && second < 0x90;
        boolean beyondUnicode = lead > 0xF4 || (lead == 0xF4 && second >= 0x90);
        boolean valid = !overlong && !beyondUnicode && isContinuation(second);
        return valid
                        && isContinuation(byteAt(json, pos + 2))
                        && isContinuation(byteAt(json, pos + 3))
                ? pos + 4
                : NONE;
    }

    private static boolean isContinuation(int b) {
        return (b & 0xC0) == 0x80;
    }
}
