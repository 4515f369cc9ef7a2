package io.salespulse.bench;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.time.LocalDate;

/**
 * A transaction as somebody who knows Jackson well would read it: streaming, without a tree, and
 * with times and amounts taken from the parser's own buffer.
 *
 * <p>It believes its input: UTC milliseconds and two decimals at most, as datagen writes them. Our
 * parser checks all of docs/rules.md.
 */
final class JacksonTransaction {

    private static final long MILLIS_PER_DAY = 86_400_000;

    long eventTime;
    String category;
    long cents;

    private int dayKey;
    private long dayMillis;

    void read(JsonParser parser) throws IOException {
        try (parser) {
            parser.nextToken();
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String name = parser.currentName();
                parser.nextToken();
                switch (name) {
                    case "timestamp" ->
                            eventTime = millis(parser.getTextCharacters(), parser.getTextOffset());
                    case "category" -> category = parser.getText();
                    case "amount" ->
                            cents =
                                    cents(
                                            parser.getTextCharacters(),
                                            parser.getTextOffset(),
                                            parser.getTextLength());
                    default -> parser.skipChildren();
                }
            }
        }
    }

    private long millis(char[] text, int from) {
        int year = number(text, from, 4);
        int month = number(text, from + 5, 2);
        int day = number(text, from + 8, 2);
        int key = (year * 12 + month) * 31 + day;
        if (key != dayKey) {
            dayMillis = LocalDate.of(year, month, day).toEpochDay() * MILLIS_PER_DAY;
            dayKey = key;
        }
        return dayMillis
                + number(text, from + 11, 2) * 3_600_000L
                + number(text, from + 14, 2) * 60_000L
                + number(text, from + 17, 2) * 1_000L
                + number(text, from + 20, 3);
    }

    private static int number(char[] text, int from, int digits) {
        int number = 0;
        for (int i = from; i < from + digits; i++) {
            number = number * 10 + text[i] - '0';
        }
        return number;
    }

    private static long cents(char[] text, int from, int length) {
        long number = 0;
        int decimals = -1;
        for (int i = from; i < from + length; i++) {
            if (text[i] == '.') {
                decimals = 0;
            } else {
                number = number * 10 + text[i] - '0';
                decimals += decimals < 0 ? 0 : 1;
            }
        }
        return decimals <= 0 ? number * 100 : decimals == 1 ? number * 10 : number;
    }
}
