package io.salespulse.datagen;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.ResolverStyle;
import java.util.Locale;
import java.util.regex.Pattern;

/** Reads documents by docs/rules.md, sections 1 to 4, with Jackson and nothing of the generator. */
final class DocumentJudge {

    private static final JsonMapper MAPPER =
            JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();
    private static final Pattern ISO =
            Pattern.compile(
                    "\\d{4}-\\d\\d-\\d\\dT([01]\\d|2[0-3]):\\d\\d(:\\d\\d(\\.\\d{1,9})?)?(Z|[+-]\\d\\d(:?\\d\\d)?)");
    private static final DateTimeFormatter ISO_FORMAT =
            DateTimeFormatter.ofPattern(
                            "uuuu-MM-dd'T'HH:mm[:ss][.SSSSSSSSS][.SSS][XXX][XX][X]", Locale.ROOT)
                    .withResolverStyle(ResolverStyle.STRICT);
    private static final Pattern PLAIN =
            Pattern.compile("\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d(\\.\\d{3})?");
    private static final DateTimeFormatter PLAIN_FORMAT =
            DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss[.SSS]", Locale.ROOT)
                    .withResolverStyle(ResolverStyle.STRICT);
    private static final BigDecimal HIGHEST_AMOUNT = new BigDecimal("999999999.99");

    private DocumentJudge() {}

    /**
     * @param reason why the document is rejected, or null if it is valid; the other fields are then
     *     set
     */
    record Verdict(RejectionReason reason, long eventTime, String category, long cents) {

        private static Verdict rejected(RejectionReason reason) {
            return new Verdict(reason, 0, null, 0);
        }
    }

    static Verdict judge(byte[] value) throws IOException {
        if (value == null) {
            return Verdict.rejected(RejectionReason.NULL_VALUE);
        }
        JsonNode document;
        String text;
        try {
            text = UTF_8.newDecoder().decode(ByteBuffer.wrap(value)).toString();
            document = MAPPER.readTree(text);
        } catch (CharacterCodingException | JsonProcessingException e) {
            return Verdict.rejected(RejectionReason.MALFORMED_JSON);
        }
        if (!document.isObject() || text.startsWith("\uFEFF")) {
            return Verdict.rejected(RejectionReason.MALFORMED_JSON);
        }
        return judgeFields(document, text);
    }

    private static Verdict judgeFields(JsonNode document, String text) throws IOException {
        JsonNode category =
                document.hasNonNull("category")
                        ? document.get("category")
                        : document.get("product_category");
        boolean complete =
                document.path("transaction_id").isTextual()
                        && !document.get("transaction_id").textValue().isBlank()
                        && document.hasNonNull("timestamp")
                        && document.hasNonNull("amount")
                        && category != null
                        && !category.isNull();
        if (!complete) {
            return Verdict.rejected(RejectionReason.MISSING_FIELD);
        }
        Long eventTime = eventTime(document.get("timestamp"));
        if (eventTime == null || eventTime <= 0) {
            return Verdict.rejected(RejectionReason.INVALID_TIMESTAMP);
        }
        Long cents = document.get("amount").isNumber() ? cents(lastAmount(text)) : null;
        if (cents == null) {
            return Verdict.rejected(RejectionReason.INVALID_AMOUNT);
        }
        if (!category.isTextual() || !isCategory(category.textValue())) {
            return Verdict.rejected(RejectionReason.INVALID_CATEGORY);
        }
        return new Verdict(null, eventTime, category.textValue(), cents);
    }

    private static Long eventTime(JsonNode node) {
        if (node.isIntegralNumber()) {
            return node.canConvertToLong() ? node.longValue() : null;
        }
        String text = node.isTextual() ? node.textValue() : "";
        try {
            if (ISO.matcher(text).matches()) {
                return OffsetDateTime.parse(text, ISO_FORMAT).toInstant().toEpochMilli();
            }
            if (PLAIN.matcher(text).matches()) {
                return Instant.parse(LocalDateTime.parse(text, PLAIN_FORMAT) + ":00Z")
                        .toEpochMilli();
            }
        } catch (DateTimeException e) {
            return null;
        }
        return null;
    }

    /** As it is written: a parsed number no longer tells of an exponent. */
    private static String lastAmount(String text) throws IOException {
        String amount = null;
        try (JsonParser parser = MAPPER.createParser(text)) {
            parser.nextToken();
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                boolean isAmount = parser.currentName().equals("amount");
                parser.nextToken();
                amount = isAmount ? parser.getText() : amount;
                parser.skipChildren();
            }
        }
        return amount;
    }

    private static Long cents(String amount) {
        BigDecimal value = new BigDecimal(amount).stripTrailingZeros();
        boolean valid =
                !amount.toLowerCase(Locale.ROOT).contains("e")
                        && value.scale() <= 2
                        && value.signum() >= 0
                        && value.compareTo(HIGHEST_AMOUNT) <= 0;
        return valid ? value.movePointRight(2).longValueExact() : null;
    }

    private static boolean isCategory(String text) {
        return text.codePointCount(0, text.length()) <= 100
                && !text.isBlank()
                && text.codePoints()
                        .noneMatch(c -> Character.isISOControl(c) || (c >= 0xD800 && c <= 0xDFFF));
    }
}
