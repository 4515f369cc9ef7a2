package io.salespulse.event;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What the parser only shows as "not sure" is exact here: an end that is wrong can be made up for
 * by the full parser, or by the bytes that happen to follow.
 */
class JsonBytesTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"\"",
                "\"eight by\"",
                "\"a longer text ~\"",
                "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"",
                "\"\\u09afAF\\uAF09\"",
                "\"é ߿ ࠀ ￿ \uD800\uDC00 \uDBFF\uDFFF\"",
                "0",
                "-0",
                "0.5",
                "-12.25",
                "1e5",
                "1E+05",
                "0e-0",
                "true",
                "false",
                "null",
                "{}",
                "[]",
                "[ ]",
                "{ \"a\" : [ 1 , { } ] , \"b\" : null }"
            })
    void skipsExactlyTheValue(String value) {
        byte[] json = bytes("  " + value + ",");

        assertThat(JsonBytes.skipValue(json, 2, 1)).isEqualTo(json.length - 1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "x",
                "\"",
                "\"open",
                "\"control \n\"",
                "\"control \u001f\"",
                "\"\\x\"",
                "\"\\u12G4\"",
                "\"\\u12g4\"",
                "\"\\u12`4\"",
                "\"\\u12/4\"",
                "\"\\u12:4\"",
                "\"\\u123\"",
                "\"\\",
                "-",
                ".5",
                "1.",
                "1e",
                "1e+",
                "tru",
                "nul",
                "falsy",
                "{",
                "{1:2}",
                "{\"a\"}",
                "{\"a\":}",
                "{\"a\" 1}",
                "{\"a\":1",
                "{\"a\":1;",
                "{\"a\":1,}",
                "[",
                "[1",
                "[1;",
                "[,]",
                "[1,]"
            })
    void findsNoEndOfWhatIsNoValue(String text) {
        assertThat(JsonBytes.skipValue(bytes(text), 0, 1)).isEqualTo(JsonBytes.NONE);
    }

    /** Table 3-7 of the Unicode standard, at both sides of each boundary. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "c280",
                "dfbf",
                "e0a080",
                "e0bfbf",
                "e18080",
                "ecbfbf",
                "ed8080",
                "ed9fbf",
                "ee8080",
                "efbfbf",
                "f0908080",
                "f0bfbfbf",
                "f1808080",
                "f3bfbfbf",
                "f4808080",
                "f48fbfbf"
            })
    void skipsWellFormedUtf8(String hex) {
        byte[] json = quoted(hex);

        assertThat(JsonBytes.skipValue(json, 0, 1)).isEqualTo(json.length);
        assertThat(JsonBytes.skipStringWithoutEscapes(json, 1)).isEqualTo(json.length);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "80",
                "bf",
                "c080",
                "c1bf",
                "c27f",
                "c2c0",
                "e09fbf",
                "e0c080",
                "e1807f",
                "e180c0",
                "eda080",
                "edbfbf",
                "ee7f80",
                "f08fbfbf",
                "f0c08080",
                "f1807f80",
                "f180807f",
                "f18080c0",
                "f4908080",
                "f5808080",
                "ff"
            })
    void findsNoEndOfOtherBytes(String hex) {
        byte[] json = quoted(hex);

        assertThat(JsonBytes.skipValue(json, 0, 1)).isEqualTo(JsonBytes.NONE);
        assertThat(JsonBytes.skipStringWithoutEscapes(json, 1)).isEqualTo(JsonBytes.NONE);
    }

    @Test
    void leavesEscapesToOthers() {
        assertThat(JsonBytes.skipStringWithoutEscapes(bytes("a\\n\""), 0))
                .isEqualTo(JsonBytes.NONE);
        assertThat(JsonBytes.skipStringWithoutEscapes(bytes("a\n\""), 0)).isEqualTo(JsonBytes.NONE);
    }

    @Test
    void takesNumbersUpToTheirGreatestLength() {
        String longest = "1".repeat(JsonBytes.MAX_NUMBER_LENGTH);

        assertThat(JsonBytes.skipNumber(bytes(", " + longest), 2))
                .isEqualTo(2 + JsonBytes.MAX_NUMBER_LENGTH);
        assertThat(JsonBytes.skipNumber(bytes(", " + longest + "1"), 2)).isEqualTo(JsonBytes.NONE);
    }

    @Test
    void goesAsDeepAsItMay() {
        int levels = JsonBytes.MAX_DEPTH - 1;
        for (String[] level : new String[][] {{"[", "]"}, {"{\"a\":", "}"}}) {
            String deepest = level[0].repeat(levels) + "1" + level[1].repeat(levels);
            String tooDeep = level[0] + deepest + level[1];

            assertThat(JsonBytes.skipValue(bytes(deepest), 0, 1)).isEqualTo(deepest.length());
            assertThat(JsonBytes.skipValue(bytes(tooDeep), 0, 1)).isEqualTo(JsonBytes.NONE);
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] quoted(String hex) {
        return HexFormat.of().parseHex("22" + hex + "22");
    }
}
