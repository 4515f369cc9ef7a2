package io.salespulse.event;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is wrong with an amount or a time, which decides what the rejection says. */
class NumbersAndTimesTest {

    private static final int INVALID = TimestampParser.INVALID;
    private static final int OUT_OF_RANGE = TimestampParser.OUT_OF_RANGE;

    @ParameterizedTest
    @CsvSource({
        "'', " + AmountParser.NOT_A_NUMBER,
        "-, " + AmountParser.NOT_A_NUMBER,
        "01, " + AmountParser.NOT_A_NUMBER,
        "1., " + AmountParser.NOT_A_NUMBER,
        "1.5e1, " + AmountParser.HAS_EXPONENT,
        "1E1, " + AmountParser.HAS_EXPONENT,
        "0.001, " + AmountParser.HAS_THIRD_FRACTION_DIGIT,
        "-0.01, " + AmountParser.NEGATIVE,
        "1000000000, " + AmountParser.TOO_LARGE,
        "99999999999999999999, " + AmountParser.TOO_LARGE,
        "999999999.99, " + AmountParser.MAX_CENTS,
        "-0.00, 0",
        "0.010, 1"
    })
    void amount(String text, long expected) {
        assertThat(new AmountParser().parse(bytes(text), 0)).isEqualTo(expected);
    }

    @Test
    void amountOfTooManyDigits() {
        String longest = "0." + "0".repeat(JsonBytes.MAX_NUMBER_LENGTH - 2);
        AmountParser parser = new AmountParser();

        assertThat(parser.parse(bytes(": " + longest), 2)).isZero();
        assertThat(parser.end()).isEqualTo(2 + JsonBytes.MAX_NUMBER_LENGTH);
        assertThat(parser.parse(bytes(": " + longest + "0"), 2))
                .isEqualTo(AmountParser.NOT_A_NUMBER);
    }

    @ParameterizedTest
    @CsvSource({
        "2026-01-15, " + INVALID,
        "2026-02-29T10:00:00Z, " + INVALID,
        "2026-13-01T10:00:00Z, " + INVALID,
        "2026-01-15T24:00:00Z, " + INVALID,
        "2026-01-15T10:60:00Z, " + INVALID,
        "2026-01-15T10.00:00Z, " + INVALID,
        "2026-01-15t10:00:00Z, " + INVALID,
        "2026-01-15T10:00:60Z, " + INVALID,
        "2026-01-15T10:00:00.Z, " + INVALID,
        "2026-01-15T10:00:00.1234567890Z, " + INVALID,
        "2026-01-15T10:00:00, " + INVALID,
        "2026-01-15T10:00:00+18:01, " + INVALID,
        "2026-01-15T10:00:00+01:60, " + INVALID,
        "2026-01-15 10:00:60, " + INVALID,
        "2026-01-15 10:00.00, " + INVALID,
        "2026-01-15 10:00:00.12, " + INVALID,
        "1970-01-01T00:00:00Z, " + OUT_OF_RANGE,
        "1970-01-01T00:00:00+01:00, " + OUT_OF_RANGE,
        "9999-12-31T23:59:59.999-00:01, " + OUT_OF_RANGE,
        "1970-01-01T00:00:00.001Z, 1",
        "1970-01-01T18:00:00.001+18:00, 1",
        "1970-01-01T18:00:00.001+1800, 1",
        "1970-01-01T18:59:00.001+18:59, " + INVALID,
        "1970-01-01T00:59:00.001+00:59, 1",
        "9999-12-31T23:59:59.999Z, " + TimestampParser.MAX_EPOCH_MILLIS
    })
    void time(String text, long expected) {
        assertThat(new TimestampParser().parseText(bytes(text), 0)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "1.5, " + INVALID,
        "1e3, " + INVALID,
        "0, " + OUT_OF_RANGE,
        "-1, " + OUT_OF_RANGE,
        "253402300800000, " + OUT_OF_RANGE,
        "2534023007999999, " + OUT_OF_RANGE,
        "99999999999999999999, " + OUT_OF_RANGE,
        "1, 1",
        "253402300799999, " + TimestampParser.MAX_EPOCH_MILLIS
    })
    void timeAsNumber(String text, long expected) {
        byte[] number = bytes(text);

        assertThat(TimestampParser.parseNumber(number, 0, number.length)).isEqualTo(expected);
    }

    @Test
    void timeOfAnotherCenturyOrDayThanTheLast() {
        TimestampParser parser = new TimestampParser();

        for (String time :
                new String[] {
                    "2026-01-15T10:00:00Z", "3026-01-15T10:00:00Z", "3026-01-16T10:00:00Z"
                }) {
            assertThat(parser.parseText(bytes(time), 0))
                    .isEqualTo(Instant.parse(time).toEpochMilli());
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
