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

    /** What {@link #find} returns for a spelling that is not known. */
    static final int UNKNOWN = -1;

    /** Well above the 10,000 categories that the pipeline is built for. */
    static final int CAPACITY = 16_384;

    /** A spelling this long or shorter is known by its head and tail. */
    private static final int MAX_SHORT_LENGTH = 2 * Long.BYTES;

    /** 2^64 divided by the golden ratio. */
    private static final long HASH_MULTIPLIER = 0x9E37_79B9_7F4A_7C15L;

    /** A slot of the table: head, tail, and {@link #entry}, or 0 where the slot is free. */
    private static final int SLOT_WORDS = 3;

    private final int capacity;
    private final int mask;

    // An open-addressing table at most half full, its slots as words side by side: with thousands
    // of categories a look into it is a cache miss, and should be a single one.
    private final long[] table;

    // By entry, in the order of learning.
    private final String[] categories;
    private final int[] hashes;
    private final byte[][] spellings;
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
        table = new long[slots * SLOT_WORDS];
        categories = new String[capacity];
        hashes = new int[capacity];
        spellings = new byte[capacity][];
    }

    /**
     * Finds the category that {@code [from, to)} spells. At least eight bytes must precede {@code
     * to}, as they do in any document that has a category.
     *
     * @return its number for {@link #category} and {@link #hash}, or {@link #UNKNOWN}
     */
    int find(byte[] json, int from, int to) {
        return (int) table[slot(json, from, to) + 2] - 1;
    }

    /** The one instance of a category that was found. */
    String category(int number) {
        return categories[number];
    }

    /** Its {@code hashCode()}, without a look at the string. */
    int hash(int number) {
        return hashes[number];
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
        table[slot] = head(json, from, to);
        table[slot + 1] = tail(json, from, to);
        table[slot + 2] = entry(to - from, size);
        categories[size] = instance;
        hashes[size] = instance.hashCode();
        spellings[size] = Arrays.copyOfRange(json, from, to);
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
        Arrays.fill(table, 0);
        instances.clear();
        size = 0;
    }

    /** The last word of a slot; never 0. */
    private static long entry(int length, int number) {
        return (long) length << Integer.SIZE | (number + 1);
    }

    /** Where the slot begins that holds this spelling, or else the free one where it belongs. */
    private int slot(byte[] json, int from, int to) {
        int length = to - from;
        long head = head(json, from, to);
        long tail = tail(json, from, to);
        long hash = mix(mix(length, head), tail);
        for (int pos = from + Long.BYTES; pos < to - Long.BYTES; pos += Long.BYTES) {
            hash = mix(hash, JsonBytes.longAt(json, pos));
        }
        for (int i = (int) hash & mask; ; i = (i + 1) & mask) {
            int slot = i * SLOT_WORDS;
            long entry = table[slot + 2];
            if (entry == 0
                    || (table[slot] == head
                            && table[slot + 1] == tail
                            && entry >>> Integer.SIZE == length
                            && (length <= MAX_SHORT_LENGTH || spells(entry, json, from, to)))) {
                return slot;
            }
        }
    }

    private boolean spells(long entry, byte[] json, int from, int to) {
        byte[] spelling = spellings[(int) entry - 1];
        return Arrays.equals(spelling, 0, spelling.length, json, from, to);
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
