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

    private static final int INITIAL_SLOTS = 256;

    /** A spelling this long or shorter is wholly in its two words. */
    private static final int MAX_SHORT_LENGTH = 2 * Long.BYTES;

    /** 2^64 divided by the golden ratio. */
    private static final long HASH_MULTIPLIER = 0x9E37_79B9_7F4A_7C15L;

    private final int capacity;

    // An open-addressing table; a slot without a category is free. Every event comes by, and
    // thousands of categories compete for the core's cache with what Kafka brings: so a slot is
    // small, its neighbours are in the same line, and at 10,000 categories the table is 5/8 full.
    private String[] categories;
    private long[] words;

    /** What does not fit into two words; null for the others. */
    private byte[][] longSpellings;

    private int size;

    private final Map<String, String> instances = new HashMap<>();

    CategoryCache() {
        this(CAPACITY);
    }

    CategoryCache(int capacity) {
        this.capacity = capacity;
        allocate(INITIAL_SLOTS);
    }

    private void allocate(int slots) {
        categories = new String[slots];
        words = new long[2 * slots];
        longSpellings = new byte[slots][];
    }

    /**
     * Finds the category that {@code [from, to)} spells. At least eight bytes must precede {@code
     * to}, as they do in any document that has a category. (An empty one is taken for these eight,
     * of which the last is a quote, as in no spelling.)
     *
     * @param json without NUL in this range, as any valid JSON is
     * @return the slot that holds this spelling, or else the free one where it belongs; until the
     *     table grows or starts over, spellings have the same slot only if they are the same
     */
    int find(byte[] json, int from, int to) {
        long head = head(json, from, to);
        long tail = tail(json, from, to);
        int mask = categories.length - 1;
        int slot = home(head, tail, categories.length);
        while (categories[slot] != null) {
            if (words[2 * slot] == head
                    && words[2 * slot + 1] == tail
                    && (to - from <= MAX_SHORT_LENGTH || isLongSpelling(slot, json, from, to))) {
                break;
            }
            slot = (slot + 1) & mask;
        }
        return slot;
    }

    private boolean isLongSpelling(int slot, byte[] json, int from, int to) {
        byte[] spelling = longSpellings[slot];
        return Arrays.equals(spelling, 0, spelling.length, json, from, to);
    }

    /**
     * The one instance of the category in a slot; null if it is free: its spelling is not known.
     */
    String category(int slot) {
        return categories[slot];
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
        if (size >= categories.length / 8 * 5) {
            grow();
        }
        String instance = intern(category);
        int slot = find(json, from, to);
        words[2 * slot] = head(json, from, to);
        words[2 * slot + 1] = tail(json, from, to);
        categories[slot] = instance;
        longSpellings[slot] =
                to - from > MAX_SHORT_LENGTH ? Arrays.copyOfRange(json, from, to) : null;
        size++;
        return instance;
    }

    private void grow() {
        String[] oldCategories = categories;
        long[] oldWords = words;
        byte[][] oldSpellings = longSpellings;
        allocate(2 * oldCategories.length);
        for (int old = 0; old < oldCategories.length; old++) {
            if (oldCategories[old] != null) {
                int slot = freeSlot(oldWords[2 * old], oldWords[2 * old + 1]);
                words[2 * slot] = oldWords[2 * old];
                words[2 * slot + 1] = oldWords[2 * old + 1];
                categories[slot] = oldCategories[old];
                longSpellings[slot] = oldSpellings[old];
            }
        }
    }

    private int freeSlot(long head, long tail) {
        int slot = home(head, tail, categories.length);
        while (categories[slot] != null) {
            slot = (slot + 1) & (categories.length - 1);
        }
        return slot;
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
        Arrays.fill(longSpellings, null);
        instances.clear();
        size = 0;
    }

    /**
     * Where the search for a spelling begins, in a table of so many slots, a power of two: by the
     * highest bits of a product, as only on these each of its factor's bits has a say. Multiplied
     * once more than it looks necessary: digits in the middle of a word reach few of these bits at
     * once.
     */
    static int home(long head, long tail, int slots) {
        long hash = mix(mix(0, head), tail);
        return (int) (hash * HASH_MULTIPLIER >>> Long.numberOfLeadingZeros(slots - 1L));
    }

    /**
     * The first of the two words by which a spelling is known: its first eight bytes, or all of a
     * shorter one, filled up with NULs. Of a long spelling it is a hash whose first byte is NUL, as
     * no short one's is.
     */
    static long head(byte[] json, int from, int to) {
        return to - from > MAX_SHORT_LENGTH
                ? hash(json, from, to) << Byte.SIZE
                : JsonBytes.longAt(json, Math.min(from, to - Long.BYTES))
                        >>> Math.max(0, Long.BYTES - (to - from)) * Byte.SIZE;
    }

    /**
     * The second word: what follows the first eight bytes, filled up with NULs; of a long spelling
     * its last eight bytes.
     */
    static long tail(byte[] json, int from, int to) {
        long last = JsonBytes.longAt(json, to - Long.BYTES);
        int missing = Math.max(0, MAX_SHORT_LENGTH - (to - from));
        return missing >= Long.BYTES ? 0 : last >>> missing * Byte.SIZE;
    }

    private static long hash(byte[] json, int from, int to) {
        long hash = to - from;
        for (int pos = from; pos < to - Long.BYTES; pos += Long.BYTES) {
            hash = mix(hash, JsonBytes.longAt(json, pos));
        }
        return hash;
    }

    private static long mix(long hash, long word) {
        long product = (hash ^ word) * HASH_MULTIPLIER;
        return product ^ (product >>> 32);
    }
}
