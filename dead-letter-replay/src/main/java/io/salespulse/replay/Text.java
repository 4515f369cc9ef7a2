package io.salespulse.replay;

import java.util.Locale;

/** How values look in the output. */
final class Text {
    private Text() {}

    static String number(long value) {
        return String.format(Locale.ROOT, "%,d", value);
    }

    /**
     * Text that was read from outside, cut to a length, with what could change the terminal or the
     * line written as an escape.
     */
    static String visible(String text, int maxLength) {
        if (text == null) {
            return "(none)";
        }
        StringBuilder visible = new StringBuilder();
        text.chars().limit(maxLength).forEach(c -> append(visible, (char) c));
        return text.length() > maxLength ? visible + "…" : visible.toString();
    }

    private static void append(StringBuilder visible, char c) {
        if (Character.isISOControl(c) || Character.getType(c) == Character.FORMAT) {
            visible.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
        } else {
            visible.append(c);
        }
    }

    /** The first line of an exception's message, or its type if it has none. */
    static String reason(Throwable e) {
        String message = e.getMessage();
        return message == null || message.isBlank()
                ? e.getClass().getSimpleName()
                : message.lines().findFirst().orElseThrow();
    }

    /** The same of the cause that has no other: it says what is wrong with a certificate. */
    static String innermostReason(Throwable e) {
        return e.getCause() == null ? reason(e) : innermostReason(e.getCause());
    }
}
