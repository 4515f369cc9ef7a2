package io.salespulse.event;

/**
 * What the full parser says about a record's value: either the values of a valid transaction, or
 * the reason of a rejection and a detail for people.
 *
 * @param eventTimeMillis epoch milliseconds; 0 for a rejection
 * @param amountCents 0 for a rejection
 * @param category null for a rejection
 * @param reason null for a valid transaction
 * @param detail one line of printable text; null for a valid transaction
 */
record Verdict(
        long eventTimeMillis,
        long amountCents,
        String category,
        RejectionReason reason,
        String detail) {

    private static final int MAX_DETAIL_LENGTH = 200;

    static Verdict valid(long eventTimeMillis, long amountCents, String category) {
        return new Verdict(eventTimeMillis, amountCents, category, null, null);
    }

    /** {@code detail} may end with text from the record; it is cut and made printable here. */
    static Verdict rejected(RejectionReason reason, String detail) {
        return new Verdict(0, 0, null, reason, printable(detail));
    }

    boolean isValid() {
        return reason == null;
    }

    private static String printable(String text) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < text.length(); i += Character.charCount(text.codePointAt(i))) {
            int codePoint = text.codePointAt(i);
            String piece =
                    isPrintable(codePoint)
                            ? Character.toString(codePoint)
                            : String.format("\\u%04X", codePoint);
            if (line.length() + piece.length() >= MAX_DETAIL_LENGTH) {
                return line.append('…').toString();
            }
            line.append(piece);
        }
        return line.toString();
    }

    private static boolean isPrintable(int codePoint) {
        switch (Character.getType(codePoint)) {
            case Character.CONTROL:
            case Character.FORMAT:
            case Character.SURROGATE:
            case Character.PRIVATE_USE:
            case Character.UNASSIGNED:
            case Character.LINE_SEPARATOR:
            case Character.PARAGRAPH_SEPARATOR:
                return false;
            default:
                return true;
        }
    }
}
