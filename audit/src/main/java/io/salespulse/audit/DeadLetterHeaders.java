package io.salespulse.audit;

import java.nio.charset.StandardCharsets;
import java.util.OptionalLong;
import java.util.Set;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;

/** The headers that a dead letter has beside the original ones: docs/rules.md section 7. */
final class DeadLetterHeaders {
    static final String REASON = "error.reason";
    static final String DETAIL = "error.detail";
    static final String TRUNCATED = "error.truncated";
    static final String TOPIC = "source.topic";
    static final String PARTITION = "source.partition";
    static final String OFFSET = "source.offset";
    static final String TIMESTAMP = "source.timestamp";

    private static final Set<String> RESERVED =
            Set.of(REASON, DETAIL, TRUNCATED, TOPIC, PARTITION, OFFSET, TIMESTAMP);

    private DeadLetterHeaders() {}

    /**
     * A record that came back from the dead-letter topic may hold such a header among its original
     * ones.
     */
    static boolean isReserved(String name) {
        return RESERVED.contains(name);
    }

    /** The text of the last header of that name, or null if there is none. */
    static String text(Headers headers, String name) {
        Header header = headers.lastHeader(name);
        return header == null || header.value() == null
                ? null
                : new String(header.value(), StandardCharsets.UTF_8);
    }

    /** The decimal number in the last header of that name; empty if there is none. */
    static OptionalLong number(Headers headers, String name) {
        String text = text(headers, name);
        try {
            return text == null ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(text));
        } catch (NumberFormatException e) {
            return OptionalLong.empty();
        }
    }
}
