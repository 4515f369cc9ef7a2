package io.salespulse.event;

import static io.salespulse.event.RejectionReason.INVALID_AMOUNT;
import static io.salespulse.event.RejectionReason.INVALID_CATEGORY;
import static io.salespulse.event.RejectionReason.INVALID_TIMESTAMP;
import static io.salespulse.event.RejectionReason.MALFORMED_JSON;
import static io.salespulse.event.RejectionReason.MISSING_FIELD;
import static io.salespulse.event.RejectionReason.NULL_VALUE;
import static org.assertj.core.api.Assertions.assertThat;

import io.salespulse.event.ReferenceParser.Outcome;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The rules one by one, both sides of each limit, on the fast path (where it applies) and on the
 * full parser.
 */
class TransactionParserTest {

    private static final String ID = "\"transaction_id\":\"5f0c\"";
    private static final String TIMESTAMP = "\"timestamp\":\"2026-01-15T10:00:00.123Z\"";
    private static final String AMOUNT = "\"amount\":129.99";
    private static final String CATEGORY = "\"category\":\"Electronics\"";
    private static final long MILLIS = Instant.parse("2026-01-15T10:00:00.123Z").toEpochMilli();
    private static final Outcome ORDINARY = new Outcome(null, MILLIS, 12_999, "Electronics");

    private final TransactionParser parser = new TransactionParser();
    private final TransactionScanner scanner = new TransactionScanner();

    // The shapes that must take the fast path.

    static Stream<String> ordinaryShapes() {
        return Stream.of(
                object(
                        ID,
                        TIMESTAMP,
                        CATEGORY,
                        "\"product_name\":\"Mouse\"",
                        AMOUNT,
                        "\"user_id\":\"user_42\""),
                "{\"transaction_id\": \"5f0c\", \"user_id\": \"user_1\", \"product_category\": \"Electronics\", \"amount\": 129.99, "
                        + "\"timestamp\": \"2026-01-15T10:00:00.123Z\", \"payment_method\": \"PayPal\"}",
                object(AMOUNT, CATEGORY, TIMESTAMP, ID),
                " \t\r\n{ "
                        + ID
                        + " ,\n"
                        + TIMESTAMP
                        + "\t,\r"
                        + AMOUNT
                        + " , "
                        + CATEGORY
                        + " }\n",
                object(ID, TIMESTAMP, AMOUNT, CATEGORY, "\"product_category\":null"),
                object(
                        ID,
                        TIMESTAMP,
                        AMOUNT,
                        "\"category\":null",
                        "\"product_category\":\"Electronics\""),
                object(ID, TIMESTAMP, AMOUNT, "\"product_category\":\"Toys\"", CATEGORY),
                object(ID, TIMESTAMP, AMOUNT, CATEGORY, "\"product_category\":\"Toys\""),
                object(ID, TIMESTAMP, AMOUNT, "\"category\":\"\\u0045lectronics\""),
                object(ID, TIMESTAMP, AMOUNT, CATEGORY, "\"product_name\":\"15\\\" Monitor\""),
                object(
                        ID,
                        TIMESTAMP,
                        AMOUNT,
                        CATEGORY,
                        "\"product_name\":\"日本 🎮 ü\"",
                        "\"größe\":1"),
                object(
                        ID,
                        TIMESTAMP,
                        AMOUNT,
                        CATEGORY,
                        "\"a\":true",
                        "\"b\":false",
                        "\"c\":null",
                        "\"d\":-1.5e+10"),
                object(
                        ID,
                        TIMESTAMP,
                        AMOUNT,
                        CATEGORY,
                        "\"items\":[{\"amount\":1,\"tags\":[]},{}]"),
                object(
                        ID,
                        TIMESTAMP,
                        AMOUNT,
                        CATEGORY,
                        "\"amounts\":\"x\"",
                        "\"Amount\":\"x\"",
                        "\"\":0"),
                object(ID, "\"timestamp\":1768471200123", AMOUNT, CATEGORY));
    }

    @ParameterizedTest
    @MethodSource("ordinaryShapes")
    void readsOrdinaryShapesWithoutTheFullParser(String json) {
        byte[] value = utf8(json);
        assertOutcome(value, ORDINARY);
        long fallbacks = parser.fallbackCount();

        parser.parse(value);

        assertThat(parser.fallbackCount()).isEqualTo(fallbacks);
    }

    @ParameterizedTest
    @MethodSource("ordinaryShapes")
    void rejectsEveryTruncation(String json) {
        byte[] value = utf8(json.strip());
        for (int length = 0; length < value.length; length++) {
            assertOutcome(Arrays.copyOf(value, length), Outcome.rejected(MALFORMED_JSON));
        }
    }

    // 1 The document.

    @Test
    void rejectsANullValue() {
        assertOutcome(null, Outcome.rejected(NULL_VALUE));
        assertThat(parser.rejectionDetail()).isEqualTo("the record has no value");
    }

