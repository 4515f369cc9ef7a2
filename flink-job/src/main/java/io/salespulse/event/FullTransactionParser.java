package io.salespulse.event;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.io.JsonEOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * The full parser: judges any value by the rules 1 to 6 of section 1 of {@code docs/rules.md}, in
 * their order. Its verdict is final.
 *
 * <p>It decodes the whole value, reads the whole document, and only then looks at the fields,
 * because a malformed end outranks a missing field.
 *
 * <p>Not thread-safe.
 */
final class FullTransactionParser {

    private static final int MAX_DEPTH = 1_000;
    private static final int MAX_NAME_LENGTH = 50_000;
    private static final int MAX_CATEGORY_LENGTH = 100;

    private static final String TRANSACTION_ID = "transaction_id";
    private static final String TIMESTAMP = "timestamp";
    private static final String AMOUNT = "amount";
    private static final String CATEGORY = "category";
    private static final String PRODUCT_CATEGORY = "product_category";
    private static final Set<String> FIELDS =
            Set.of(TRANSACTION_ID, TIMESTAMP, AMOUNT, CATEGORY, PRODUCT_CATEGORY);

    private final JsonFactory jsonFactory =
            JsonFactory.builder()
                    // Names come from outside: a table of all that were ever seen would only grow.
                    .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
                    .streamReadConstraints(
                            StreamReadConstraints.builder()
                                    .maxNestingDepth(MAX_DEPTH)
                                    .maxNameLength(MAX_NAME_LENGTH)
                                    // Jackson's own limit leaves out the sign and the point.
                                    .maxNumberLength(Integer.MAX_VALUE)
                                    .maxStringLength(Integer.MAX_VALUE)
                                    .build())
                    .build();

