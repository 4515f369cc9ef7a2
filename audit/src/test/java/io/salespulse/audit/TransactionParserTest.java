package io.salespulse.audit;

import static io.salespulse.audit.Reason.INVALID_AMOUNT;
import static io.salespulse.audit.Reason.INVALID_CATEGORY;
import static io.salespulse.audit.Reason.INVALID_TIMESTAMP;
import static io.salespulse.audit.Reason.MALFORMED_JSON;
import static io.salespulse.audit.Reason.MISSING_FIELD;
import static io.salespulse.audit.Reason.NULL_VALUE;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TransactionParserTest {
    private static final long TEN = Instant.parse("2026-01-15T10:00:00Z").toEpochMilli();
    private static final String GOOD =
            """
            {"transaction_id":"a","timestamp":"2026-01-15T10:00:00Z","category":"Books","amount":12.34}""";

    private final TransactionParser parser = new TransactionParser();

    @Test
    void aTransactionIsCounted() {
        assertThat(parse(GOOD)).isEqualTo(Parsed.transaction(TEN, 1234, "Books"));
    }

    @Test
    void theParserKeepsNothingOfTheValueBefore() {
        parse(GOOD);
        assertThat(parse("{}")).isEqualTo(Parsed.rejected(MISSING_FIELD));
    }

    @Test
    void aNullValueIsNotMalformed() {
        assertThat(parser.parse(null)).isEqualTo(Parsed.rejected(NULL_VALUE));
    }

    // Section 1: the document.

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "null",
                "[]",
                "\"text\"",
                "1",
                "{",
                "{}}",
                "{} {}",
                "{},",
                "{}x",
                "{}\u00a0",
                "{}\f",
                "{}\0",
                "\uFEFF{}",
                "{\"a\"}",
                "{\"a\":}",
                "{\"a\":1,}",
                "{\"a\":1 \"b\":2}",
                "{\"a\":1\"b\":2}",
                "{a:1}",
                "{'a':1}",
                "{\"a\":'b'}",
                "{\"a\":01}",
                "{\"a\":+1}",
                "{\"a\":.5}",
                "{\"a\":5.}",
                "{\"a\":-}",
                "{\"a\":1e}",
                "{\"a\":1.e2}",
                "{\"a\":0x1}",
                "{\"a\":NaN}",
                "{\"a\":-Infinity}",
                "{\"a\":nul}",
                "{\"a\":nullx}",
                "{\"a\":True}",
                "{\"a\":\"\t\"}",
                "{\"a\":\"\n\"}",
                "{\"a\":\"\\x\"}",
                "{\"a\":\"\\u12g4\"}",
                "{\"a\":\"open}",
                "{\"a\":[1,]}",
                "{\"a\":[1}",
                "{\"a\":1/**/}",
                "{\"a\":1#\n}"
            })
    void malformed(String value) {
        assertThat(parse(value)).isEqualTo(Parsed.rejected(MALFORMED_JSON));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                " \t\r\n{ \t\r\n} \t\r\n",
                "{\"a\":\"\u007f\"}",
                "{\"a\":\"\\ud800\"}",
                "{\"\\udc00\":1}",
                "{\"a\":1e400,\"b\":-0,\"c\":1E+2,\"d\":0.0e-0}",
                "{\"\":{\"\":[]}}"
            })
    void wellFormedThoughOfNoUse(String value) {
        assertThat(parse(value)).isEqualTo(Parsed.rejected(MISSING_FIELD));
    }

    @ParameterizedTest
    @CsvSource({
        "c0 af, overlong",
        "e0 80 af, overlong in three bytes",
        "ed a0 80, encoded high surrogate",
        "ed b0 80, encoded low surrogate",
        "f4 90 80 80, above U+10FFFF",
        "80, continuation alone",
        "c3, cut in the middle",
        "ff, never in UTF-8"
    })
    void invalidUtf8InAnIgnoredFieldIsMalformed(String hex, String description) {
        ByteArrayOutputStream value = new ByteArrayOutputStream();
        value.writeBytes("{\"ignored\":\"".getBytes(StandardCharsets.UTF_8));
        for (String octet : hex.split(" ")) {
            value.write(Integer.parseInt(octet, 16));
        }
        value.writeBytes(("\"," + GOOD.substring(1)).getBytes(StandardCharsets.UTF_8));
        assertThat(parser.parse(value.toByteArray()))
                .as(description)
                .isEqualTo(Parsed.rejected(MALFORMED_JSON));
    }

    @Test
    void utf8CutAtTheEndIsMalformed() {
        byte[] value = (GOOD + "\u00e9").getBytes(StandardCharsets.UTF_8);
        assertThat(parser.parse(Arrays.copyOf(value, value.length - 1)))
                .isEqualTo(Parsed.rejected(MALFORMED_JSON));
    }

    @ParameterizedTest
    @CsvSource({"999, ", "1000, MALFORMED_JSON"})
    void nestingIsCountedWithTheTopObject(int arrays, Reason expected) {
        String nested = "[".repeat(arrays) + "]".repeat(arrays);
        assertThat(parse(with("\"deep\":" + nested)).rejection()).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"1000, ", "1001, MALFORMED_JSON"})
    void numbersAreLimitedWithSignAndPoint(int length, Reason expected) {
        assertThat(parse(with("\"n\":-1." + "5".repeat(length - 3))).rejection())
                .isEqualTo(expected);
        assertThat(parse(with("\"n\":[1" + "0".repeat(length - 1) + "]")).rejection())
                .isEqualTo(expected);
        assertThat(parse(with("\"n\":1e" + "1".repeat(length - 2))).rejection())
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"50000, ", "50001, MALFORMED_JSON"})
    void namesAreLimitedAtAnyDepth(int length, Reason expected) {
        String name = "n".repeat(length);
        assertThat(parse(with("\"" + name + "\":1")).rejection()).isEqualTo(expected);
        assertThat(parse(with("\"o\":{\"" + name + "\":1}")).rejection()).isEqualTo(expected);
    }

    @Test
    void textHasNoLimit() {
        assertThat(parse(with("\"text\":\"" + "x".repeat(21_000_000) + "\"")).rejection()).isNull();
    }

    @Test
    void namesWithEqualHashesAreWellFormed() {
        StringBuilder members = new StringBuilder("\"m\":1");
        for (int i = 0; i < 1 << 10; i++) {
            StringBuilder name = new StringBuilder();
            for (int bit = 0; bit < 10; bit++) {
                name.append((i >> bit & 1) == 0 ? "Aa" : "BB");
            }
            members.append(",\"").append(name).append("\":1");
        }
        assertThat(parse(with(members.toString())).rejection()).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"transaction_id", "timestamp", "category", "amount"})
    void eachFieldIsNeeded(String name) {
        assertThat(parse(GOOD.replace(name, name + "_")).rejection()).isEqualTo(MISSING_FIELD);
        assertThat(parse(with("\"" + name + "\":null")).rejection()).isEqualTo(MISSING_FIELD);
        assertThat(parse(GOOD.replace(name, name.toUpperCase(Locale.ROOT))).rejection())
                .isEqualTo(MISSING_FIELD);
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"\"", "\" \"", "\"\\t\\u2003\"", "1", "true", "{}", "[]", "null"})
    void transactionIdMustBeTextThatIsNotBlank(String id) {
        assertThat(parse(with("\"transaction_id\":" + id)).rejection()).isEqualTo(MISSING_FIELD);
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"\\u00a0\"", "\"\\ud800\"", "\"\\u0000\"", "\" x \""})
    void transactionIdMayBeOddText(String id) {
        assertThat(parse(with("\"transaction_id\":" + id)).rejection()).isNull();
    }

    @Test
    void ofARepeatedKeyTheLastWins() {
        assertThat(parse(with("\"amount\":1,\"amount\":2")))
                .isEqualTo(Parsed.transaction(TEN, 200, "Books"));
        assertThat(parse(with("\"amount\":null,\"amount\":2")))
                .isEqualTo(Parsed.transaction(TEN, 200, "Books"));
        assertThat(parse(with("\"amount\":\"x\",\"am\\u006funt\":3")))
                .isEqualTo(Parsed.transaction(TEN, 300, "Books"));
    }

    @Test
    void nestedMembersAreNotTheRecordsOwn() {
        assertThat(parse(with("\"more\":{\"amount\":1,\"category\":null}")))
                .isEqualTo(Parsed.transaction(TEN, 1234, "Books"));
    }

    @Test
    void theFirstRuleThatFailsGivesTheReason() {
        String allWrong =
                "{\"transaction_id\":\"a\",\"timestamp\":\"x\",\"category\":\"\",\"amount\":-1}";
        assertThat(parse(allWrong).rejection()).isEqualTo(INVALID_TIMESTAMP);
        assertThat(parse(allWrong.replace("\"x\"", "5")).rejection()).isEqualTo(INVALID_AMOUNT);
        assertThat(parse(allWrong.replace("\"x\"", "5").replace("-1", "1")).rejection())
                .isEqualTo(INVALID_CATEGORY);
        assertThat(parse(allWrong.replace("\"a\"", "7")).rejection()).isEqualTo(MISSING_FIELD);
        assertThat(parse(allWrong + ".").rejection()).isEqualTo(MALFORMED_JSON);
    }

    // Section 2: event time.

    @ParameterizedTest
    @CsvSource({
        "2026-01-15T10:00:00Z, 2026-01-15T10:00:00Z",
        "2026-01-15T10:00Z, 2026-01-15T10:00:00Z",
        "2026-01-15T10:00+02, 2026-01-15T08:00:00Z",
        "2026-01-15T10:00+0230, 2026-01-15T07:30:00Z",
        "2026-01-15T10:00:00+02:30, 2026-01-15T07:30:00Z",
        "2026-01-15T10:00:00-02:30, 2026-01-15T12:30:00Z",
        "2026-01-15T10:00:00-00:00, 2026-01-15T10:00:00Z",
        "2026-01-15T10:00:00+18:00, 2026-01-14T16:00:00Z",
        "2026-01-15T10:00:00-18, 2026-01-16T04:00:00Z",
        "2026-01-15T10:00:00.1Z, 2026-01-15T10:00:00.100Z",
        "2026-01-15T10:00:00.12Z, 2026-01-15T10:00:00.120Z",
        "2026-01-15T10:00:00.123Z, 2026-01-15T10:00:00.123Z",
        "2026-01-15T10:00:00.123999999Z, 2026-01-15T10:00:00.123Z",
        "2026-01-15T10:00:00.123+0130, 2026-01-15T08:30:00.123Z",
        "2024-02-29T23:59:59Z, 2024-02-29T23:59:59Z",
        "1970-01-01T00:00:00.001Z, 1970-01-01T00:00:00.001Z",
        "1970-01-01T01:00:00.001+01, 1970-01-01T00:00:00.001Z",
        "1969-12-31T23:59:59-01:00, 1970-01-01T00:59:59Z",
        "9999-12-31T23:59:59.999999999Z, 9999-12-31T23:59:59.999Z",
        "2026-01-15 10:00:00, 2026-01-15T10:00:00Z",
        "2026-01-15 10:00:00.123, 2026-01-15T10:00:00.123Z"
    })
    void eventTimeAsText(String text, Instant expected) {
        assertThat(parse(withTimestamp("\"" + text + "\"")))
                .isEqualTo(Parsed.transaction(expected.toEpochMilli(), 1234, "Books"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "Z",
                "2026-01-15",
                "2026-01-15T10:00:00",
                "2026-01-15T10Z",
                "2026-01-15T10:00:Z",
                "2026-01-15T10:00:0Z",
                "2026-01-15t10:00:00Z",
                "2026-01-15T10:00:00z",
                "2026-01-15T10:00:00.Z",
                "2026-01-15T10:00:00.1234567890Z",
                "2026-01-15T10:00:00,1Z",
                "2026-01-15T10:00.5Z",
                "2026-01-15T10:00:00+1",
                "2026-01-15T10:00:00+1:00",
                "2026-01-15T10:00:00+01:0",
                "2026-01-15T10:00:00+01:000",
                "2026-01-15T10:00:00+01:60",
                "2026-01-15T10:00:00+18:01",
                "2026-01-15T10:00:00-18:01",
                "2026-01-15T10:00:00+19",
                "2026-01-15T10:00:00+01:00:00",
                "2026-01-15T10:00:00 Z",
                "2026-01-15T10:00:00ZZ",
                "2026-01-15T10:00:00Z ",
                " 2026-01-15T10:00:00Z",
                "2026-01-15T10:00:00Z[UTC]",
                "2026-01-15T24:00:00Z",
                "2026-01-15T10:60:00Z",
                "2026-01-15T10:00:60Z",
                "2026-13-01T10:00:00Z",
                "2026-00-01T10:00:00Z",
                "2026-01-00T10:00:00Z",
                "2026-01-32T10:00:00Z",
                "2026-02-29T10:00:00Z",
                "2100-02-29T10:00:00Z",
                "2026-1-15T10:00:00Z",
                "26-01-15T10:00:00Z",
                "+2026-01-15T10:00:00Z",
                "-2026-01-15T10:00:00Z",
                "12026-01-15T10:00:00Z",
                "2026/01/15T10:00:00Z",
                "2026-01-15T10.00:00Z",
                "2026-01-15T10:00:\u0661\u0662Z",
                "1970-01-01T00:00:00Z",
                "1970-01-01T00:00:00.000999Z",
                "1970-01-01T00:30:00+01:00",
                "1969-12-31T23:59:59Z",
                "0000-01-01T00:00:00Z",
                "9999-12-31T23:59:59-01:00",
                "2026-01-15 10:00",
                "2026-01-15 10:00:00Z",
                "2026-01-15 10:00:00+00:00",
                "2026-01-15 10:00:00.1",
                "2026-01-15 10:00:00.12",
                "2026-01-15 10:00:00.1234",
                "2026-01-15 10:00:00,123",
                "2026-01-15 10:00:61",
                "2026-01-15 24:00:00",
                "2026-01-15  10:00:0",
                "1970-01-01 00:00:00",
                "1768471200000"
            })
    void invalidTimestampAsText(String text) {
        assertThat(parse(withTimestamp("\"" + text + "\"")).rejection())
                .isEqualTo(INVALID_TIMESTAMP);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 1_768_471_200_000L, 253_402_300_799_999L})
    void eventTimeAsNumber(long millis) {
        assertThat(parse(withTimestamp(Long.toString(millis))))
                .isEqualTo(Parsed.transaction(millis, 1234, "Books"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0",
                "-0",
                "-1",
                "253402300800000",
                "9223372036854775808",
                "10000000000000000000001768471200000",
                "1768471200000.0",
                "1.7e12",
                "17E11",
                "true",
                "false",
                "{}",
                "[1768471200000]"
            })
    void invalidTimestampAsOtherJson(String json) {
        assertThat(parse(withTimestamp(json)).rejection()).isEqualTo(INVALID_TIMESTAMP);
    }

    // Section 3: amount.

    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "-0, 0",
        "-0.00, 0",
        "0.01, 1",
        "0.1, 10",
        "1, 100",
        "1.10, 110",
        "1.100000, 110",
        "129.99, 12999",
        "4.35, 435",
        "999999999, 99999999900",
        "999999999.99, 99999999999",
        "999999999.990, 99999999999"
    })
    void amount(String number, long cents) {
        assertThat(parse(with("\"amount\":" + number)))
                .isEqualTo(Parsed.transaction(TEN, cents, "Books"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0.001",
                "-0.001",
                "1.999",
                "-1",
                "-0.01",
                "1000000000",
                "1000000000.00",
                "999999999.991",
                "1e2",
                "1E0",
                "1.5e1",
                "0e0",
                "\"1.00\"",
                "\"\"",
                "true",
                "{}",
                "[1]"
            })
    void invalidAmount(String json) {
        assertThat(parse(with("\"amount\":" + json)).rejection()).isEqualTo(INVALID_AMOUNT);
    }

    @Test
    void trailingZerosOfAnAmountDoNotCount() {
        assertThat(parse(with("\"amount\":7.25" + "0".repeat(996))))
                .isEqualTo(Parsed.transaction(TEN, 725, "Books"));
    }

    // Section 4: category.

    @ParameterizedTest
    @ValueSource(
            strings = {
                "x",
                " padded ",
                "books",
                "B\u00fccher",
                "\ud83d\ude00",
                "\u00a0",
                "a\u200bb",
                "\ufffd"
            })
    void categoryIsTakenAsItIs(String category) {
        assertThat(parse(withCategory(category)))
                .isEqualTo(Parsed.transaction(TEN, 1234, category));
    }

    @Test
    void categoryIsMeasuredInCodePoints() {
        String hundred = "\ud83d\ude00".repeat(100);
        assertThat(parse(withCategory(hundred)).category()).isEqualTo(hundred);
        assertThat(parse(withCategory(hundred + "x")).rejection()).isEqualTo(INVALID_CATEGORY);
        assertThat(parse(withCategory("x".repeat(100))).rejection()).isNull();
        assertThat(parse(withCategory("x".repeat(101))).rejection()).isEqualTo(INVALID_CATEGORY);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"\"",
                "\"  \"",
                "\"\\u2028\"",
                "\"a\\u0000\"",
                "\"a\\u001f\"",
                "\"a\\n\"",
                "\"a\\u007f\"",
                "\"a\\u0085\"",
                "\"a\\u009f\"",
                "\"a\\ud800\"",
                "\"\\udc00a\"",
                "\"\\udc00\\ud800\"",
                "1",
                "true",
                "{}",
                "[\"a\"]"
            })
    void invalidCategory(String json) {
        assertThat(parse(with("\"category\":" + json)).rejection()).isEqualTo(INVALID_CATEGORY);
        assertThat(parse(with("\"category\":null,\"product_category\":" + json)).rejection())
                .isEqualTo(INVALID_CATEGORY);
    }

    @Test
    void anEscapedPairIsOneCodePoint() {
        assertThat(parse(with("\"category\":\"\\ud83d\\ude00\"")).category())
                .isEqualTo("\ud83d\ude00");
    }

    @Test
    void productCategoryStandsInForAMissingCategoryOnly() {
        assertThat(parse(GOOD.replace("\"category\"", "\"product_category\"")))
                .isEqualTo(parse(GOOD));
        assertThat(parse(with("\"product_category\":\"Toys\"")).category()).isEqualTo("Books");
        assertThat(parse(with("\"category\":null,\"product_category\":\"Toys\"")).category())
                .isEqualTo("Toys");
        assertThat(parse(with("\"category\":\"\",\"product_category\":\"Toys\"")).rejection())
                .isEqualTo(INVALID_CATEGORY);
        assertThat(parse(with("\"category\":5,\"product_category\":\"Toys\"")).rejection())
                .isEqualTo(INVALID_CATEGORY);
        assertThat(parse(with("\"category\":null,\"product_category\":null")).rejection())
                .isEqualTo(MISSING_FIELD);
        assertThat(parse(with("\"product_category\":5")).category()).isEqualTo("Books");
    }

    private Parsed parse(String value) {
        return parser.parse(value.getBytes(StandardCharsets.UTF_8));
    }

    /** The good document with more members at its end, which win over those before. */
    private static String with(String members) {
        return GOOD.substring(0, GOOD.length() - 1) + "," + members + "}";
    }

    private static String withTimestamp(String json) {
        return with("\"timestamp\":" + json);
    }

    private static String withCategory(String category) {
        return with("\"category\":\"" + category + "\"");
    }
}
