package io.salespulse.endtoend;

import static io.salespulse.endtoend.Pipeline.await;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;

/** What counts and what does not, one table through the real broker, job and database. */
class BadInputIT {

    private static final String MALFORMED = "MALFORMED_JSON";
    private static final String MISSING = "MISSING_FIELD";
    private static final String TIMESTAMP = "INVALID_TIMESTAMP";
    private static final String AMOUNT = "INVALID_AMOUNT";
    private static final String CATEGORY = "INVALID_CATEGORY";

    /** A document in which one field is replaced; {@code null} leaves it out. */
    private static final Map<String, String> VALID =
            Map.of(
                    "transaction_id", "\"t-1\"",
                    "timestamp", "\"2026-01-15T10:00:00Z\"",
                    "category", "\"Home\"",
                    "amount", "1");

    /**
     * @param value the record's bytes, null for a tombstone
     * @param expected a reason, or {@code <HH:mm> <category> <amount>} for what must be counted
     */
    private record Case(byte[] value, String expected) {
        boolean isCounted() {
            return expected.contains(" ");
        }
    }

    private static List<Case> cases() {
        List<Case> cases = new ArrayList<>();
        documents(cases);
        fields(cases);
        amounts(cases);
        timestamps(cases);
        categories(cases);
        return cases;
    }

    private static void documents(List<Case> cases) {
        add(cases, with("product_name", "\"ordinary\""), "10:00 Home 1");
        add(cases, "  \r\n\t" + with("amount", "2") + " \n", "10:00 Home 2");
        add(cases, with("extra", "{\"nested\":[1,{\"deep\":null}]}"), "10:00 Home 1");
        add(cases, with("product_name", "\"Käse 東京 😀 \\u00e9\\n\""), "10:00 Home 1");
        add(cases, with("product_name", '"' + "x".repeat(900_000) + '"'), "10:00 Home 1");
        cases.add(new Case(null, "NULL_VALUE"));
        add(cases, "", MALFORMED);
        add(cases, "   ", MALFORMED);
        add(cases, "not json", MALFORMED);
        add(cases, "[]", MALFORMED);
        add(cases, "42", MALFORMED);
        add(cases, "null", MALFORMED);
        add(cases, "{", MALFORMED);
        String whole = with("product_name", "\"ordinary\"");
        add(cases, whole.substring(0, whole.length() - 1), MALFORMED);
        add(cases, whole.substring(0, whole.length() / 2), MALFORMED);
        add(cases, whole + "x", MALFORMED);
        add(cases, whole + whole, MALFORMED);
        add(cases, whole.replace("}", ",}"), MALFORMED);
        add(cases, whole.replace('"', '\''), MALFORMED);
        add(cases, with("product_name", "\"tab\there\""), MALFORMED);
        add(cases, with("product_name", "\"\\x\""), MALFORMED);
        add(cases, with("product_name", "01"), MALFORMED);
        add(cases, with("product_name", "NaN"), MALFORMED);
        add(cases, with("product_name", '"' + "x".repeat(900_000)), MALFORMED);
        cases.add(new Case(withBytes(0xFF), MALFORMED));
        cases.add(new Case(withBytes(0xC3), MALFORMED));
        cases.add(new Case(withBytes(0xC0, 0xAF), MALFORMED));
        cases.add(new Case(withBytes(0xED, 0xA0, 0x80), MALFORMED));
        cases.add(new Case(withBytes(0xF0, 0x9F, 0x98), MALFORMED));
        cases.add(
                new Case(
                        join(new byte[] {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF}, whole),
                        MALFORMED));
    }

    private static void fields(List<Case> cases) {
        for (String field : VALID.keySet()) {
            add(cases, with(field, null), MISSING);
            add(cases, with(field, "null"), MISSING);
        }
        add(cases, with("transaction_id", "\"\""), MISSING);
        add(cases, with("transaction_id", "\" \\u2003 \""), MISSING);
        add(cases, with("transaction_id", "7"), MISSING);
        add(cases, with("transaction_id", "{}"), MISSING);
        add(cases, "{}", MISSING);
        // Of a repeated key the last one wins, also when it is null.
        add(cases, repeated("amount", "5"), "10:00 Home 5");
        add(cases, repeated("amount", "null"), MISSING);
        add(cases, repeated("amount", "-1"), AMOUNT);
        add(cases, repeated("\\u0061mount", "6"), "10:00 Home 6");
        add(cases, repeated("product_category", "\"Sports\""), "10:00 Home 1");
        String sports = with("category", null).replace("}", ",\"product_category\":\"Sports\"}");
        add(cases, sports, "10:00 Sports 1");
        add(cases, sports.replace("}", ",\"category\":null}"), "10:00 Sports 1");
        add(cases, with("Amount", "7"), "10:00 Home 1");
    }

