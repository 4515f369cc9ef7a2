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

    /** Of a slot: head, tail, and length with hash. */
    private static final int SLOT_WORDS = 3;

    private final int capacity;
    private final int mask;

    // An open-addressing table, at most half full; a slot without a category is free. Every event
    // comes by, and thousands of categories do not stay in the core's cache beside what Kafka
    // brings: so a look touches few places, and the hash alone tells where they are.
    private final String[] categories;
    private final byte[][] spellings;
    private final long[] words;
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
        words = new long[slots * SLOT_WORDS];
    }

    /**
     * Finds the category that {@code [from, to)} spells. At least eight bytes must precede {@code
     * to}, as they do in any document that has a category.
     *
     * @return the slot that holds this spelling, or else the free one where it belongs
     */
    int find(byte[] json, int from, int to) {
        int length = to - from;
        long head = head(json, from, to);
        long tail = tail(json, from, to);
        int slot = home(json, from, to, categories.length);
        while (categories[slot] != null) {
            int word = slot * SLOT_WORDS;
            if (words[word] == head
                    && words[word + 1] == tail
                    && words[word + 2] >>> Integer.SIZE == length
                    && (length <= MAX_SHORT_LENGTH
                            || Arrays.equals(spellings[slot], 0, length, json, from, to))) {
                break;
            }
            slot = (slot + 1) & mask;
        }
        return slot;
    }

    /**
     * The one instance of the category in a slot; null if it is free: its spelling is not known.
     */
    String category(int slot) {
        return categories[slot];
    }

    /** Its {@code hashCode()}, without a look at the string. */
    int hash(int slot) {
        return (int) words[slot * SLOT_WORDS + 2];
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
        int slot = find(json, from, to);
        int word = slot * SLOT_WORDS;
        words[word] = head(json, from, to);
        words[word + 1] = tail(json, from, to);
        words[word + 2] =
                (long) (to - from) << Integer.SIZE | Integer.toUnsignedLong(instance.hashCode());
        categories[slot] = instance;
        spellings[slot] = Arrays.copyOfRange(json, from, to);
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

    /**
     * Where the search for a spelling begins, in a table of so many slots, a power of two: by the
     * highest bits of a product, as only on these each of its factor's bits has a say. (Numbered
     * names differ in the highest bits of their tail.)
     */
    static int home(byte[] json, int from, int to, int slots) {
        long hash = mix(mix(to - from, head(json, from, to)), tail(json, from, to));
        for (int pos = from + Long.BYTES; pos < to - Long.BYTES; pos += Long.BYTES) {
            hash = mix(hash, JsonBytes.longAt(json, pos));
        }
        return (int) (hash >>> Long.numberOfLeadingZeros(slots - 1L));
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
