package io.salespulse.datagen;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.Arrays;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The ways in which a document can be bad, at least one for each reason of docs/rules.md section 1
 * that lies in the document. Each turns a valid document into one that is rejected for its reason
 * and for no earlier one.
 */
enum Malformation {
    NULL_VALUE(RejectionReason.NULL_VALUE, (document, random) -> null),

    EMPTY_VALUE(RejectionReason.MALFORMED_JSON, (document, random) -> new byte[0]),
    TRUNCATED(
            RejectionReason.MALFORMED_JSON,
            (document, random) -> Arrays.copyOf(document, 1 + random.nextInt(document.length - 1))),
    INVALID_UTF8(RejectionReason.MALFORMED_JSON, text(set("product_name", "\"\u00ff\u00fe\""))),
    OVERLONG_UTF8(RejectionReason.MALFORMED_JSON, text(set("product_name", "\"\u00c0\u00af\""))),
    ENCODED_SURROGATE(
            RejectionReason.MALFORMED_JSON, text(set("product_name", "\"\u00ed\u00a0\u0080\""))),
    BYTE_ORDER_MARK(RejectionReason.MALFORMED_JSON, text(t -> "\u00ef\u00bb\u00bf" + t)),
    NOT_JSON(RejectionReason.MALFORMED_JSON, text(t -> "order received")),
    TOP_LEVEL_ARRAY(RejectionReason.MALFORMED_JSON, text(t -> "[" + t + "]")),
    TWO_DOCUMENTS(RejectionReason.MALFORMED_JSON, text(t -> t + "\n" + t)),
    TRAILING_BYTES(RejectionReason.MALFORMED_JSON, text(t -> t + "}")),
    TRAILING_COMMA(
            RejectionReason.MALFORMED_JSON, text(t -> t.substring(0, t.length() - 1) + ",}")),
    SINGLE_QUOTES(RejectionReason.MALFORMED_JSON, text(t -> t.replace('"', '\''))),
    AMOUNT_NAN(RejectionReason.MALFORMED_JSON, amount("NaN")),
    AMOUNT_LEADING_ZERO(RejectionReason.MALFORMED_JSON, amount("012.50")),
    RAW_LINE_FEED(RejectionReason.MALFORMED_JSON, text(set("product_name", "\"a\nb\""))),

    EMPTY_OBJECT(RejectionReason.MISSING_FIELD, text(t -> "{}")),
    ID_ABSENT(RejectionReason.MISSING_FIELD, text(rename("transaction_id"))),
    ID_BLANK(RejectionReason.MISSING_FIELD, text(set("transaction_id", "\"  \""))),
    ID_NUMBER(RejectionReason.MISSING_FIELD, text(set("transaction_id", "12345"))),
    TIMESTAMP_ABSENT(RejectionReason.MISSING_FIELD, text(rename("timestamp"))),
    TIMESTAMP_NULL(RejectionReason.MISSING_FIELD, timestamp("null")),
    CATEGORY_ABSENT(RejectionReason.MISSING_FIELD, text(rename("category"))),
    CATEGORY_NULL(RejectionReason.MISSING_FIELD, category("null")),
    AMOUNT_ABSENT(RejectionReason.MISSING_FIELD, text(rename("amount"))),
    AMOUNT_NULL(RejectionReason.MISSING_FIELD, amount("null")),
    LAST_AMOUNT_NULL(
            RejectionReason.MISSING_FIELD,
            text(t -> t.substring(0, t.length() - 1) + ",\"amount\":null}")),

    TIMESTAMP_TEXT(RejectionReason.INVALID_TIMESTAMP, timestamp("\"yesterday\"")),
    TIMESTAMP_EMPTY(RejectionReason.INVALID_TIMESTAMP, timestamp("\"\"")),
    TIMESTAMP_WITHOUT_OFFSET(
            RejectionReason.INVALID_TIMESTAMP, timestamp("\"2026-01-15T10:00:00\"")),
    TIMESTAMP_NO_SUCH_DAY(RejectionReason.INVALID_TIMESTAMP, timestamp("\"2026-02-30T10:00:00Z\"")),
    TIMESTAMP_HOUR_24(RejectionReason.INVALID_TIMESTAMP, timestamp("\"2026-01-15T24:00:00Z\"")),
    TIMESTAMP_LEAP_SECOND(RejectionReason.INVALID_TIMESTAMP, timestamp("\"2026-06-30T23:59:60Z\"")),
    TIMESTAMP_LOWER_CASE(RejectionReason.INVALID_TIMESTAMP, timestamp("\"2026-01-15t10:00:00z\"")),
    TIMESTAMP_EPOCH(RejectionReason.INVALID_TIMESTAMP, timestamp("\"1970-01-01T00:00:00Z\"")),
    TIMESTAMP_NEGATIVE(RejectionReason.INVALID_TIMESTAMP, timestamp("-1")),
    TIMESTAMP_LONG_MIN(RejectionReason.INVALID_TIMESTAMP, timestamp("-9223372036854775808")),
    TIMESTAMP_BEYOND_LONG(RejectionReason.INVALID_TIMESTAMP, timestamp("99999999999999999999")),
    TIMESTAMP_FRACTION(RejectionReason.INVALID_TIMESTAMP, timestamp("1768471200123.5")),
    TIMESTAMP_BOOLEAN(RejectionReason.INVALID_TIMESTAMP, timestamp("true")),