    private static void amounts(List<Case> cases) {
        counted(cases, "amount", "0", "10:00 Home 0");
        counted(cases, "amount", "-0", "10:00 Home 0");
        counted(cases, "amount", "-0.00", "10:00 Home 0");
        counted(cases, "amount", "0.01", "10:00 Home 0.01");
        counted(cases, "amount", "512.4", "10:00 Home 512.4");
        counted(cases, "amount", "1.5000", "10:00 Home 1.5");
        counted(cases, "amount", "999999999.99", "10:00 Home 999999999.99");
        counted(cases, "amount", "999999999.990", "10:00 Home 999999999.99");
        for (String bad :
                List.of(
                        "1000000000",
                        "999999999.991",
                        "-0.01",
                        "-1",
                        "1.005",
                        "0.001",
                        "1e2",
                        "1E2",
                        "1.5e1",
                        "1e-2",
                        "\"12.34\"",
                        "true",
                        "[1]",
                        "{}",
                        "99999999999999999999999999",
                        "0.0000000000000000000000001")) {
            add(cases, with("amount", bad), AMOUNT);
        }
        for (String bad : List.of("01", "1.", ".5", "+1", "0x10", "1,5", "-")) {
            add(cases, with("amount", bad), MALFORMED);
        }
    }

    private static void timestamps(List<Case> cases) {
        counted(cases, "timestamp", "\"2026-01-15T10:01:00.123Z\"", "10:01 Home 1");
        counted(cases, "timestamp", "\"2026-01-15T10:01:59.999999999Z\"", "10:01 Home 1");
        counted(cases, "timestamp", "\"2026-01-15T10:01Z\"", "10:01 Home 1");
        counted(cases, "timestamp", "\"2026-01-15T12:01:30+02:00\"", "10:01 Home 1");
        counted(cases, "timestamp", "\"2026-01-15T15:31:30+0530\"", "10:01 Home 1");
        counted(cases, "timestamp", "\"2026-01-15T08:01:30-02\"", "10:01 Home 1");
        counted(cases, "timestamp", "\"2026-01-15 10:01:30\"", "10:01 Home 1");
        counted(cases, "timestamp", "\"2026-01-15 10:01:30.500\"", "10:01 Home 1");
        counted(cases, "timestamp", epochMillis("2026-01-15T10:01:30Z"), "10:01 Home 1");
        for (String bad :
                List.of(
                        "\"\"",
                        "\"yesterday\"",
                        "\"2026-01-15\"",
                        "\"2026-01-15T10:01:30\"",
                        "\"2026-01-15 10:01\"",
                        "\"2026-01-15 10:01:30.5\"",
                        "\"2026-01-15 10:01:30Z\"",
                        "\"2026-01-15t10:01:30z\"",
                        "\"2026-02-30T10:01:30Z\"",
                        "\"2026-13-01T10:01:30Z\"",
                        "\"2026-01-15T24:00:00Z\"",
                        "\"2026-01-15T10:60:00Z\"",
                        "\"2026-01-15T10:01:60Z\"",
                        "\"2026-01-15T10:01:30+19:00\"",
                        "\"15/01/2026 10:01:30\"",
                        "\"1970-01-01T00:00:00Z\"",
                        "\"1969-12-31 23:59:59\"",
                        "0",
                        "-1",
                        "1768471290.5",
                        "1e12",
                        "true",
                        "9223372036854775807",
                        "-9223372036854775808",
                        "99999999999999999999")) {
            add(cases, with("timestamp", bad), TIMESTAMP);
        }
        String future = Instant.now().plusSeconds(3_600).toString();
        add(cases, with("timestamp", '"' + future + '"'), "FUTURE_TIMESTAMP");
        add(cases, with("timestamp", "\"9999-12-31T23:59:59Z\""), "FUTURE_TIMESTAMP");
        add(cases, with("timestamp", "253402300799999"), "FUTURE_TIMESTAMP");
    }

