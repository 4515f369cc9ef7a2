package io.salespulse.event;

import java.nio.charset.StandardCharsets;

/**
 * The fast path: finds the values of an ordinary transaction directly in its bytes, without an
 * object per record.
 *
 * <p>It never says "invalid". It is either sure of the values or leaves the record to {@link
 * FullTransactionParser}, which alone knows the rejections and their order. What it leaves:
 * whatever is malformed or breaks a rule, repeated needed fields, member names with escapes, and
 * documents beyond {@link #MAX_LENGTH} or {@link JsonBytes#MAX_DEPTH}.
 *
 * <p>Not thread-safe; the getters describe the last successful scan.
 */
final class TransactionScanner {

    /** No member name in a document of this size can exceed the rules' limit for names. */
    static final int MAX_LENGTH = 50_000;

    private static final int OTHER = 0;
    private static final int TRANSACTION_ID = 1;
    private static final int TIMESTAMP = 2;
    private static final int AMOUNT = 4;
    private static final int CATEGORY = 8;
    private static final int PRODUCT_CATEGORY = 16;
    private static final int REQUIRED = TRANSACTION_ID | TIMESTAMP | AMOUNT;

    // The needed names and their closing quotes, as the first and the last eight bytes of that.
    private static final long AMOUNT_NAME = bytes("amount\"\0");
    private static final long AMOUNT_MASK = 0x00FF_FFFF_FFFF_FFFFL;
    private static final long CATEGORY_NAME = bytes("category");
    private static final long TIMESTAMP_HEAD = bytes("timestam");
    private static final long TIMESTAMP_TAIL = bytes("mestamp\"");
    private static final long TRANSACTION_ID_HEAD = bytes("transact");
    private static final long TRANSACTION_ID_TAIL = bytes("tion_id\"");
    private static final long PRODUCT_CATEGORY_HEAD = bytes("product_");

    private final TimestampParser timestamps = new TimestampParser();
    private final AmountParser amounts = new AmountParser();

    private long eventTimeMillis;
    private long amountCents;
    private int categoryFrom;
    private int categoryTo;
    private int productCategoryFrom;
    private int productCategoryTo;

    /**
     * Scans one document.
     *
     * @return true if it is well-formed and holds valid values of all needed fields, save that the
     *     category is only known to be a well-formed string; false if that cannot be said here
     */
    boolean scan(byte[] json) {
        if (json.length > MAX_LENGTH) {
            return false;
        }
        categoryFrom = 0;
        productCategoryFrom = 0;
        int pos = JsonBytes.skipWhitespace(json, 0);
        if (JsonBytes.byteAt(json, pos) != '{') {
            return false;
        }
        int found = 0;
        byte delimiter;
        do {
            pos = JsonBytes.skipWhitespace(json, pos + 1);
            if (JsonBytes.byteAt(json, pos) != '"') {
                return false;
            }
            int field = fieldAt(json, pos + 1);
            if ((found & field) != 0) {
                return false;
            }
            found |= field;
            pos = JsonBytes.skipColon(json, skipName(json, pos + 1, field));
            pos = JsonBytes.skipWhitespace(json, readValue(json, pos, field));
            delimiter = JsonBytes.byteAt(json, pos);
        } while (delimiter == ',');
        return delimiter == '}'
                && JsonBytes.skipWhitespace(json, pos + 1) == json.length
                && (found & REQUIRED) == REQUIRED
                && (categoryFrom | productCategoryFrom) != 0;
    }

    /** The field whose name begins at {@code pos}, after its quote. */
    private static int fieldAt(byte[] json, int pos) {
        // Behind the quote that opens a needed name, a complete document has at least these ten
        // bytes: amount":1}
        if (pos > json.length - 10) {
            return OTHER;
        }
        long head = JsonBytes.longAt(json, pos);
        if ((head & AMOUNT_MASK) == AMOUNT_NAME) {
            return AMOUNT;
        }
        if (head == CATEGORY_NAME) {
            return json[pos + 8] == '"' ? CATEGORY : OTHER;
        }
        if (head == TIMESTAMP_HEAD) {
            return JsonBytes.longAt(json, pos + 2) == TIMESTAMP_TAIL ? TIMESTAMP : OTHER;
        }
        if (head == TRANSACTION_ID_HEAD) {
            return isLongAt(json, pos + 7, TRANSACTION_ID_TAIL) ? TRANSACTION_ID : OTHER;
        }
        if (head == PRODUCT_CATEGORY_HEAD) {
            return isLongAt(json, pos + 8, CATEGORY_NAME) && JsonBytes.byteAt(json, pos + 16) == '"'
                    ? PRODUCT_CATEGORY
                    : OTHER;
        }
        return OTHER;
    }