    AMOUNT_NEGATIVE(RejectionReason.INVALID_AMOUNT, amount("-12.50")),
    AMOUNT_THREE_DECIMALS(RejectionReason.INVALID_AMOUNT, amount("12.345")),
    AMOUNT_EXPONENT(RejectionReason.INVALID_AMOUNT, amount("1.25e1")),
    AMOUNT_TOO_LARGE(RejectionReason.INVALID_AMOUNT, amount("1000000000.00")),
    AMOUNT_BEYOND_LONG(RejectionReason.INVALID_AMOUNT, amount("99999999999999999999.99")),
    AMOUNT_TEXT(RejectionReason.INVALID_AMOUNT, amount("\"12.50\"")),
    AMOUNT_OBJECT(RejectionReason.INVALID_AMOUNT, amount("{\"value\":12.50}")),

    CATEGORY_EMPTY(RejectionReason.INVALID_CATEGORY, category("\"\"")),
    CATEGORY_BLANK(RejectionReason.INVALID_CATEGORY, category("\" \\t\"")),
    CATEGORY_TOO_LONG(RejectionReason.INVALID_CATEGORY, category('"' + "x".repeat(101) + '"')),
    CATEGORY_NUL(RejectionReason.INVALID_CATEGORY, category("\"Home\\u0000\"")),
    CATEGORY_LINE_FEED(RejectionReason.INVALID_CATEGORY, category("\"Home\\n\"")),
    CATEGORY_UNPAIRED_SURROGATE(RejectionReason.INVALID_CATEGORY, category("\"Home\\ud83d\"")),
    CATEGORY_NUMBER(RejectionReason.INVALID_CATEGORY, category("7")),
    CATEGORY_ARRAY(RejectionReason.INVALID_CATEGORY, category("[\"Home\"]"));

    private static final Malformation[] ALL = values();

    private final RejectionReason reason;
    private final Spoiler spoiler;

    Malformation(RejectionReason reason, Spoiler spoiler) {
        this.reason = reason;
        this.spoiler = spoiler;
    }

    static Malformation pick(EventRandom random) {
        return ALL[random.nextInt(ALL.length)];
    }

    RejectionReason reason() {
        return reason;
    }

    /**
     * @param document a document of {@link DocumentWriter}; not changed
     * @return a new array, or null for a null value
     */
    byte[] apply(byte[] document, EventRandom random) {
        return spoiler.spoil(document, random);
    }

    private static Spoiler timestamp(String json) {
        return text(set("timestamp", json));
    }

    private static Spoiler amount(String json) {
        return text(set("amount", json));
    }

    private static Spoiler category(String json) {
        return text(set("category", json));
    }

    // As Latin-1 a character is a byte, so that a text edit can write bytes that are no UTF-8 and
    // keeps all others.
    private static Spoiler text(UnaryOperator<String> edit) {
        return (document, random) ->
                edit.apply(new String(document, ISO_8859_1)).getBytes(ISO_8859_1);
    }

    private static UnaryOperator<String> set(String field, String json) {
        Pattern member = Pattern.compile("\"" + field + "\":(\"(?:[^\"\\\\]|\\\\.)*\"|[0-9.]+)");
        String replacement = Matcher.quoteReplacement("\"" + field + "\":" + json);
        return text -> member.matcher(text).replaceFirst(replacement);
    }

    private static UnaryOperator<String> rename(String field) {
        return text -> text.replaceFirst("\"" + field + "\":", "\"other_" + field + "\":");
    }

    private interface Spoiler {
        byte[] spoil(byte[] document, EventRandom random);
    }
}