    private static void categories(List<Case> cases) {
        counted(cases, "category", "\"Käse & 東京 😀\"", "10:00 Käse & 東京 😀 1");
        counted(cases, "category", "\"K\\u00e4se \\ud83d\\ude00\"", "10:00 Käse 😀 1");
        counted(cases, "category", "\" padded \"", "10:00  padded  1");
        counted(cases, "category", "\"NULL\"", "10:00 NULL 1");
        counted(cases, "category", "\"a\\\"b\\\\c\"", "10:00 a\"b\\c 1");
        counted(cases, "category", "\"{x,y}\"", "10:00 {x,y} 1");
        String hundred = "😀".repeat(100);
        counted(cases, "category", '"' + hundred + '"', "10:00 " + hundred + " 1");
        for (String bad :
                List.of(
                        "\"\"",
                        "\"  \"",
                        "\"\\u2003\"",
                        "\"nul\\u0000\"",
                        "\"tab\\t\"",
                        "\"c1\\u0085\"",
                        "\"del\\u007f\"",
                        "\"half \\ud800\"",
                        "\"\\udc00 half\"",
                        "7",
                        "false",
                        "[]",
                        "{}",
                        '"' + "x".repeat(101) + '"',
                        '"' + "😀".repeat(101) + '"')) {
            add(cases, with("category", bad), CATEGORY);
        }
    }

    @Test
    void countsWhatIsValidAndKeepsTheRest() throws Exception {
        try (Pipeline pipeline = Pipeline.create(1)) {
            pipeline.startJob();
            Map<String, Case> rejected = new HashMap<>();
            Map<String, long[]> counted = new TreeMap<>();
            for (Case example : cases()) {
                var position = pipeline.send(0, "key".getBytes(UTF_8), example.value());
                if (example.isCounted()) {
                    count(counted, example.expected());
                } else {
                    rejected.put("0/" + position.offset(), example);
                }
                // A valid neighbour after each.
                pipeline.send(0, with("category", "\"Neighbour\""));
                count(counted, "10:00 Neighbour 1");
            }

            await().untilAsserted(
                            () ->
                                    assertThat(pipeline.deadLetters().keySet())
                                            .isEqualTo(rejected.keySet()));
            assertDeadLetters(pipeline, rejected);
            await().untilAsserted(() -> assertThat(shown(pipeline)).isEqualTo(readable(counted)));
            assertThat(pipeline.rejectedEvents()).isEqualTo(byReason(rejected));
            pipeline.assertEqualToTopic();
        }
    }

    @Test
    void keepsHeadersAndKeysOfRejectedRecords() throws Exception {
        try (Pipeline pipeline = Pipeline.create(1)) {
            pipeline.startJob();
            var record =
                    new ProducerRecord<>(pipeline.topic(), 0, (byte[]) null, "{".getBytes(UTF_8));
            record.headers().add("trace", "a".getBytes(UTF_8));
            record.headers().add("trace", "b".getBytes(UTF_8));
            record.headers().add("empty", null);
            long timestamp = pipeline.send(record).timestamp();

            await().until(() -> pipeline.deadLetters().size() == 1);

            ConsumerRecord<byte[], byte[]> letter = pipeline.deadLetters().get("0/0");
            assertThat(letter.key()).isNull();
            assertThat(letter.value()).asString().isEqualTo("{");
            assertThat(letter.headers().headers("trace"))
                    .extracting(header -> new String(header.value(), UTF_8))
                    .containsExactly("a", "b");
            assertThat(letter.headers().lastHeader("empty").value()).isNull();
            assertThat(Pipeline.header(letter, "error.reason")).isEqualTo(MALFORMED);
            assertThat(Pipeline.header(letter, "error.detail")).isNotBlank();
            assertThat(Pipeline.header(letter, "source.topic")).isEqualTo(pipeline.topic());
            assertThat(Pipeline.header(letter, "source.timestamp"))
                    .isEqualTo(String.valueOf(timestamp));
        }
    }

