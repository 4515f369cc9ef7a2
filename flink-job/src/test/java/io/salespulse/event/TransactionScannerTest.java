package io.salespulse.event;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The fast path alone: what it takes by mistake nobody corrects, what it leaves costs time. */
class TransactionScannerTest {

    private static final String REST =
            "\"transaction_id\":\"t-1\",\"timestamp\":\"2026-01-15T10:00:00Z\",\"amount\":1";

    private final TransactionScanner scanner = new TransactionScanner();

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'\"category\":\"Home\"' | Home",
                "'\"product_category\":\"Garden\"' | Garden",
                "'\"category\":\"Home\",\"product_category\":\"Garden\"' | Home",
                "'\"product_category\":\"Garden\",\"category\":\"Home\"' | Home",
                "'\"category\":null,\"product_category\":\"Garden\"' | Garden",
                "'\"category\":\"a \\u0041\"' | 'a \\u0041'"
            })
    void findsTheCategory(String fields, String category) {
        byte[] document = bytes("{" + fields + "," + REST + "}");

        assertThat(scanner.scan(document)).isTrue();
        assertThat(
                        new String(
                                document,
                                scanner.categoryFrom(),
                                scanner.categoryTo() - scanner.categoryFrom(),
                                StandardCharsets.UTF_8))
                .isEqualTo(category);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"category\":Home",
                "\"category\":\"Home",
                "\"category\":nul",
                "\"category\":null",
                "\"category\":\"Home\",\"category\":\"Home\"",
                "\"categories\":\"Home\"",
                "\"product_categorx\":\"Home\"",
                "\"category\":\"Home\",\"timestamp\":1",
                "\"category\":\"Home\",\"\\u0061mount\":1"
            })
    void leavesWhatIsNotPlain(String fields) {
        assertThat(scanner.scan(bytes("{" + fields + "," + REST + "}"))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"transaction_id\":7",
                "\"transaction_id\":\" \"",
                "\"transaction_id\":\"\"",
                "\"transaction_id\":\"\u007f\""
            })
    void leavesIdsThatCouldBeBlank(String id) {
        String document = "{%s,\"timestamp\":1,\"amount\":1,\"category\":\"Home\"}".formatted(id);

        assertThat(scanner.scan(bytes(document))).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"0, false", "1, true", "-1, false", "1.5, false", "x, false"})
    void takesTimesAfterTheEpoch(String time, boolean taken) {
        String document =
                "{\"transaction_id\":\"t\",\"timestamp\":%s,\"amount\":0,\"category\":\"Home\"}"
                        .formatted(time);

        assertThat(scanner.scan(bytes(document))).isEqualTo(taken);
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"a\"", "\"amount\"", "\"category\""})
    void findsTheLastFieldWhereverTheDocumentEnds(String end) {
        byte[] document = bytes("{" + REST + ",\"category\":\"Home\",\"note\":" + end + "}");

        assertThat(scanner.scan(document)).isTrue();
        assertThat(scanner.amountCents()).isEqualTo(100);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
