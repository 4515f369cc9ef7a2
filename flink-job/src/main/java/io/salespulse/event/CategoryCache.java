package io.salespulse.event;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * The valid categories seen so far, found by how they are spelled in JSON, so that a known one
 * costs neither a {@code String} nor a validation.
 *
 * <p>A spelling is the bytes between the quotes, escapes included; several spellings may share a
 * category. Bounded: when it is full it forgets everything and starts over, which topics with up to
 * {@link #CAPACITY} spellings never meet.
 *
 * <p>Not thread-safe.
 */
final class CategoryCache {

    /** Well above the 10,000 categories that the pipeline is built for. */
    static final int CAPACITY = 16_384;

    /** A spelling this long or shorter is known by its head and tail. */
    private static final int MAX_SHORT_LENGTH = 2 * Long.BYTES;

    /** 2^64 divided by the golden ratio. */
    private static final long HASH_MULTIPLIER = 0x9E37_79B9_7F4A_7C15L;

    private final int capacity;
    private final int mask;

    // An open-addressing table at most half full, as parallel arrays; a slot without a category is
    // free.
    private final String[] categories;
    private final byte[][] spellings;
    private final long[] heads;
    private final long[] tails;
    private int size;

    private final Map<String, String> instances = new HashMap<>();

    CategoryCache() {
        this(CAPACITY);
    }

    /** {@code capacity} is a power of two. */
    CategoryCache(int capacity) {
        int slots = 2 * capacity;
        this.capacity = capacity;
        mask = slots - 1;
        categories = new String[slots];
        spellings = new byte[slots][];
        heads = new long[slots];
        tails = new long[slots];
    }

    /**
     * Finds the category that {@code [from, to)} spells. At least eight bytes must precede {@code
     * to}, as they do in any document that has a category.
     *
     * @return its instance, or null if the spelling is not known
     */
    String find(byte[] json, int from, int to) {
        return categories[slot(json, from, to)];
    }

    /**
     * Remembers that {@code [from, to)}, which was not found, spells {@code category}.
     *
     * @return the category's instance
     */
    String learn(byte[] json, int from, int to, String category) {
        if (size == capacity) {
            clear();
        }
        String instance = intern(category);
        int slot = slot(json, from, to);
        categories[slot] = instance;
        spellings[slot] = Arrays.copyOfRange(json, from, to);
        heads[slot] = head(json, from, to);
        tails[slot] = tail(json, from, to);
        size++;
        return instance;
    }

    /** The one instance for this category, until the cache starts over. */
    String intern(String category) {
        String known = instances.get(category);
        if (known != null) {
            return known;
        }
        if (instances.size() == capacity) {
            clear();
        }
        instances.put(category, category);
        return category;
    }

    private void clear() {
        Arrays.fill(categories, null);
        Arrays.fill(spellings, null);
        instances.clear();
        size = 0;
    }

    /** The slot that holds this spelling, or else the free one where it belongs. */
    private int slot(byte[] json, int from, int to) {
        int length = to - from;
        long head = head(json, from, to);
        long tail = tail(json, from, to);
        long hash = mix(mix(length, head), tail);
        for (int pos = from + Long.BYTES; pos < to - Long.BYTES; pos += Long.BYTES) {
            hash = mix(hash, JsonBytes.longAt(json, pos));
        }
        int slot = (int) hash & mask;
        while (categories[slot] != null
                && !(heads[slot] == head
                        && tails[slot] == tail
                        && spellings[slot].length == length
                        && (length <= MAX_SHORT_LENGTH
                                || Arrays.equals(spellings[slot], 0, length, json, from, to)))) {
            slot = (slot + 1) & mask;
        }
        return slot;
    }

    /**
     * The first eight bytes of a spelling, or all of a shorter one. Without a branch on the length,
     * which cannot be predicted.
     */
    private static long head(byte[] json, int from, int to) {
        return JsonBytes.longAt(json, Math.min(from, to - Long.BYTES)) >>> foreignBits(from, to);
    }

    /** The last eight bytes of a spelling, or all of a shorter one. */
    private static long tail(byte[] json, int from, int to) {
        return JsonBytes.longAt(json, to - Long.BYTES) >>> foreignBits(from, to);
    }

    /** How many of the 64 bits before {@code to} do not belong to the spelling. */
    private static int foreignBits(int from, int to) {
        return Math.max(0, Long.BYTES - (to - from)) * Byte.SIZE;
    }

    private static long mix(long hash, long word) {
        long product = (hash ^ word) * HASH_MULTIPLIER;
        return product ^ (product >>> 32);
    }
}