    static Stream<String> malformedDocuments() {
        return Stream.of(
                "",
                " ",
                "null",
                "true",
                "5",
                "\"text\"",
                "[]",
                "[" + document() + "]",
                "{",
                "}",
                document() + "x",
                document() + ",",
                document() + "}",
                document() + document(),
                document() + " null",
                document() + "\0",
                document() + "\u000B",
                document() + "\u00A0",
                "\0" + document(),
                "\f" + document(),
                "\uFEFF" + document(),
                "//\n" + document(),
                "{," + ID + "}",
                "{" + ID + ",}",
                document().replace(",", ""),
                document().replace(",", ",,"),
                document().replace(":", " "),
                document().replace(":", "::"),
                document().replace(":", "="),
                document().replace('"', '\''),
                document().replace("\"amount\"", "amount"),
                document().replace("\"amount\"", "1"));
    }

    @ParameterizedTest
    @MethodSource("malformedDocuments")
    void rejectsWhatIsNotExactlyOneObject(String json) {
        assertOutcome(utf8(json), Outcome.rejected(MALFORMED_JSON));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "x",
                "tru",
                "truE",
                "True",
                "nul",
                "nulll",
                "NaN",
                "Infinity",
                "-Infinity",
                "undefined",
                "'x'",
                "[1,]",
                "[,1]",
                "[1 2]",
                "[",
                "]",
                "[}",
                "{]",
                "{\"a\":1,}",
                "{\"a\"}",
                "{\"a\":}",
                "{a:1}",
                "{1:1}",
                "01",
                "-01",
                "00",
                "1.",
                ".5",
                "-.5",
                "+1",
                "-",
                "--1",
                "1e",
                "1E+",
                "1.e1",
                "0x1",
                "1_0",
                "1,0",
                "1 0",
                "1/*c*/",
                "\"",
                "\"open",
                "\"a\nb\"",
                "\"a\tb\"",
                "\"a\0b\"",
                "\"a\u001Fb\"",
                "\"\\\"",
                "\"\\x\"",
                "\"\\'\"",
                "\"\\U0041\"",
                "\"\\u\"",
                "\"\\u12\"",
                "\"\\u12G4\"",
                "\"\\u-123\"",
                "\"\\\n\"",
                "\"a\"\"b\""
            })
    void rejectsMalformedValuesEvenOfIgnoredFields(String value) {
        assertOutcome(utf8(withOther(value)), Outcome.rejected(MALFORMED_JSON));
        assertOutcome(
                utf8(document(TIMESTAMP, "\"timestamp\":" + value)),
                Outcome.rejected(MALFORMED_JSON));
        assertOutcome(
                utf8(document(AMOUNT, "\"amount\":" + value)), Outcome.rejected(MALFORMED_JSON));
        assertOutcome(
                utf8(document(CATEGORY, "\"category\":" + value)),
                Outcome.rejected(MALFORMED_JSON));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0",
                "-0",
                "-0.0e-0",
                "1E5",
                "12345678901234567890",
                "1e999999",
                "true",
                "false",
                "null",
                "[]",
                "{}",
                "[ ]",
                "{ }",
                "[[],{\"a\":[1,\"x\",null]}]",
                "\"\"",
                "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00E9\\uFFFF\"",
                "\"\\ud800\"",
                "\"\\u0000\"",
                "\"\u007F\u0080\u009F\uFEFF\uFFFF\"",
                "\"\uD83C\uDFAE\uDBFF\uDFFF\"",
                "\"it's\"",
                "\"{}[],:\""
            })
    void ignoresAnyWellFormedOtherField(String value) {
        assertOutcome(utf8(withOther(value)), ORDINARY);
    }

    @ParameterizedTest
    @CsvSource({
        // The least and the greatest of each length, and beside the gaps.
        "C280, true",
        "DFBF, true",
        "E0A080, true",
        "ECBFBF, true",
        "ED8080, true",
        "ED9FBF, true",
        "EE8080, true",
        "EFBFBF, true",
        "F0908080, true",
        "F3BFBFBF, true",
        "F48FBFBF, true",
        // Stray continuation bytes, truncated characters.
        "80, false",
        "BF, false",
        "C2, false",
        "C222, false",
        "C2C2, false",
        "E282, false",
        "E28222, false",
        "E2C0AC, false",
        "F09F98, false",
        "F09F9822, false",
        "F09FC080, false",
        "F0C08080, false",
        // Overlong forms, surrogates, beyond Unicode, never bytes.
        "C080, false",
        "C1BF, false",
        "E08080, false",
        "E09FBF, false",
        "F0808080, false",
        "F08FBFBF, false",
        "EDA080, false",
        "EDBFBF, false",
        "EDA0BDEDB880, false",
        "F4908080, false",
        "F5808080, false",
        "F8888080, false",
        "FE, false",
        "FF, false"
    })
    void insistsOnStrictUtf8(String hex, boolean valid) {
        byte[] bytes = HexFormat.of().parseHex(hex);
        Outcome expected = valid ? ORDINARY : Outcome.rejected(MALFORMED_JSON);
        for (int padding = 0; padding < 9; padding++) {
            String head = "{\"other\":\"" + "x".repeat(padding);
            String tail = "\"," + document().substring(1);
            assertOutcome(concat(utf8(head), bytes, utf8(tail)), expected);
            String end = document().substring(0, document().length() - 1) + ",\"o\":\"";
            assertOutcome(concat(utf8(end), bytes, utf8("x".repeat(padding) + "\"}")), expected);
        }
        assertOutcome(
                concat(utf8("{\""), bytes, utf8("\":1," + document().substring(1))), expected);
        assertOutcome(concat(utf8(document()), bytes), Outcome.rejected(MALFORMED_JSON));
    }

    @ParameterizedTest
    @CsvSource({
        "1, true",
        "30, true",
        "31, true",
        "32, true",
        "33, true",
        "999, true",
        "1000, false",
        "1001, false",
        "100000, false"
    })
    void allowsNestingToOneThousand(int depthBelowTheDocument, boolean valid) {
        String arrays = "[".repeat(depthBelowTheDocument) + "]".repeat(depthBelowTheDocument);
        String objects =
                "{\"a\":".repeat(depthBelowTheDocument) + "1" + "}".repeat(depthBelowTheDocument);
        Outcome expected = valid ? ORDINARY : Outcome.rejected(MALFORMED_JSON);

        assertOutcome(utf8(withOther(arrays)), expected);
        assertOutcome(utf8(withOther(objects)), expected);
    }

    @ParameterizedTest
    @CsvSource({"1000, true", "1001, false"})
    void allowsNumbersOfOneThousandCharacters(int length, boolean valid) {
        Outcome expected = valid ? ORDINARY : Outcome.rejected(MALFORMED_JSON);

        assertOutcome(utf8(withOther("1".repeat(length))), expected);
        assertOutcome(utf8(withOther("-" + "1".repeat(length - 1))), expected);
        assertOutcome(utf8(withOther("[0." + "1".repeat(length - 2) + "]")), expected);
        assertOutcome(utf8(withOther("1e" + "1".repeat(length - 2))), expected);
        String amount = "\"amount\":129.99" + "0".repeat(length - 6);
        assertOutcome(utf8(document(AMOUNT, amount)), expected);
    }

    @ParameterizedTest
    @CsvSource({"50000, true", "50001, false"})
    void allowsNamesOfFiftyThousandCharacters(int length, boolean valid) {
        Outcome expected = valid ? ORDINARY : Outcome.rejected(MALFORMED_JSON);

        assertOutcome(
                utf8(document(AMOUNT, AMOUNT + ",\"" + "n".repeat(length) + "\":1")), expected);
        assertOutcome(
                utf8(document(AMOUNT, AMOUNT + ",\"" + "ü".repeat(length) + "\":1")), expected);
        assertOutcome(utf8(withOther("{\"" + "\\u006E".repeat(length) + "\":1}")), expected);
    }

    @Test
    void readsLargeDocuments() {
        assertOutcome(utf8(withOther("\"" + "x".repeat(49_000) + "\"")), ORDINARY);
        assertOutcome(utf8(withOther("\"" + "x".repeat(25_000_000) + "\"")), ORDINARY);
    }

    @Test
    void judgesTheWholeDocumentBeforeItsFields() {
        assertOutcome(utf8("{}x"), Outcome.rejected(MALFORMED_JSON));
        assertOutcome(utf8(object("\"amount\":-1", "\"x\":01")), Outcome.rejected(MALFORMED_JSON));
    }

    @Test
    void judgesTheFieldsInTheOrderOfTheRules() {
        String noId = "\"transaction_id\":\"\"";
        String noTime = "\"timestamp\":true";
        String noAmount = "\"amount\":\"5\"";
        String noCategory = "\"category\":5";

        assertOutcome(
                utf8(object(noCategory, noAmount, noTime, noId)), Outcome.rejected(MISSING_FIELD));
        assertOutcome(
                utf8(object(noCategory, noAmount, noTime, ID)),
                Outcome.rejected(INVALID_TIMESTAMP));
        assertOutcome(
                utf8(object(noCategory, noAmount, TIMESTAMP, ID)),
                Outcome.rejected(INVALID_AMOUNT));
        assertOutcome(
                utf8(object(noCategory, AMOUNT, TIMESTAMP, ID)),
                Outcome.rejected(INVALID_CATEGORY));
    }

    // 1.3 Missing fields.

    static Stream<String> documentsWithMissingFields() {
        return Stream.of(
                "{}",
                object(TIMESTAMP, AMOUNT, CATEGORY),
                object(ID, AMOUNT, CATEGORY),
                object(ID, TIMESTAMP, CATEGORY),
                object(ID, TIMESTAMP, AMOUNT),
                document(ID, "\"transaction_id\":null"),
                document(ID, "\"transaction_id\":5"),
                document(ID, "\"transaction_id\":true"),
                document(ID, "\"transaction_id\":[\"5f0c\"]"),
                document(ID, "\"transaction_id\":{\"transaction_id\":\"5f0c\"}"),
                document(ID, "\"transaction_id\":\"\""),
                document(ID, "\"transaction_id\":\"   \""),
                document(ID, "\"transaction_id\":\"\\t\\n\\u001c\""),
                document(ID, "\"transaction_id\":\"\u1680\u2003\u3000\u2028\""),
                document(ID, "\"transaction_ID\":\"5f0c\""),
                document(ID, "\"transaction_id \":\"5f0c\""),
                document(ID, "\"other\":{" + ID + "}"),
                document(TIMESTAMP, "\"timestamp\":null"),
                document(TIMESTAMP, "\"timestamps\":1"),
                document(TIMESTAMP, "\"timestamq\":1"),
                document(AMOUNT, "\"amount\":null"),
                document(AMOUNT, "\"amounT\":1"),
                document(CATEGORY, "\"category\":null"),
                document(CATEGORY, "\"category\":null,\"product_category\":null"),
                document(
                        CATEGORY,
                        "\"categorx\":\"a\",\"product_categori\":\"a\",\"product-category\":\"a\""),
                object(ID, ID.replace("\"5f0c\"", "null"), TIMESTAMP, AMOUNT, CATEGORY),
                object(ID, TIMESTAMP, "\"timestamp\":null", AMOUNT, CATEGORY),
                object(ID, TIMESTAMP, AMOUNT, "\"amount\":null", CATEGORY),
                object(ID, TIMESTAMP, AMOUNT, CATEGORY, "\"category\":null"));
    }

    @ParameterizedTest
    @MethodSource("documentsWithMissingFields")
    void rejectsDocumentsWithMissingFields(String json) {
        assertOutcome(utf8(json), Outcome.rejected(MISSING_FIELD));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0",
                " x",
                "ü",
                "日",
                "\u00A0",
                "\u2003x",
                "\u007F",
                "\\u0000",
                "\\ud800",
                "\\\"",
                "\\\\",
                "\\u0020x"
            })
    void acceptsAnyIdThatIsNotBlank(String id) {
        assertOutcome(utf8(document(ID, "\"transaction_id\":\"" + id + "\"")), ORDINARY);
    }

    static Stream<Arguments> repeatedFields() {
        return Stream.of(
                Arguments.of(object("\"amount\":1", ID, TIMESTAMP, AMOUNT, CATEGORY), ORDINARY),
                Arguments.of(object(ID, TIMESTAMP, "\"amount\":\"x\"", CATEGORY, AMOUNT), ORDINARY),
                Arguments.of(
                        object(ID, "\"timestamp\":null", AMOUNT, CATEGORY, TIMESTAMP), ORDINARY),
                Arguments.of(
                        object(ID, TIMESTAMP, AMOUNT, "\"category\":\"Toys\"", CATEGORY), ORDINARY),
                Arguments.of(
                        object(ID, TIMESTAMP, AMOUNT, "\"category\":null", CATEGORY), ORDINARY),
                Arguments.of(
                        object(ID, TIMESTAMP, AMOUNT, CATEGORY, "\"product_category\":\"Toys\""),
                        ORDINARY),
                Arguments.of(
                        object(ID, TIMESTAMP, AMOUNT, "\"product_category\":5", CATEGORY),
                        ORDINARY),
                Arguments.of(
                        object(
                                ID,
                                TIMESTAMP,
                                AMOUNT,
                                "\"category\":\"Toys\"",
                                "\"category\":null",
                                "\"product_category\":\"Electronics\""),
                        ORDINARY),
                Arguments.of(
                        object(ID, TIMESTAMP, AMOUNT, CATEGORY, "\"amount\":\"x\""),
                        Outcome.rejected(INVALID_AMOUNT)),
                Arguments.of(
                        object(ID, TIMESTAMP, AMOUNT, CATEGORY, "\"\\u0061mount\":-1"),
                        Outcome.rejected(INVALID_AMOUNT)));
    }

    @ParameterizedTest
    @MethodSource("repeatedFields")
    void letsTheLastOfRepeatedFieldsWin(String json, Outcome expected) {
        assertOutcome(utf8(json), expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"transaction_id", "timestamp", "amount", "category"})
    void readsNamesWithEscapes(String name) {
        String escaped = String.format("\\u%04X", (int) name.charAt(0)) + name.substring(1);

        assertOutcome(utf8(document().replace(name, escaped)), ORDINARY);
    }

    // 2 Event time.

    @ParameterizedTest
    @CsvSource({
        "2026-01-15T10:00Z, 2026-01-15T10:00:00Z",
        "2026-01-15T10:00:01Z, 2026-01-15T10:00:01Z",
        "2026-01-15T10:00:01.2Z, 2026-01-15T10:00:01.200Z",
        "2026-01-15T10:00:01.02Z, 2026-01-15T10:00:01.020Z",
        "2026-01-15T10:00:01.234Z, 2026-01-15T10:00:01.234Z",
        "2026-01-15T10:00:01.2349Z, 2026-01-15T10:00:01.234Z",
        "2026-01-15T10:00:59.999999999Z, 2026-01-15T10:00:59.999Z",
        "2026-01-15T10:00+00, 2026-01-15T10:00:00Z",
        "2026-01-15T10:00-00:00, 2026-01-15T10:00:00Z",
        "2026-01-15T10:00+01, 2026-01-15T09:00:00Z",
        "2026-01-15T10:00:00+0530, 2026-01-15T04:30:00Z",
        "2026-01-15T10:00:00.5-03:30, 2026-01-15T13:30:00.500Z",
        "2026-01-15T10:00+18:00, 2026-01-14T16:00:00Z",
        "2026-01-15T10:00-18, 2026-01-16T04:00:00Z",
        "2026-01-15 10:00:00, 2026-01-15T10:00:00Z",
        "2026-01-15 23:59:59.999, 2026-01-15T23:59:59.999Z",
        "2024-02-29 00:00:00, 2024-02-29T00:00:00Z",
        "2000-02-29T00:00Z, 2000-02-29T00:00:00Z",
        "2026-04-30T00:00Z, 2026-04-30T00:00:00Z",
        "1970-01-01T00:00:00.001Z, 1970-01-01T00:00:00.001Z",
        "1970-01-01T00:00:00-00:01, 1970-01-01T00:01:00Z",
        "1969-12-31T23:59-18:00, 1970-01-01T17:59:00Z",
        "9999-12-31T23:59:59.9999Z, 9999-12-31T23:59:59.999Z",
        "9999-12-31 23:59:59.999, 9999-12-31T23:59:59.999Z"
    })
    void readsTimestamps(String timestamp, Instant expected) {
        Outcome outcome = new Outcome(null, expected.toEpochMilli(), 12_999, "Electronics");

        assertOutcome(withTimestamp("\"" + timestamp + "\""), outcome);
        assertOutcome(withTimestamp("\"" + timestamp.replace(":", "\\u003a") + "\""), outcome);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "now",
                "2026",
                "2026-01-15",
                "10:00:00",
                "1768471200000",
                // Separators and shape.
                "2026-01-15T10:00",
                "2026-01-15T10:00:00",
                "2026-01-15T10:00:00.123",
                "2026-01-15T10Z",
                "2026-01-15T1000Z",
                "20260115T100000Z",
                "2026-01-15t10:00:00Z",
                "2026-01-15T10:00:00z",
                "2026-01-15_10:00:00Z",
                "2026-01-15  10:00:00",
                "2026/01/15 10:00:00",
                "2026-01-15T10.00.00Z",
                "2026-1-15T10:00:00Z",
                "2026-01-5T10:00:00Z",
                "2026-01-15T1:00:00Z",
                "2026-01-15T10:0:00Z",
                "2026-01-15T10:00:0Z",
                "2026-01-15T10:00:Z",
                "2026-01-15T10:00:00,5Z",
                " 2026-01-15T10:00:00Z",
                "2026-01-15T10:00:00Z ",
                "2026-01-15T10:00:00 Z",
                "2026-01-15T10:00:00ZZ",
                "2026-01-15T10:00:00UTC",
                "2026-01-15T10:00:00+01:00[Europe/Berlin]",
                "2026-W03-4T10:00Z",
                "2026-015T10:00:00Z",
                // Fractions.
                "2026-01-15T10:00:00.Z",
                "2026-01-15T10:00:00.1234567890Z",
                "2026-01-15T10:00:00.12aZ",
                "2026-01-15T10:00.5Z",
                "2026-01-15 10:00:00.",
                "2026-01-15 10:00:00.1",
                "2026-01-15 10:00:00.12",
                "2026-01-15 10:00:00.1234",
                "2026-01-15 10:00:00.12x",
                "2026-01-15 10:00:00x123",
                // The form with a space knows neither offsets nor shorter times.
                "2026-01-15 10:00",
                "2026-01-15 10:00:00Z",
                "2026-01-15 10:00:00+00:00",
                "2026-01-15 10:00Z",
                // Offsets.
                "2026-01-15T10:00+",
                "2026-01-15T10:00+1",
                "2026-01-15T10:00+001",
                "2026-01-15T10:00+1:00",
                "2026-01-15T10:00+01:0",
                "2026-01-15T10:00+01-00",
                "2026-01-15T10:00+01:00:00",
                "2026-01-15T10:00+18:01",
                "2026-01-15T10:00-1801",
                "2026-01-15T10:00+19",
                "2026-01-15T10:00+01:60",
                "2026-01-15T10:00+17:99",
                "2026-01-15T10:00 01:00",
                "2026-01-15T10:00+0x",
                "2026-01-15T10:00\u221201:00",
                // Fields out of range.
                "2026-00-15T10:00Z",
                "2026-13-15T10:00Z",
                "2026-01-00T10:00Z",
                "2026-01-32T10:00Z",
                "2026-04-31T10:00Z",
                "2026-02-29T10:00Z",
                "1900-02-29T10:00Z",
                "2100-02-29T10:00Z",
                "2026-01-15T24:00Z",
                "2026-01-15T24:00:00Z",
                "2026-01-15T10:60Z",
                "2026-01-15T10:00:60Z",
                "2016-12-31T23:59:60Z",
                "2026-01-15 10:00:60",
                // Years with another number of digits, other digits.
                "26-01-15T10:00:00Z",
                "12026-01-15T10:00:00Z",
                "+2026-01-15T10:00:00Z",
                "-2026-01-15T10:00:00Z",
                "\u0662\u0660\u0662\u0666-01-15T10:00:00Z",
                "2026-01-1\uFF15T10:00:00Z",
                // Not after 1970-01-01T00:00:00Z, or after year 9999.
                "1970-01-01T00:00:00Z",
                "1970-01-01T00:00:00.000999Z",
                "1970-01-01 00:00:00",
                "1970-01-01T01:00+01:00",
                "1969-12-31T23:59:59.999Z",
                "0000-01-01T00:00Z",
                "0001-01-01 00:00:00",
                "9999-12-31T23:59:59-00:01",
                "9999-12-31T06:00:00-18:00",
                // Ten NULs must not pass for a remembered date.
                "\\u0000\\u0000\\u0000\\u0000\\u0000\\u0000\\u0000\\u0000\\u0000\\u0000T10:00:00Z"
            })
    void rejectsOtherTimestampTexts(String timestamp) {
        assertOutcome(withTimestamp("\"" + timestamp + "\""), Outcome.rejected(INVALID_TIMESTAMP));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 999, 1_768_471_200_123L, 253_402_300_799_999L})
    void readsEpochMilliseconds(long millis) {
        assertOutcome(
                withTimestamp(Long.toString(millis)),
                new Outcome(null, millis, 12_999, "Electronics"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0",
                "-0",
                "-1",
                "253402300800000",
                "9999999999999999",
                "9223372036854775808",
                "18446744073709551617",
                "100000000000000000000000000000000000000001",
                "1.0",
                "1768471200123.0",
                "1e3",
                "1E0",
                "true",
                "false",
                "[]",
                "{}",
                "[1768471200123]",
                "{\"timestamp\":1}"
            })
    void rejectsOtherTimestampValues(String timestamp) {
        assertOutcome(withTimestamp(timestamp), Outcome.rejected(INVALID_TIMESTAMP));
    }

    @Test
    void remembersTheDateButNotTooLong() {
        for (String date :
                new String[] {
                    "2026-01-15",
                    "2026-01-16",
                    "2026-01-15",
                    "2026-02-15",
                    "2027-01-15",
                    "2126-01-15"
                }) {
            long expected = Instant.parse(date + "T10:00:00Z").toEpochMilli();
            assertOutcome(
                    withTimestamp("\"" + date + "T10:00:00Z\""),
                    new Outcome(null, expected, 12_999, "Electronics"));
            assertOutcome(
                    withTimestamp("\"2026-02-30T10:00:00Z\""), Outcome.rejected(INVALID_TIMESTAMP));
        }
    }

    // 3 Amount.

    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "-0, 0",
        "0.0, 0",
        "-0.00, 0",
        "-0.000000, 0",
        "0.01, 1",
        "0.1, 10",
        "0.10, 10",
        "1, 100",
        "1.5, 150",
        "1.50, 150",
        "1.500000000000000000000000, 150",
        "12.3400, 1234",
        "129.99, 12999",
        "4.35, 435",
        "1.15, 115",
        "100, 10000",
        "16777217.01, 1677721701",
        "999999999, 99999999900",
        "999999999.9, 99999999990",
        "999999999.99, 99999999999",
        "999999999.99000, 99999999999"
    })
    void readsAmountsToTheCent(String amount, long cents) {
        assertOutcome(withAmount(amount), new Outcome(null, MILLIS, cents, "Electronics"));
    }

    @ParameterizedTest
    @CsvSource({
        "0.001, amount has more than two fraction digits: 0.001",
        "12.345, amount has more than two fraction digits: 12.345",
        "12.3400000001, amount has more than two fraction digits: 12.3400000001",
        "999999999.991, amount has more than two fraction digits: 999999999.991",
        "-0.001, amount has more than two fraction digits: -0.001",
        "-0.01, amount is negative: -0.01",
        "-5, amount is negative: -5",
        "-99999999999999999999, amount is negative: -99999999999999999999",
        "1000000000, amount is greater than 999999999.99: 1000000000",
        "1000000000.00, amount is greater than 999999999.99: 1000000000.00",
        "92233720368547758.08, amount is greater than 999999999.99: 92233720368547758.08",
        "18446744073709551616, amount is greater than 999999999.99: 18446744073709551616",
        "1e2, amount has an exponent: 1e2",
        "1E0, amount has an exponent: 1E0",
        "0e0, amount has an exponent: 0e0",
        "1.5e1, amount has an exponent: 1.5e1",
        "1.234e3, amount has an exponent: 1.234e3",
        "1e-2, amount has an exponent: 1e-2",
        "99999999999999e1, amount has an exponent: 99999999999999e1",
        "true, amount is not a number: true",
        "'\"129.99\"', amount is not a number: 129.99",
        "[1], amount is not a number: [",
        "{}, amount is not a number: {"
    })
    void rejectsOtherAmounts(String amount, String detail) {
        assertOutcome(withAmount(amount), Outcome.rejected(INVALID_AMOUNT));
        assertThat(parser.rejectionDetail()).isEqualTo(detail);
    }

    // 4 Category.

    static Stream<String> validCategories() {
        return Stream.of(
                "a",
                "Home & Garden",
                " padded ",
                "electronics",
                "Élégance",
                "e\u0301",
                "日本語",
                "🎮",
                "\u00A0",
                "\u200B",
                "\uFEFF",
                "\uFFFF",
                "\uDBFF\uDFFF",
                "'; DROP TABLE category_sales; --",
                "x".repeat(100),
                "ü".repeat(100),
                "🎮".repeat(100),
                " ".repeat(99) + "x");
    }

    @ParameterizedTest
    @MethodSource("validCategories")
    void takesCategoriesAsTheyAre(String category) {
        StringBuilder escaped = new StringBuilder();
        for (char c : category.toCharArray()) {
            escaped.append(String.format("\\u%04x", (int) c));
        }
        Outcome expected = new Outcome(null, MILLIS, 12_999, category);

        assertOutcome(withCategory("\"" + category + "\""), expected);
        String instance = parser.category();
        assertOutcome(withCategory("\"" + escaped + "\""), expected);
        assertThat(parser.category()).isSameAs(instance);
        assertOutcome(
                utf8(document(CATEGORY, "\"product_category\":\"" + category + "\"")), expected);
        assertThat(parser.category()).isSameAs(instance);
    }

    @Test
    void readsQuotesAndBackslashesInCategories() {
        assertOutcome(
                withCategory("\"\\\"a\\\\b\\/\""), new Outcome(null, MILLIS, 12_999, "\"a\\b/"));
        assertOutcome(withCategory("\"a\\\\b\""), new Outcome(null, MILLIS, 12_999, "a\\b"));
        assertOutcome(withCategory("\"a\\b\""), Outcome.rejected(INVALID_CATEGORY));
    }

    static Stream<String> invalidCategories() {
        return Stream.of(
                "5",
                "true",
                "false",
                "[]",
                "[\"Electronics\"]",
                "{}",
                "\"\"",
                "\" \"",
                "\"\u2003\u3000\u1680\"",
                "\"\u2028\"",
                "\"\\t\"",
                "\"a\\u0000\"",
                "\"\\u001Fa\"",
                "\"a\u007F\"",
                "\"a\\u007f\"",
                "\"\u0080a\"",
                "\"a\u0085\"",
                "\"a\u009Fa\"",
                "\"a\\nb\"",
                "\"\\ud800\"",
                "\"\\udc00\"",
                "\"a\\ud83c\"",
                "\"\\ud83cx\\udfae\"",
                "\"\\udfae\\ud83c\"",
                "\"" + "x".repeat(101) + "\"",
                "\"" + "🎮".repeat(101) + "\"",
                "\"" + " ".repeat(100) + "x\"");
    }

    @ParameterizedTest
    @MethodSource("invalidCategories")
    void rejectsOtherCategories(String category) {
        assertOutcome(withCategory(category), Outcome.rejected(INVALID_CATEGORY));
        assertOutcome(
                utf8(document(CATEGORY, "\"category\":null,\"product_category\":" + category)),
                Outcome.rejected(INVALID_CATEGORY));
        assertOutcome(
                utf8(
                        document(
                                CATEGORY,
                                "\"category\":" + category + ",\"product_category\":\"Toys\"")),
                Outcome.rejected(INVALID_CATEGORY));
        assertOutcome(
                utf8(document(CATEGORY, CATEGORY + ",\"product_category\":" + category)), ORDINARY);
    }

    // Details and the state between records.

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{} | transaction_id is missing",
                "{\"transaction_id\":5} | transaction_id is not a string: 5",
                "{\"transaction_id\":\" \"} | transaction_id is blank",
                "{\"transaction_id\":\"1\"} | timestamp is missing",
                "{\"transaction_id\":\"1\",\"timestamp\":1} | amount is missing",
                "{\"transaction_id\":\"1\",\"timestamp\":1,\"amount\":1} | category is missing",
                "{\"transaction_id\":\"1\",\"timestamp\":0,\"amount\":1,\"category\":1} | timestamp is not after 1970-01-01T00:00:00Z and "
                        + "before year 10000: 0",
                "{\"transaction_id\":\"1\",\"timestamp\":\"x\",\"amount\":1,\"category\":1} | timestamp is no valid ISO-8601 time with "
                        + "offset, yyyy-MM-dd HH:mm:ss[.SSS] or epoch milliseconds: x",
                "{\"transaction_id\":\"1\",\"timestamp\":1,\"amount\":1,\"category\":1} | category is not a string: 1",
                "{\"transaction_id\":\"1\",\"timestamp\":1,\"amount\":1,\"product_category\":\"a\\u0000\"} | product_category holds a "
                        + "control character: a\\u0000",
                "{\"a\":1 | the document ends too early",
                "[] | at character 1: the value is not a JSON object",
                "{}{} | at character 3: something follows the JSON object"
            })
    void saysWhatIsWrong(String json, String detail) {
        assertThat(parser.parse(utf8(json))).isFalse();
        assertThat(parser.rejectionDetail()).isEqualTo(detail);
    }

    @Test
    void saysWhereUtf8Ends() {
        assertThat(parser.parse(new byte[] {'{', '"', (byte) 0xFF})).isFalse();
        assertThat(parser.rejectionDetail()).isEqualTo("invalid UTF-8 at byte 2");
    }

    @Test
    void keepsDetailsShortAndPrintable() {
        parser.parse(withAmount("\"" + "🎮".repeat(10_000) + "\""));
        assertThat(parser.rejectionDetail())
                .hasSizeLessThanOrEqualTo(200)
                .startsWith("amount is not a number: 🎮")
                .endsWith("🎮…");

        parser.parse(withAmount("\"a\\r\\nb\\u0000\\ud800\\u202e\\u2028\""));
        assertThat(parser.rejectionDetail())
                .isEqualTo("amount is not a number: a\\u000D\\u000Ab\\u0000\\uD800\\u202E\\u2028");
    }

    @Test
    void forgetsTheRecordBefore() {
        parser.parse(utf8("{}"));
        assertOutcome(utf8(document()), ORDINARY);
        assertThat(parser.rejectionDetail()).isNull();
        assertOutcome(utf8(object(ID, TIMESTAMP, AMOUNT)), Outcome.rejected(MISSING_FIELD));
    }

    @Test
    void countsWhatTheFullParserReads() {
        byte[] ordinary = utf8(document());
        parser.parse(ordinary);
        assertThat(parser.fallbackCount()).as("a new category").isEqualTo(1);
        parser.parse(ordinary);
        assertThat(parser.fallbackCount()).as("a known category").isEqualTo(1);
        parser.parse(utf8("{}"));
        parser.parse(null);
        assertThat(parser.fallbackCount()).as("two rejections").isEqualTo(3);
    }

    /**
     * Parses by all three ways: anew, with what was learned from the first time, and by the full
     * parser alone.
     */
    private void assertOutcome(byte[] value, Outcome expected) {
        if (value != null && scanner.scan(value)) {
            assertThat(expected.reason()).isIn(null, INVALID_CATEGORY);
        }
        assertThat(parser.parse(value)).isEqualTo(expected.reason() == null);
        assertThat(Outcome.of(parser)).isEqualTo(expected);
        parser.parse(value);
        assertThat(Outcome.of(parser)).isEqualTo(expected);
        parser.parseFully(value);
        assertThat(Outcome.of(parser)).isEqualTo(expected);
    }

    private static String object(String... members) {
        return "{" + String.join(",", members) + "}";
    }

    private static String document() {
        return object(ID, TIMESTAMP, AMOUNT, CATEGORY);
    }

    private static String document(String member, String replacement) {
        return document().replace(member, replacement);
    }

    private static String withOther(String value) {
        return object(ID, TIMESTAMP, "\"other\":" + value, AMOUNT, CATEGORY);
    }

    private static byte[] withTimestamp(String value) {
        return utf8(document(TIMESTAMP, "\"timestamp\":" + value));
    }

    private static byte[] withAmount(String value) {
        return utf8(document(AMOUNT, "\"amount\":" + value));
    }

    private static byte[] withCategory(String value) {
        return utf8(document(CATEGORY, "\"category\":" + value));
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] concat(byte[]... parts) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            bytes.writeBytes(part);
        }
        return bytes.toByteArray();
    }
}