    private final CharsetDecoder utf8 =
            StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT);

    private final TimestampParser timestamps = new TimestampParser();
    private final AmountParser amounts = new AmountParser();

    /**
     * A field's value; {@code text} is a string's content, a number as it is written, and for other
     * types their notation.
     */
    private record Value(JsonToken type, String text) {

        boolean isString() {
            return type == JsonToken.VALUE_STRING;
        }

        boolean isNumber() {
            return type.isNumeric();
        }

        byte[] bytes() {
            return text.getBytes(StandardCharsets.UTF_8);
        }
    }

    /** Judges a record's value, which may be null. */
    Verdict read(byte[] value) {
        if (value == null) {
            return Verdict.rejected(RejectionReason.NULL_VALUE, "the record has no value");
        }
        ByteBuffer bytes = ByteBuffer.wrap(value);
        try {
            return judge(readFields(utf8.decode(bytes)));
        } catch (CharacterCodingException e) {
            return Verdict.rejected(
                    RejectionReason.MALFORMED_JSON, "invalid UTF-8 at byte " + bytes.position());
        } catch (JsonEOFException e) {
            return Verdict.rejected(RejectionReason.MALFORMED_JSON, "the document ends too early");
        } catch (JsonProcessingException e) {
            return Verdict.rejected(RejectionReason.MALFORMED_JSON, describe(e));
        } catch (IOException e) {
            throw new UncheckedIOException("reading from memory", e);
        }
    }

    private static String describe(JsonProcessingException e) {
        JsonLocation location = e.getLocation();
        // An exceeded limit comes without a location.
        return location == null
                ? e.getOriginalMessage()
                : "at character " + location.getCharOffset() + ": " + e.getOriginalMessage();
    }

    /**
     * Reads the whole document and keeps the needed fields. Of a repeated one the last counts; null
     * is as good as absent.
     */
    private Map<String, Value> readFields(CharBuffer document) throws IOException {
        try (JsonParser json = jsonFactory.createParser(document.array(), 0, document.length())) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                throw new JsonParseException(json, "the value is not a JSON object");
            }
            Map<String, Value> fields = new HashMap<>();
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                String name = json.currentName();
                JsonToken type = json.nextToken();
                if (FIELDS.contains(name)) {
                    boolean isNull = type == JsonToken.VALUE_NULL;
                    fields.put(name, isNull ? null : new Value(type, json.getText()));
                }
                readToEndOfValue(json);
            }
            if (json.nextToken() != null) {
                throw new JsonParseException(json, "something follows the JSON object");
            }
            return fields;
        }
    }

    private static void readToEndOfValue(JsonParser json) throws IOException {
        int depth = 0;
        for (JsonToken token = json.currentToken(); ; token = json.nextToken()) {
            if (token.isStructStart()) {
                depth++;
            } else if (token.isStructEnd()) {
                depth--;
            } else if (token.isNumeric() && json.getTextLength() > JsonBytes.MAX_NUMBER_LENGTH) {
                throw new JsonParseException(json, "a number has more than 1,000 characters");
            }
            if (depth == 0) {
                return;
            }
        }
    }

    private Verdict judge(Map<String, Value> fields) {
        String categoryName = fields.get(CATEGORY) != null ? CATEGORY : PRODUCT_CATEGORY;
        String missing = missingField(fields, categoryName);
        if (missing != null) {
            return Verdict.rejected(RejectionReason.MISSING_FIELD, missing);
        }
        Value timestamp = fields.get(TIMESTAMP);
        long eventTimeMillis = eventTimeMillis(timestamp);
        if (eventTimeMillis <= 0) {
            return Verdict.rejected(
                    RejectionReason.INVALID_TIMESTAMP,
                    timestampProblem(eventTimeMillis) + timestamp.text());
        }
        Value amount = fields.get(AMOUNT);
        long amountCents = amountCents(amount);
        if (amountCents < 0) {
            return Verdict.rejected(
                    RejectionReason.INVALID_AMOUNT, amountProblem(amountCents) + amount.text());
        }
        Value category = fields.get(categoryName);
        String problem = categoryProblem(category);
        if (problem != null) {
            return Verdict.rejected(
                    RejectionReason.INVALID_CATEGORY, categoryName + problem + category.text());
        }
        return Verdict.valid(eventTimeMillis, amountCents, category.text());
    }

    private static String missingField(Map<String, Value> fields, String categoryName) {
        Value transactionId = fields.get(TRANSACTION_ID);
        if (transactionId == null) {
            return "transaction_id is missing";
        }
        if (!transactionId.isString()) {
            return "transaction_id is not a string: " + transactionId.text();
        }
        if (transactionId.text().isBlank()) {
            return "transaction_id is blank";
        }
        if (fields.get(TIMESTAMP) == null) {
            return "timestamp is missing";
        }
        if (fields.get(AMOUNT) == null) {
            return "amount is missing";
        }
        return fields.get(categoryName) == null ? "category is missing" : null;
    }

    private long eventTimeMillis(Value timestamp) {
        byte[] text = timestamp.bytes();
        if (timestamp.isString()) {
            long millis = timestamps.parseText(text, 0);
            boolean ended = millis == TimestampParser.INVALID || timestamps.end() == text.length;
            return ended ? millis : TimestampParser.INVALID;
        }
        return timestamp.isNumber()
                ? TimestampParser.parseNumber(text, 0, text.length)
                : TimestampParser.INVALID;
    }

    private static String timestampProblem(long code) {
        return code == TimestampParser.OUT_OF_RANGE
                ? "timestamp is not after 1970-01-01T00:00:00Z and before year 10000: "
                : "timestamp is no valid ISO-8601 time with offset, yyyy-MM-dd HH:mm:ss[.SSS] or epoch milliseconds: ";
    }

    private long amountCents(Value amount) {
        return amount.isNumber() ? amounts.parse(amount.bytes(), 0) : AmountParser.NOT_A_NUMBER;
    }

    private static String amountProblem(long code) {
        switch ((int) code) {
            case AmountParser.HAS_EXPONENT:
                return "amount has an exponent: ";
            case AmountParser.HAS_THIRD_FRACTION_DIGIT:
                return "amount has more than two fraction digits: ";
            case AmountParser.NEGATIVE:
                return "amount is negative: ";
            case AmountParser.TOO_LARGE:
                return "amount is greater than 999999999.99: ";
            default:
                return "amount is not a number: ";
        }
    }

    private static String categoryProblem(Value category) {
        String text = category.text();
        if (!category.isString()) {
            return " is not a string: ";
        }
        if (text.isBlank()) {
            return " is blank: ";
        }
        if (text.codePointCount(0, text.length()) > MAX_CATEGORY_LENGTH) {
            return " has more than 100 characters: ";
        }
        if (text.codePoints().anyMatch(Character::isISOControl)) {
            return " holds a control character: ";
        }
        return text.codePoints().anyMatch(FullTransactionParser::isSurrogate)
                ? " holds an unpaired surrogate: "
                : null;
    }

    /** Code points of a string are surrogates only where these are unpaired. */
    private static boolean isSurrogate(int codePoint) {
        return Character.getType(codePoint) == Character.SURROGATE;
    }
}
