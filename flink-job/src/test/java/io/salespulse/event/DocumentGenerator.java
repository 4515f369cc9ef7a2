package io.salespulse.event;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;

/** Transactions in many shapes, about half of them damaged; all of it follows from the seed. */
final class DocumentGenerator {

    private static final HexFormat HEX = HexFormat.of();
    private static final String[] CATEGORIES = {
        "Electronics",
        "Fashion",
        "Grocery",
        "Home",
        "Beauty",
        "Sports",
        "a",
        "12345678",
        "123456789",
        "Home & Garden",
        "exactly sixteen.",
        "seventeen letters",
        " padded ",
        "Élégance",
        "日本",
        "книги и журналы",
        "🎮 games",
        "a\"b",
        "a\\b",
        "tab\\there",
        "\u00A0",
        "x".repeat(100),
        "🎮".repeat(100),
    };
    private static final String[] WRONG_CATEGORIES = {
        "",
        " ",
        "\u2003",
        "\u3000\u1680",
        "a\u0000",
        "bell\u0007",
        "\u007F",
        "c1\u0085",
        "\uD800",
        "\uDC00x",
        "x\uD83C",
        "x".repeat(101),
        "🎮".repeat(101),
    };
    private static final String[] IDS = {
        "1", "ü", " x", "\u2003x", "\u00A0", "\uD800", "\"", "\\", "\u007F", "\u0000"
    };
    private static final String[] BLANK_IDS = {
        "", " ", "\t", "\u2003\u3000", "\u1680", "\u001F", "\u2028"
    };
    private static final String[] TIMESTAMPS = {
        "2026-01-15T10:00Z", "2026-01-15T10:00:00Z", "2026-01-15T10:00:00.1Z",
                "2026-01-15T10:00:00.123456789Z",
        "2026-01-15T10:00:00+01", "2026-01-15T10:00:00-0130", "2026-01-15T10:00:00.5+05:45",
                "2026-01-15T10:00+18:00",
        "2026-01-15T10:00-18:00", "2024-02-29 23:59:59", "2026-12-31 23:59:59.999",
                "1970-01-01T00:00:00.001Z",
        "1970-01-01T05:00+04:59", "9999-12-31T23:59:59.999999Z", "2000-02-29T00:00-00:00",
                "2026-01-15 00:00:00.000",
    };
    private static final String[] WRONG_TIMESTAMPS = {
        "",
        "yesterday",
        "1970-01-01T00:00:00Z",
        "1970-01-01T00:00:00.0009Z",
        "1969-12-31 23:59:59.999",
        "9999-12-31T23:59:59-00:01",
        "0000-01-01T00:00Z",
        "2026-02-29T10:00Z",
        "1900-02-29 10:00:00",
        "2026-13-01T10:00Z",
        "2026-00-01T10:00Z",
        "2026-01-00T10:00Z",
        "2026-01-32T10:00Z",
        "2026-01-15T24:00Z",
        "2026-01-15T10:60Z",
        "2026-01-15T10:00:60Z",
        "2026-01-15T10:00:00.Z",
        "2026-01-15T10:00:00.1234567890Z",
        "2026-01-15T10:00:00",
        "2026-01-15T10:00:00z",
        "2026-01-15t10:00:00Z",
        "2026-01-15 10:00",
        "2026-01-15 10:00:00Z",
        "2026-01-15 10:00:00.12",
        "2026-01-15 10:00:00.1234",
        "2026-01-15T10:00+1",
        "2026-01-15T10:00+1:00",
        "2026-01-15T10:00+18:01",
        "2026-01-15T10:00+19",
        "2026-01-15T10:00+01:60",
        "2026-01-15T10:00-24:00",
        "+2026-01-15T10:00Z",
        "12026-01-15T10:00Z",
        "2026-1-15T10:00:00Z",
        "2026-01-15T10:00:00+01:00:00",
        "2026-01-15T10:00:00 Z",
        "2026-01-15T10:00:00.123ZZ",
        "1768471200000",
        "٢٠٢٦-01-15T10:00Z",
    };
    private static final String[] TIMESTAMP_NUMBERS = {
        "1",
        "1768471200000",
        "253402300799999",
        "0",
        "-0",
        "-1",
        "253402300800000",
        "1768471200000.0",
        "1768471200e3",
        "9223372036854775808",
        "18446744073709551617",
        "99999999999999999999999999",
    };
    private static final String[] AMOUNTS = {
        "0",
        "0.0",
        "-0",
        "-0.00",
        "0.01",
        "0.1",
        "1.5",
        "10.50",
        "1.500000",
        "999999999.99",
        "999999999.990",
        "129.99",
        "1000",
        "5",
    };
    private static final String[] WRONG_AMOUNTS = {
        "-0.01",
        "-5",
        "0.001",
        "12.345",
        "12.3400001",
        "1000000000",
        "999999999.991",
        "1e2",
        "1E0",
        "1.5e0",
        "0e0",
        "-0.001",
        "18446744073709551616",
        "18446744073709551616.00",
        "99999999999999999999999",
        "1e400",
        "-1e-400",
    };
    private static final String[] NOT_NUMBERS = {
        "01",
        "-01",
        "00",
        "1.",
        ".5",
        "+1",
        "-",
        "1e",
        "1e+",
        "1.e1",
        "0x10",
        "NaN",
        "Infinity",
        "-Infinity",
        "1_000",
        "1,5",
        "--1",
    };
    private static final String[] OTHER_VALUES = {
        "true",
        "false",
        "null",
        "{}",
        "[]",
        "[ 1 , -2.5e-3,\"x\" ]",
        "{\"amount\":1,\"category\":[null,{\"a\":{}}]}",
        "0",
        "-1.5E+10",
        "\"\"",
        "\"15\\\" Monitor\"",
        "\"Caf\\u00e9 \\/ \\b\\f\\n\\r\\t\"",
        "\"\\ud800\"",
        "\"Käse 🧀\"",
    };
    private static final String[] MALFORMED_VALUES = {
        "tru",
        "nul",
        "nullx",
        "TRUE",
        "{",
        "[",
        "[1,]",
        "[,1]",
        "{\"a\":1,}",
        "{\"a\"}",
        "{a:1}",
        "{1:1}",
        "]",
        "",
        "'x'",
        "\"\\x\"",
        "\"\\u12g4\"",
        "\"\\u12\"",
        "\"a\nb\"",
        "\"a\u0000b\"",
        "\"open",
        "/*c*/1",
        "1 2",
        "\"a\"\"b\"",
        "[1 2]",
        "undefined",
    };
    private static final String[] OTHER_NAMES = {
        "product_name",
        "user_id",
        "payment_method",
        "",
        "x",
        "amounts",
        "amoun",
        "Amount",
        "categorie",
        "categoryy",
        "timestamps",
        "timestamq",
        "transaction_ie",
        "transaction_i",
        "product_categorx",
        "product_category_",
        "größe",
        "a\"b",
    };
    private static final byte[] INTERESTING_BYTES =
            "\"\\{}[]:,.0123456789-+eEtfnulras/bTZ \t\r\n\u0000\u0001\u001F\u007F"
                    .getBytes(StandardCharsets.UTF_8);
    private static final int[][] UTF8_PIECES = {
        {0xC2, 0x80},
        {0xC3, 0xA9},
        {0xDF, 0xBF},
        {0xE0, 0xA0, 0x80},
        {0xED, 0x9F, 0xBF},
        {0xEE, 0x80, 0x80},
        {0xEF, 0xBF, 0xBF},
        {0xE2, 0x80, 0xA8},
        {0xF0, 0x90, 0x80, 0x80},
        {0xF4, 0x8F, 0xBF, 0xBF},
        {0xEF, 0xBB, 0xBF},
        {0x80},
        {0xBF},
        {0xC0, 0x80},
        {0xC1, 0xBF},
        {0xC2},
        {0xE0, 0x9F, 0xBF},
        {0xE2, 0x82},
        {0xED, 0xA0, 0x80},
        {0xED, 0xBF, 0xBF},
        {0xF0, 0x8F, 0xBF, 0xBF},
        {0xF4, 0x90, 0x80, 0x80},
        {0xF5, 0x80, 0x80, 0x80},
        {0xF0, 0x9F, 0x98},
        {0xFE},
        {0xFF},
    };

