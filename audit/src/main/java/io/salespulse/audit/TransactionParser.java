package io.salespulse.audit;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.OptionalLong;

/**
 * Judges a record's value by docs/rules.md sections 1 to 4. Shares no code with the job on purpose:
 * an error in one of the two shows up as a difference.
 *
 * <p>The bytes are decoded before they are parsed, because Jackson's own byte parser lets some
 * invalid UTF-8 pass in fields that nobody asks for; and numbers are read from their text, never
 * through a double. Not thread-safe.
 */
final class TransactionParser {
    private static final int MAX_NESTING = 1_000;
    private static final int MAX_NUMBER_LENGTH = 1_000;
    private static final int MAX_NAME_LENGTH = 50_000;
    private static final int MAX_CATEGORY_LENGTH = 100;
    private static final int MAX_WHOLE_DIGITS = 9;
    private static final char BYTE_ORDER_MARK = '\uFEFF';

    // Jackson's limits are counted otherwise than the rules count (a number without its sign, say),
    // so they are off here and
    // the rules' own are checked below. Its guard against names with equal hashes would refuse
    // well-formed documents.
    private static final JsonFactory JSON =
            new JsonFactoryBuilder()
                    .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                    .disable(JsonFactory.Feature.FAIL_ON_SYMBOL_HASH_OVERFLOW)
                    .streamReadConstraints(
                            StreamReadConstraints.builder()
                                    .maxNestingDepth(Integer.MAX_VALUE)
                                    .maxNumberLength(Integer.MAX_VALUE)
                                    .maxNameLength(Integer.MAX_VALUE)
                                    .maxStringLength(Integer.MAX_VALUE)
                                    .build())
                    .build();

