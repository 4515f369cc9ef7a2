package io.salespulse.event;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The rules once more, written for clarity alone on Jackson's tree, {@code java.time}, {@link
 * BigDecimal} and regular expressions. It shares no code with the parser under test.
 */
final class ReferenceParser {

    /** What a value is: rejected for {@code reason}, or else valid with the other three. */
    record Outcome(
            RejectionReason reason, long eventTimeMillis, long amountCents, String category) {

        static Outcome of(TransactionParser parser) {
            return new Outcome(
                    parser.rejectionReason(),
                    parser.eventTimeMillis(),
                    parser.amountCents(),
                    parser.category());
        }

        static Outcome rejected(RejectionReason reason) {
            return new Outcome(reason, 0, 0, null);
        }
    }

    private static final Pattern NUMBER_TOKEN = Pattern.compile("-?[0-9][-+.0-9eE]*+");
    private static final Pattern TOKEN =
            Pattern.compile(
                    "\"[^\"\\\\]*+(?:\\\\.[^\"\\\\]*+)*+\"|"
                            + NUMBER_TOKEN
                            + "|[a-z]++|[{}\\[\\],:]");
    private static final Pattern ISO =
            Pattern.compile(
                    "([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\\.[0-9]{1,9})?)?)"
                            + "(Z|[+-][0-9]{2}(?::?[0-9]{2})?)");
    private static final Pattern UTC =
            Pattern.compile("[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]{3})?");
    private static final Instant LAST = Instant.parse("9999-12-31T23:59:59.999Z");
    private static final BigDecimal MAX_AMOUNT = new BigDecimal("999999999.99");

    private final ObjectMapper mapper =
            JsonMapper.builder(
                            JsonFactory.builder()
                                    .streamReadConstraints(
                                            StreamReadConstraints.builder()
                                                    .maxNestingDepth(1_000)
                                                    .maxNameLength(50_000)
                                                    .maxNumberLength(Integer.MAX_VALUE)
                                                    .build())
                                    .build())
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .build();

    Outcome parse(byte[] value) {
        try {
            String document =
                    StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(value)).toString();
            JsonNode tree = mapper.readTree(document);
            return tree.isObject()
                    ? judge(tree, numbers(document))
                    : Outcome.rejected(RejectionReason.MALFORMED_JSON);
        } catch (CharacterCodingException | JsonProcessingException e) {
            return Outcome.rejected(RejectionReason.MALFORMED_JSON);
        }
    }

    /** The members of a well-formed object whose last value is a number, as it is written. */
    private Map<String, String> numbers(String document) throws JsonProcessingException {
        Map<String, String> numbers = new HashMap<>();
        int depth = 0;
        String name = null;
        String previous = "";
        Matcher tokens = TOKEN.matcher(document);
        while (tokens.find()) {
            String token = tokens.group();
            boolean number = NUMBER_TOKEN.matcher(token).matches();
            if (number && token.length() > 1_000) {
                throw new NumberTooLong();
            }
            if (depth == 1 && previous.equals(":") && number) {
                numbers.put(name, token);
            }
            if (depth == 1 && token.startsWith("\"") && !previous.equals(":")) {
                name = mapper.readValue(token, String.class);
            }
            if (token.equals("{") || token.equals("[")) {
                depth++;
            } else if (token.equals("}") || token.equals("]")) {
                depth--;
            }
            previous = token;
        }
        return numbers;
    }

    private static final class NumberTooLong extends JsonProcessingException {
        NumberTooLong() {
            super("number too long");
        }
    }

    private static Outcome judge(JsonNode tree, Map<String, String> numbers) {
        JsonNode id = tree.path("transaction_id");
        JsonNode category =
                isMissing(tree.path("category"))
                        ? tree.path("product_category")
                        : tree.path("category");
        boolean noId =
                !id.isTextual() || id.textValue().codePoints().allMatch(Character::isWhitespace);
        if (noId
                || isMissing(tree.path("timestamp"))
                || isMissing(tree.path("amount"))
                || isMissing(category)) {
            return Outcome.rejected(RejectionReason.MISSING_FIELD);
        }
        Instant time;
        try {
            JsonNode timestamp = tree.path("timestamp");
            time =
                    timestamp.isTextual()
                            ? time(timestamp.textValue())
                            : timestamp.isNumber() ? epochMillis(numbers.get("timestamp")) : null;
        } catch (DateTimeException | ArithmeticException e) {
            time = null;
        }
        if (time == null || !time.isAfter(Instant.EPOCH) || time.isAfter(LAST)) {
            return Outcome.rejected(RejectionReason.INVALID_TIMESTAMP);
        }
        if (!tree.path("amount").isNumber() || !isAmount(numbers.get("amount"))) {
            return Outcome.rejected(RejectionReason.INVALID_AMOUNT);
        }
        if (!category.isTextual() || !isCategory(category.textValue())) {
            return Outcome.rejected(RejectionReason.INVALID_CATEGORY);
        }
        long cents = new BigDecimal(numbers.get("amount")).movePointRight(2).longValueExact();
        return new Outcome(null, time.toEpochMilli(), cents, category.textValue());
    }

    private static boolean isMissing(JsonNode node) {
        return node.isMissingNode() || node.isNull();
    }

    private static Instant time(String text) {
        Matcher iso = ISO.matcher(text);
        if (iso.matches()) {
            LocalDateTime local = LocalDateTime.parse(iso.group(1));
            return local.toInstant(ZoneOffset.of(iso.group(2))).truncatedTo(ChronoUnit.MILLIS);
        }
        return UTC.matcher(text).matches()
                ? LocalDateTime.parse(text.replace(' ', 'T')).toInstant(ZoneOffset.UTC)
                : null;
    }

    private static Instant epochMillis(String number) {
        return number.matches("-?[0-9]+")
                ? Instant.ofEpochMilli(new BigDecimal(number).longValueExact())
                : null;
    }

    private static boolean isAmount(String number) {
        if (number.contains("e") || number.contains("E")) {
            return false;
        }
        BigDecimal value = new BigDecimal(number);
        return value.stripTrailingZeros().scale() <= 2
                && value.signum() >= 0
                && value.compareTo(MAX_AMOUNT) <= 0;
    }

    private static boolean isCategory(String text) {
        int[] codePoints = text.codePoints().toArray();
        boolean blank = true;
        for (int codePoint : codePoints) {
            boolean surrogate = codePoint >= 0xD800 && codePoint <= 0xDFFF;
            boolean control = codePoint < 0x20 || (codePoint >= 0x7F && codePoint <= 0x9F);
            if (surrogate || control) {
                return false;
            }
            blank &= Character.isWhitespace(codePoint);
        }
        return !blank && codePoints.length <= 100;
    }
}