    private final SplittableRandom random;
    private byte[] previous = {};

    /** Whether the current document may break rules; others are valid until they are mutated. */
    private boolean wild;

    DocumentGenerator(long seed) {
        random = new SplittableRandom(seed);
    }

    byte[] next() {
        byte[] document = document().getBytes(StandardCharsets.UTF_8);
        byte[] result = document;
        if (oneIn(2)) {
            int mutations = 1 + random.nextInt(3);
            for (int i = 0; i < mutations; i++) {
                result = mutate(result);
            }
        }
        previous = document;
        return result;
    }

    private String document() {
        wild = oneIn(2);
        List<String> members = new ArrayList<>();
        member(members, "transaction_id", transactionId());
        member(members, "timestamp", timestamp());
        member(members, "amount", amount());
        String categoryName = oneIn(2) ? "category" : "product_category";
        member(members, categoryName, category());
        if (oneIn(10)) {
            member(
                    members,
                    oneIn(2) ? "category" : "product_category",
                    oneIn(3) ? "null" : category());
        }
        for (int others = random.nextInt(4); others > 0; others--) {
            member(members, pick(OTHER_NAMES), otherValue());
        }
        if (oneIn(15)) {
            members.add(pick(members.toArray(String[]::new)));
        }
        if (oneIn(2)) {
            Collections.shuffle(members, new Random(random.nextLong()));
        }
        String outside = oneIn(10) ? space() : "";
        return outside + "{" + String.join(",", members) + space() + "}" + outside;
    }