    @Test
    void survivesAHundredThousandRejectionsInARow() throws Exception {
        try (Pipeline pipeline = Pipeline.create(2)) {
            pipeline.startJob();
            pipeline.send(0, with("amount", "1"));
            for (int i = 0; i < 100_000; i++) {
                pipeline.sendAsync(i % 2, "{\"broken\":".getBytes(UTF_8));
            }
            pipeline.flush();
            pipeline.send(0, with("amount", "2"));

            await().atMost(Duration.ofSeconds(90))
                    .untilAsserted(
                            () ->
                                    assertThat(pipeline.rejectedEvents())
                                            .isEqualTo(Map.of(MALFORMED, 100_000L)));
            pipeline.assertEqualToTopic();
            assertThat(shown(pipeline)).containsExactly("10:00 Home 3.00/2");
        }
    }

    private static void assertDeadLetters(Pipeline pipeline, Map<String, Case> rejected) {
        pipeline.deadLetters()
                .forEach(
                        (position, letter) -> {
                            Case example = rejected.get(position);
                            String input =
                                    example.value() == null
                                            ? "null"
                                            : new String(example.value(), UTF_8);
                            String shortened = input.substring(0, Math.min(200, input.length()));
                            assertThat(Pipeline.header(letter, "error.reason"))
                                    .as(shortened)
                                    .isEqualTo(example.expected());
                            assertThat(Arrays.equals(letter.value(), example.value()))
                                    .as("original bytes of " + shortened)
                                    .isTrue();
                            assertThat(letter.key()).asString().isEqualTo("key");
                        });
    }

    private static Map<String, Long> byReason(Map<String, Case> rejected) {
        Map<String, Long> counts = new HashMap<>();
        rejected.values().forEach(example -> counts.merge(example.expected(), 1L, Long::sum));
        return counts;
    }

    /** Rows as {@code <HH:mm> <category> <sum>/<count>}, final or not. */
    private static List<String> shown(Pipeline pipeline) {
        return pipeline
                .query(
                        """
                SELECT to_char(window_start, 'HH24:MI') || ' ' || category || ' ' || total_sales || '/' || transaction_count
                FROM category_sales
                """)
                .stream()
                .sorted()
                .toList();
    }

    private static List<String> readable(Map<String, long[]> counted) {
        return counted.entrySet().stream()
                .map(
                        entry ->
                                "%s %s/%d"
                                        .formatted(
                                                entry.getKey(),
                                                BigDecimal.valueOf(entry.getValue()[0], 2)
                                                        .toPlainString(),
                                                entry.getValue()[1]))
                .sorted()
                .toList();
    }

    private static void count(Map<String, long[]> counted, String expected) {
        int split = expected.lastIndexOf(' ');
        long[] sum = counted.computeIfAbsent(expected.substring(0, split), row -> new long[2]);
        sum[0] += new BigDecimal(expected.substring(split + 1)).movePointRight(2).longValueExact();
        sum[1]++;
    }

    private static void counted(List<Case> cases, String field, String json, String expected) {
        add(cases, with(field, json), expected);
    }

    private static void add(List<Case> cases, String document, String expected) {
        cases.add(new Case(document.getBytes(UTF_8), expected));
    }

    private static String with(String field, String json) {
        Map<String, String> fields = new TreeMap<>(VALID);
        fields.put(field, json);
        List<String> members = new ArrayList<>();
        fields.forEach(
                (name, value) -> {
                    if (value != null) {
                        members.add('"' + name + "\": " + value);
                    }
                });
        return "{" + String.join(", ", members) + "}";
    }

    private static String repeated(String field, String json) {
        String document = with("amount", "1");
        return document.substring(0, document.length() - 1) + ",\"" + field + "\":" + json + "}";
    }

    /** A document with these bytes inside an ignored string. */
    private static byte[] withBytes(int... bytes) {
        String document = with("product_name", "\"here\"");
        int at = document.indexOf("here");
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(document.substring(0, at).getBytes(UTF_8));
        for (int b : bytes) {
            out.write(b);
        }
        out.writeBytes(document.substring(at + 4).getBytes(UTF_8));
        return out.toByteArray();
    }

    private static byte[] join(byte[] prefix, String document) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(prefix);
        out.writeBytes(document.getBytes(UTF_8));
        return out.toByteArray();
    }

    private static String epochMillis(String instant) {
        return String.valueOf(Instant.parse(instant).toEpochMilli());
    }
}
