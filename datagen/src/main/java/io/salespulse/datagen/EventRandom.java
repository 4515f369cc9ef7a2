package io.salespulse.datagen;

/**
 * A SplitMix64 sequence cut into stretches of {@value #DRAWS_PER_EVENT} draws, one stretch for each
 * event. An event's draws follow from the seed and the event's index alone, whatever the events
 * before it drew. Not thread-safe.
 */
final class EventRandom {

    private static final int DRAWS_PER_EVENT = 16;
    private static final long GAMMA = 0x9E3779B97F4A7C15L;

    private final long origin;
    private long state;

    EventRandom(long seed) {
        // Mixed, so that neighbouring seeds do not give sequences that are shifted copies of each
        // other.
        this.origin = mix(seed);
    }

    /** Moves to the first draw of the event with this index. */
    void seek(long index) {
        state = origin + index * DRAWS_PER_EVENT * GAMMA;
    }

    long nextLong() {
        state += GAMMA;
        return mix(state);
    }

    /** Uniform from 0 to {@code bound} - 1. */
    int nextInt(int bound) {
        return (int) (((nextLong() >>> 32) * bound) >>> 32);
    }

    /**
     * Uniform from 0 to {@code bound} - 1, with a bias that is not measurable for bounds of
     * event-time size.
     */
    long nextLong(long bound) {
        return (nextLong() >>> 1) % bound;
    }

    /** Uniform in [0, 1). */
    double nextDouble() {
        return (nextLong() >>> 11) * 0x1.0p-53;
    }

    private static long mix(long value) {
        long z = (value ^ (value >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