    private final CharsetDecoder utf8 =
            StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT);

    private CharBuffer chars = CharBuffer.allocate(4_096);
    private Field transactionId;
    private Field timestamp;
    private Field amount;
    private Field category;
    private Field productCategory;

    /** Returns what the value, which may be null, says or why it is rejected. */
    Parsed parse(byte[] value) {
        if (value == null) {
            return Parsed.rejected(Reason.NULL_VALUE);
        }
        if (!decode(value) || !readDocument()) {
            return Parsed.rejected(Reason.MALFORMED_JSON);
        }
        return judgeFields();
    }

    private boolean decode(byte[] value) {
        if (chars.capacity() < value.length) {
            chars = CharBuffer.allocate(value.length);
        }
        chars.clear();
        utf8.reset();
        if (utf8.decode(ByteBuffer.wrap(value), chars, true).isError()) {
            return false;
        }
        chars.flip();
        return chars.isEmpty() || chars.get(0) != BYTE_ORDER_MARK;
    }

    private boolean readDocument() {
        transactionId = Field.MISSING;
        timestamp = Field.MISSING;
        amount = Field.MISSING;
        category = Field.MISSING;
        productCategory = Field.MISSING;
        try (JsonParser json = JSON.createParser(chars.array(), 0, chars.limit())) {
            return json.nextToken() == JsonToken.START_OBJECT
                    && readMembers(json)
                    && json.nextToken() == null;
        } catch (JsonProcessingException e) {
            return false;
        } catch (IOException e) {
            throw new UncheckedIOException("reading from memory", e);
        }
    }

    /** Reads to the end of the top object; false if a limit of the rules is passed. */
    private boolean readMembers(JsonParser json) throws IOException {
        int depth = 1;
        String name = null;
        while (depth > 0) {
            JsonToken token = json.nextToken();
            if (token == JsonToken.FIELD_NAME) {
                name = json.currentName();
                if (name.length() > MAX_NAME_LENGTH) {
                    return false;
                }
                continue;
            }
            if (token.isStructEnd()) {
                depth--;
                continue;
            }
            if (token.isNumeric() && json.getTextLength() > MAX_NUMBER_LENGTH) {
                return false;
            }
            if (depth == 1) {
                keep(name, json, token);
            }
            if (token.isStructStart() && ++depth > MAX_NESTING) {
                return false;
            }
        }
        return true;
    }

    private void keep(String name, JsonParser json, JsonToken token) throws IOException {
        switch (name) {
            case "transaction_id" -> transactionId = Field.of(json, token);
            case "timestamp" -> timestamp = Field.of(json, token);
            case "amount" -> amount = Field.of(json, token);
            case "category" -> category = Field.of(json, token);
            case "product_category" -> productCategory = Field.of(json, token);
            default -> {} // well-formed, and of no interest
        }
    }

    private Parsed judgeFields() {
        Field chosenCategory = category.isMissing() ? productCategory : category;
        if (!transactionId.isString()
                || isBlank(transactionId.text())
                || timestamp.isMissing()
                || amount.isMissing()
                || chosenCategory.isMissing()) {
            return Parsed.rejected(Reason.MISSING_FIELD);
        }
        OptionalLong eventTime = eventTime(timestamp);
        if (eventTime.isEmpty()) {
            return Parsed.rejected(Reason.INVALID_TIMESTAMP);
        }
        OptionalLong cents = amount.isNumber() ? cents(amount.text()) : OptionalLong.empty();
        if (cents.isEmpty()) {
            return Parsed.rejected(Reason.INVALID_AMOUNT);
        }
        if (!chosenCategory.isString() || !isCategory(chosenCategory.text())) {
            return Parsed.rejected(Reason.INVALID_CATEGORY);
        }
        return Parsed.transaction(eventTime.getAsLong(), cents.getAsLong(), chosenCategory.text());
    }

    private static OptionalLong eventTime(Field timestamp) {
        if (timestamp.isString()) {
            return EventTime.ofText(timestamp.text());
        }
        return timestamp.isNumber() ? EventTime.ofNumber(timestamp.text()) : OptionalLong.empty();
    }

    /** The cents of a JSON number, empty if the rules do not accept it. */
    private static OptionalLong cents(String number) {
        boolean negative = number.charAt(0) == '-';
        int point = number.indexOf('.');
        String whole = number.substring(negative ? 1 : 0, point < 0 ? number.length() : point);
        String fraction = point < 0 ? "" : withoutTrailingZeros(number.substring(point + 1));
        boolean plain = isDigits(whole) && isDigits(fraction);
        if (!plain || whole.length() > MAX_WHOLE_DIGITS || fraction.length() > 2) {
            return OptionalLong.empty();
        }
        long cents = Long.parseLong(whole + (fraction + "00").substring(0, 2));
        return negative && cents != 0 ? OptionalLong.empty() : OptionalLong.of(cents);
    }

    private static String withoutTrailingZeros(String digits) {
        int end = digits.length();
        while (end > 0 && digits.charAt(end - 1) == '0') {
            end--;
        }
        return digits.substring(0, end);
    }

    private static boolean isDigits(String text) {
        return text.chars().allMatch(c -> c >= '0' && c <= '9');
    }

    private static boolean isCategory(String text) {
        int length = text.codePointCount(0, text.length());
        return length <= MAX_CATEGORY_LENGTH
                && !isBlank(text)
                && text.codePoints()
                        .noneMatch(c -> Character.isISOControl(c) || isUnpairedSurrogate(c));
    }

    /** A paired surrogate has become a supplementary code point by then. */
    private static boolean isUnpairedSurrogate(int codePoint) {
        return codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE;
    }

    private static boolean isBlank(String text) {
        return text.codePoints().allMatch(Character::isWhitespace);
    }

    /**
     * A member's value.
     *
     * @param token its type; {@code VALUE_NULL} also stands for a member that is not there
     * @param text a string's content or a number's digits as they were written; null for other
     *     types
     */
    private record Field(JsonToken token, String text) {
        static final Field MISSING = new Field(JsonToken.VALUE_NULL, null);

        static Field of(JsonParser json, JsonToken token) throws IOException {
            boolean hasText = token == JsonToken.VALUE_STRING || token.isNumeric();
            return new Field(token, hasText ? json.getText() : null);
        }

        boolean isMissing() {
            return token == JsonToken.VALUE_NULL;
        }

        boolean isString() {
            return token == JsonToken.VALUE_STRING;
        }

        boolean isNumber() {
            return token.isNumeric();
        }
    }
}