    private static boolean isLongAt(byte[] json, int pos, long expected) {
        return pos <= json.length - Long.BYTES && JsonBytes.longAt(json, pos) == expected;
    }

    /** Skips a name's rest, after its opening quote. */
    private static int skipName(byte[] json, int pos, int field) {
        switch (field) {
            case TRANSACTION_ID:
                return pos + "transaction_id\"".length();
            case TIMESTAMP:
                return pos + "timestamp\"".length();
            case AMOUNT:
                return pos + "amount\"".length();
            case CATEGORY:
                return pos + "category\"".length();
            case PRODUCT_CATEGORY:
                return pos + "product_category\"".length();
            default:
                // With escapes it could be a needed name in disguise.
                return JsonBytes.skipStringWithoutEscapes(json, pos);
        }
    }

    /** Reads or skips the value at {@code pos}. */
    private int readValue(byte[] json, int pos, int field) {
        switch (field) {
            case TRANSACTION_ID:
                return readTransactionId(json, pos);
            case TIMESTAMP:
                return readTimestamp(json, pos);
            case AMOUNT:
                return readAmount(json, pos);
            case CATEGORY:
            case PRODUCT_CATEGORY:
                return readCategory(json, pos, field);
            default:
                return JsonBytes.skipValue(json, pos, 1);
        }
    }

    private static int readTransactionId(byte[] json, int pos) {
        if (JsonBytes.byteAt(json, pos) != '"') {
            return JsonBytes.NONE;
        }
        byte first = JsonBytes.byteAt(json, pos + 1);
        // One visible ASCII character settles that the id is not blank.
        boolean visible = first > ' ' && first != '"' && first != '\\' && first != 0x7F;
        return visible ? JsonBytes.skipString(json, pos + 1) : JsonBytes.NONE;
    }

    private int readTimestamp(byte[] json, int pos) {
        if (JsonBytes.byteAt(json, pos) == '"') {
            eventTimeMillis = timestamps.parseText(json, pos + 1);
            boolean valid = eventTimeMillis > 0 && JsonBytes.byteAt(json, timestamps.end()) == '"';
            return valid ? timestamps.end() + 1 : JsonBytes.NONE;
        }
        int end = JsonBytes.skipNumber(json, pos);
        if (end == JsonBytes.NONE) {
            return JsonBytes.NONE;
        }
        eventTimeMillis = TimestampParser.parseNumber(json, pos, end);
        return eventTimeMillis > 0 ? end : JsonBytes.NONE;
    }

    private int readAmount(byte[] json, int pos) {
        amountCents = amounts.parse(json, pos);
        return amountCents >= 0 ? amounts.end() : JsonBytes.NONE;
    }

    private int readCategory(byte[] json, int pos, int field) {
        byte first = JsonBytes.byteAt(json, pos);
        if (first == 'n') {
            // As good as absent: the other name may still provide it.
            return JsonBytes.skipLiteral(json, pos, "null");
        }
        int end = first == '"' ? JsonBytes.skipString(json, pos + 1) : JsonBytes.NONE;
        if (end == JsonBytes.NONE) {
            return JsonBytes.NONE;
        }
        if (field == CATEGORY) {
            categoryFrom = pos + 1;
            categoryTo = end - 1;
        } else {
            productCategoryFrom = pos + 1;
            productCategoryTo = end - 1;
        }
        return end;
    }

    /** Eight ASCII characters as {@link JsonBytes#longAt} reads them. */
    private static long bytes(String text) {
        return JsonBytes.longAt(text.getBytes(StandardCharsets.US_ASCII), 0);
    }

    long eventTimeMillis() {
        return eventTimeMillis;
    }

    long amountCents() {
        return amountCents;
    }

    /** Where the category's string begins in the document, after its quote; it may hold escapes. */
    int categoryFrom() {
        return categoryFrom != 0 ? categoryFrom : productCategoryFrom;
    }

    /** Where the category's string ends in the document, before its quote. */
    int categoryTo() {
        return categoryFrom != 0 ? categoryTo : productCategoryTo;
    }
}