    private void member(List<String> members, String name, String value) {
        if (!wild || !oneIn(40)) {
            String quoted = quote(name, oneIn(40) ? Style.RANDOM : Style.RAW);
            members.add(space() + quoted + space() + ":" + space() + value + space());
        }
    }

    private String transactionId() {
        if (wild && oneIn(6)) {
            return oneIn(3) ? otherValue() : string(pick(oneIn(2) ? IDS : BLANK_IDS));
        }
        return string(
                Long.toHexString(random.nextLong()) + "-" + Long.toHexString(random.nextLong()));
    }

    private String timestamp() {
        switch (random.nextInt(wild ? 12 : 6)) {
            case 6:
                return oneIn(3) ? otherValue() : string(pick(WRONG_TIMESTAMPS));
            case 7:
                return pick(TIMESTAMP_NUMBERS);
            case 0:
                return Long.toString(1 + random.nextLong(253_402_300_799_999L));
            case 1:
                return string(pick(TIMESTAMPS));
            default:
                return string(randomTimestamp());
        }
    }

    private String randomTimestamp() {
        boolean iso = oneIn(2);
        int lastDay = wild ? 31 : 28;
        String date =
                (1971 + random.nextInt(200))
                        + "-"
                        + twoDigits(1 + random.nextInt(12))
                        + "-"
                        + twoDigits(1 + random.nextInt(lastDay));
        String time =
                twoDigits(random.nextInt(24))
                        + ":"
                        + twoDigits(random.nextInt(60))
                        + ":"
                        + twoDigits(random.nextInt(60));
        String fraction = oneIn(2) ? "" : "." + (100 + random.nextInt(900));
        return date + (iso ? "T" : " ") + time + fraction + (iso ? "Z" : "");
    }

    private static String twoDigits(int number) {
        return number < 10 ? "0" + number : Integer.toString(number);
    }

    private String amount() {
        switch (random.nextInt(wild ? 12 : 6)) {
            case 0:
                return pick(AMOUNTS);
            case 6:
                return pick(WRONG_AMOUNTS);
            case 7:
                return oneIn(3) ? oneIn(2) ? otherValue() : "\"12.50\"" : pick(AMOUNTS);
            case 8:
                return oneIn(4) ? pick(NOT_NUMBERS) : pick(AMOUNTS);
            case 9:
                return oneIn(10) ? longNumber() : pick(AMOUNTS);
            default:
                return random.nextInt(100_000) + "." + random.nextInt(100);
        }
    }

    /** Around the limit of 1,000 characters. */
    private String longNumber() {
        return (oneIn(2) ? "-" : "") + "5." + "0".repeat(994 + random.nextInt(6));
    }

    private String category() {
        return wild && oneIn(6)
                ? oneIn(3) ? otherValue() : string(pick(WRONG_CATEGORIES))
                : string(pick(CATEGORIES));
    }

    private String otherValue() {
        switch (wild ? random.nextInt(30) : 4 + random.nextInt(26)) {
            case 0:
                return pick(MALFORMED_VALUES);
            case 1:
                return pick(NOT_NUMBERS);
            case 2:
                return nested(oneIn(20) ? 997 + random.nextInt(5) : 28 + random.nextInt(8));
            case 3:
                return longNumber();
            case 4:
            case 5:
            case 6:
            case 7:
                return pick(OTHER_VALUES);
            default:
                return string(pick(CATEGORIES));
        }
    }

