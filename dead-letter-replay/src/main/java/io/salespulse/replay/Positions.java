package io.salespulse.replay;

import java.util.HashMap;
import java.util.Map;
import org.roaringbitmap.longlong.Roaring64Bitmap;

/**
 * A set of positions in one topic. Compressed, a few bytes each, because a dead-letter topic may
 * hold tens of millions. Not thread-safe.
 */
final class Positions {
    private final Map<Integer, Roaring64Bitmap> offsets = new HashMap<>();

    boolean contains(SourcePosition position) {
        Roaring64Bitmap ofPartition = offsets.get(position.partition());
        return ofPartition != null && ofPartition.contains(position.offset());
    }

    /** Returns whether it was not there before. */
    boolean add(SourcePosition position) {
        if (contains(position)) {
            return false;
        }
        offsets.computeIfAbsent(position.partition(), partition -> new Roaring64Bitmap())
                .addLong(position.offset());
        return true;
    }
}
