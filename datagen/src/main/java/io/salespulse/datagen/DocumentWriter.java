package io.salespulse.datagen;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import java.util.List;

/**
 * Writes transactions as JSON by copying prepared byte templates and patching digits in place: no
 * text and no JSON library per event, and no garbage, because there is one array for each length
 * that documents can have. Not thread-safe.
 */
final class DocumentWriter {

    static final int ID_LENGTH = 36;

    private static final String BEFORE_ID = "{\"transaction_id\":\"";
    private static final String BEFORE_TIMESTAMP = "\",\"timestamp\":\"";
    private static final int TIMESTAMP_OFFSET =
            BEFORE_ID.length() + ID_LENGTH + BEFORE_TIMESTAMP.length();
    private static final byte[] BEFORE_USER = ",\"user_id\":\"user_".getBytes(UTF_8);
    private static final byte[] HEX = "0123456789abcdef".getBytes(ISO_8859_1);

    private final byte[][] heads;
    private final byte[][][] products;
    private final byte[][] tails;
    private final TimestampWriter timestamps = new TimestampWriter();
    private byte[][] byLength = new byte[512][];

    DocumentWriter(Catalog catalog) {
        List<Category> categories = catalog.categories();
        heads = categories.stream().map(category -> head(category.name())).toArray(byte[][]::new);
        products =
                categories.stream()
                        .map(category -> category.products().stream().map(p -> middle(p.name())))
                        .map(middles -> middles.toArray(byte[][]::new))
                        .toArray(byte[][][]::new);
        tails = Catalog.PAYMENT_METHODS.stream().map(DocumentWriter::tail).toArray(byte[][]::new);
    }

    /**
     * Writes a random (version 4) UUID with the given bits, in its text form, to the beginning of
     * {@code target}.
     */
    static void writeId(long high, long low, byte[] target) {
        long versioned = (high & 0xFFFFFFFFFFFF0FFFL) | 0x4000L;
        long varied = (low & 0x3FFFFFFFFFFFFFFFL) | 0x8000000000000000L;
        writeHex(versioned >>> 32, 8, target, 0);
        target[8] = '-';
        writeHex(versioned >>> 16, 4, target, 9);
        target[13] = '-';
        writeHex(versioned, 4, target, 14);
        target[18] = '-';
        writeHex(varied >>> 48, 4, target, 19);
        target[23] = '-';
        writeHex(varied, 12, target, 24);
    }

    /**
     * @param id text of {@value #ID_LENGTH} bytes
     * @param category number of the category in the catalog
     * @param product number of the product in its category
     * @param cents not negative
     * @param user number of the user
     * @param paymentMethod number of the payment method
     * @return the document in an array that the next call may overwrite
     */
    byte[] write(
            byte[] id,
            long eventTime,
            int category,
            int product,
            int cents,
            int user,
            int paymentMethod) {
        byte[] head = heads[category];
        byte[] middle = products[category][product];
        byte[] tail = tails[paymentMethod];
        int wholeDigits = digits(cents / 100);
        int userDigits = digits(user);
        int length =
                head.length
                        + middle.length
                        + wholeDigits
                        + 3
                        + BEFORE_USER.length
                        + userDigits
                        + tail.length;
        byte[] document = ofLength(length);
        int position = append(head, document, 0);
        System.arraycopy(id, 0, document, BEFORE_ID.length(), ID_LENGTH);
        timestamps.write(eventTime, document, TIMESTAMP_OFFSET);
        position = append(middle, document, position);
        position = appendNumber(cents / 100, wholeDigits, document, position);
        document[position++] = '.';
        position = appendNumber(cents % 100, 2, document, position);
        position = append(BEFORE_USER, document, position);
        position = appendNumber(user, userDigits, document, position);
        append(tail, document, position);
        return document;
    }

    /**
     * A reusable array of exactly this length, which the next call for the same length returns
     * again.
     */
    byte[] ofLength(int length) {
        if (length >= byLength.length) {
            byLength = Arrays.copyOf(byLength, Math.max(length + 1, byLength.length * 2));
        }
        byte[] array = byLength[length];
        if (array == null) {
            array = new byte[length];
            byLength[length] = array;
        }
        return array;
    }

    private static byte[] head(String category) {
        String text =
                BEFORE_ID
                        + " ".repeat(ID_LENGTH)
                        + BEFORE_TIMESTAMP
                        + " ".repeat(TimestampWriter.LENGTH)
                        + "\",\"category\":\""
                        + escape(category)
                        + "\",\"product_name\":\"";
        return text.getBytes(UTF_8);
    }

    private static byte[] middle(String product) {
        return (escape(product) + "\",\"amount\":").getBytes(UTF_8);
    }

    private static byte[] tail(String paymentMethod) {
        return ("\",\"payment_method\":\"" + escape(paymentMethod) + "\"}").getBytes(UTF_8);
    }

    // Enough for names without control characters.
    private static String escape(String text) {
        return text.replace("\\", "\\\\").replace("\"", "\\\"");
    }

    private static int append(byte[] part, byte[] target, int position) {
        System.arraycopy(part, 0, target, position, part.length);
        return position + part.length;
    }

    private static int appendNumber(int number, int digits, byte[] target, int position) {
        int rest = number;
        for (int i = position + digits - 1; i >= position; i--) {
            target[i] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
        return position + digits;
    }

    private static int digits(int number) {
        int digits = 1;
        for (int rest = number; rest >= 10; rest /= 10) {
            digits++;
        }
        return digits;
    }

    private static void writeHex(long bits, int digits, byte[] target, int offset) {
        long rest = bits;
        for (int i = offset + digits - 1; i >= offset; i--) {
            target[i] = HEX[(int) rest & 0xF];
            rest >>>= 4;
        }
    }
}