    private String nested(int depth) {
        return oneIn(2)
                ? "[".repeat(depth) + "]".repeat(depth)
                : "{\"a\":".repeat(depth) + "1" + "}".repeat(depth);
    }

    private String space() {
        switch (random.nextInt(40)) {
            case 0:
                return "\n  ";
            case 1:
                return "\t\r\n ";
            case 2:
            case 3:
            case 4:
            case 5:
                return " ";
            default:
                return "";
        }
    }

    private enum Style {
        /** Escapes only what must be. */
        RAW,
        /** As Python's {@code json.dumps}: only ASCII. */
        ASCII,
        /** Escapes at random. */
        RANDOM
    }

    private String string(String text) {
        Style style = oneIn(4) ? Style.ASCII : oneIn(12) ? Style.RANDOM : Style.RAW;
        return quote(text, style);
    }

    private String quote(String text, Style style) {
        StringBuilder json = new StringBuilder("\"");
        text.codePoints()
                .forEach(
                        codePoint -> {
                            boolean required =
                                    codePoint < 0x20
                                            || codePoint == '"'
                                            || codePoint == '\\'
                                            || Character.getType(codePoint) == Character.SURROGATE;
                            boolean wanted =
                                    (style == Style.ASCII && codePoint > 0x7E)
                                            || (style == Style.RANDOM && oneIn(4));
                            if (required || wanted) {
                                for (char c : Character.toChars(codePoint)) {
                                    json.append(unicodeEscape(c));
                                }
                            } else {
                                json.appendCodePoint(codePoint);
                            }
                        });
        return json.append('"').toString();
    }

    private String unicodeEscape(char c) {
        return "\\u" + (oneIn(2) ? HEX : HEX.withUpperCase()).toHexDigits(c);
    }

    private byte[] mutate(byte[] bytes) {
        if (bytes.length == 0) {
            return bytes;
        }
        int at = random.nextInt(bytes.length);
        int length = Math.min(bytes.length - at, 1 + random.nextInt(oneIn(2) ? 3 : 30));
        switch (random.nextInt(9)) {
            case 0:
                bytes[at] ^= (byte) (1 << random.nextInt(8));
                return bytes;
            case 1:
                bytes[at] = INTERESTING_BYTES[random.nextInt(INTERESTING_BYTES.length)];
                return bytes;
            case 2:
                return replace(bytes, at, at + length, new byte[0]);
            case 3:
                byte[] one = {INTERESTING_BYTES[random.nextInt(INTERESTING_BYTES.length)]};
                return replace(bytes, at, at, one);
            case 4:
                return replace(bytes, at, at, Arrays.copyOfRange(bytes, at, at + length));
            case 5:
                return oneIn(4) ? Arrays.copyOf(bytes, at) : bytes;
            case 6:
                int cut = random.nextInt(previous.length + 1);
                return oneIn(4)
                        ? replace(
                                bytes,
                                at,
                                bytes.length,
                                Arrays.copyOfRange(previous, cut, previous.length))
                        : bytes;
            case 7:
                return replace(bytes, at, at + random.nextInt(2), utf8Piece());
            default:
                byte[] escape =
                        unicodeEscape((char) (bytes[at] & 0xFF))
                                .getBytes(StandardCharsets.US_ASCII);
                return replace(bytes, at, at + 1, escape);
        }
    }

    private byte[] utf8Piece() {
        int[] piece = UTF8_PIECES[random.nextInt(UTF8_PIECES.length)];
        byte[] bytes = new byte[piece.length];
        for (int i = 0; i < piece.length; i++) {
            bytes[i] = (byte) piece[i];
        }
        return bytes;
    }

    private static byte[] replace(byte[] bytes, int from, int to, byte[] replacement) {
        ByteArrayOutputStream result = new ByteArrayOutputStream();
        result.write(bytes, 0, from);
        result.writeBytes(replacement);
        result.write(bytes, to, bytes.length - to);
        return result.toByteArray();
    }

    private boolean oneIn(int chances) {
        return random.nextInt(chances) == 0;
    }

    private String pick(String[] choices) {
        return choices[random.nextInt(choices.length)];
    }
}
