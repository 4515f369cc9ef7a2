package io.salespulse.event;

import static org.assertj.core.api.Assertions.assertThat;

import io.salespulse.event.ReferenceParser.Outcome;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * Compares the parser with {@link ReferenceParser} on generated and mutated documents.
 *
 * <p>{@code -Dsalespulse.property-test.inputs=20000000} runs longer; {@code
 * -Dsalespulse.property-test.seed=} repeats a run.
 */
class TransactionParserPropertyTest {

    private static final int INPUTS = Integer.getInteger("salespulse.property-test.inputs", 50_000);
    private static final long SEED =
            Long.getLong("salespulse.property-test.seed", new SplittableRandom().nextLong());

    private final DocumentGenerator documents = new DocumentGenerator(SEED);
    private final ReferenceParser reference = new ReferenceParser();
    private final TransactionScanner scanner = new TransactionScanner();
    private final TransactionParser parser = new TransactionParser();
    private final TransactionParser fullParser = new TransactionParser();

    private int acceptedByScanner;
    private int acceptedByFullParserOnly;
    private final Map<RejectionReason, Integer> rejected = new EnumMap<>(RejectionReason.class);

    @Test
    void agreesWithTheReferenceOnEveryInput() {
        for (int input = 0; input < INPUTS; input++) {
            byte[] document = documents.next();
            Outcome expected = reference.parse(document);
            boolean scanned = scanner.scan(document);
            check(!scanned || scannerMayAccept(expected), "scanner", document, expected);
            // The first time may teach the category, so that the second takes the fast path.
            check(parses(document, expected), "parser", document, expected);
            check(parses(document, expected), "parser, again", document, expected);
            check(parsesFully(document, expected), "full parser", document, expected);
            count(expected, scanned);
        }
        assertThatNoShareIsNegligible();
    }

    private boolean scannerMayAccept(Outcome expected) {
        if (expected.reason() != null) {
            return expected.reason() == RejectionReason.INVALID_CATEGORY;
        }
        return scanner.eventTimeMillis() == expected.eventTimeMillis()
                && scanner.amountCents() == expected.amountCents();
    }

    private boolean parses(byte[] document, Outcome expected) {
        boolean valid = parser.parse(document);
        return valid == (expected.reason() == null) && Outcome.of(parser).equals(expected);
    }

    private boolean parsesFully(byte[] document, Outcome expected) {
        boolean valid = fullParser.parseFully(document);
        return valid == (expected.reason() == null)
                && Outcome.of(fullParser).equals(expected)
                && hasProperDetail(fullParser);
    }

    private static boolean hasProperDetail(TransactionParser parser) {
        String detail = parser.rejectionDetail();
        return parser.rejectionReason() == null
                ? detail == null
                : !detail.isBlank()
                        && detail.length() <= 200
                        && detail.codePoints().noneMatch(Character::isISOControl);
    }

    private void check(boolean agrees, String who, byte[] document, Outcome expected) {
        if (!agrees) {
            throw new AssertionError(
                    String.format(
                            "%s disagrees with %s (parser: %s)%nseed %d, document %s%nin hex %s",
                            who,
                            expected,
                            Outcome.of(parser),
                            SEED,
                            new String(document, StandardCharsets.UTF_8),
                            HexFormat.of().formatHex(document)));
        }
    }

    private void count(Outcome expected, boolean scanned) {
        if (expected.reason() != null) {
            rejected.merge(expected.reason(), 1, Integer::sum);
        } else if (scanned) {
            acceptedByScanner++;
        } else {
            acceptedByFullParserOnly++;
        }
    }

    private void assertThatNoShareIsNegligible() {
        assertThat(acceptedByScanner).as("accepted by the scanner").isGreaterThan(INPUTS / 5);
        assertThat(acceptedByFullParserOnly)
                .as("left to the full parser")
                .isGreaterThan(INPUTS / 50);
        assertThat(rejected)
                .containsOnlyKeys(
                        RejectionReason.MALFORMED_JSON,
                        RejectionReason.MISSING_FIELD,
                        RejectionReason.INVALID_TIMESTAMP,
                        RejectionReason.INVALID_AMOUNT,
                        RejectionReason.INVALID_CATEGORY)
                .allSatisfy((reason, count) -> assertThat(count).isGreaterThan(INPUTS / 100));
    }
}
