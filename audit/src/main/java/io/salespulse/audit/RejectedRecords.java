package io.salespulse.audit;

import java.util.Arrays;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * The rejected records of one partition, in the order of their offsets: what is needed to recognise
 * their dead letters, some 50 bytes each whatever their size. Columns instead of objects, because a
 * topic may hold tens of millions. Not thread-safe.
 */
final class RejectedRecords {
    static final int NOT_FOUND = -1;

    private static final Reason[] REASONS = Reason.values();

    private final Fingerprints fingerprints = new Fingerprints();
    private int size;
    private int sizeAtMark;
    private long[] offsets = new long[16];
    private long[] timestamps = new long[16];
    private long[] keys = new long[16];
    private long[] values = new long[16];
    private long[] headers = new long[16];
    private int[] keySizes = new int[16];
    private int[] valueSizes = new int[16];
    private byte[] reasons = new byte[16];
    private boolean[] certain = new boolean[16];
    private boolean[] found = new boolean[16];

    /**
     * Appends a record, whose offset must be above those before it.
     *
     * @param isCertain false if the record counts or is late, depending on records that the log no
     *     longer holds
     */
    void add(ConsumerRecord<byte[], byte[]> record, Reason reason, boolean isCertain) {
        if (size == offsets.length) {
            grow();
        }
        offsets[size] = record.offset();
        timestamps[size] = record.timestamp();
        keys[size] = fingerprints.of(record.key());
        values[size] = fingerprints.of(record.value());
        headers[size] = fingerprints.of(record.headers());
        keySizes[size] = record.key() == null ? 0 : record.key().length;
        valueSizes[size] = record.value() == null ? 0 : record.value().length;
        reasons[size] = (byte) reason.ordinal();
        certain[size] = isCertain;
        size++;
    }

    private void grow() {
        int capacity = size + (size >> 1);
        offsets = Arrays.copyOf(offsets, capacity);
        timestamps = Arrays.copyOf(timestamps, capacity);
        keys = Arrays.copyOf(keys, capacity);
        values = Arrays.copyOf(values, capacity);
        headers = Arrays.copyOf(headers, capacity);
        keySizes = Arrays.copyOf(keySizes, capacity);
        valueSizes = Arrays.copyOf(valueSizes, capacity);
        reasons = Arrays.copyOf(reasons, capacity);
        certain = Arrays.copyOf(certain, capacity);
        found = Arrays.copyOf(found, capacity);
    }

    void mark() {
        sizeAtMark = size;
    }

    int size() {
        return size;
    }

    /** Returns the index of the record at this offset or {@link #NOT_FOUND}. */
    int indexOf(long offset) {
        return Math.max(NOT_FOUND, Arrays.binarySearch(offsets, 0, size, offset));
    }

    boolean isBeforeMark(int index) {
        return index < sizeAtMark;
    }

    long offset(int index) {
        return offsets[index];
    }

    /** The Kafka record timestamp in epoch milliseconds. */
    long timestamp(int index) {
        return timestamps[index];
    }

    long keyFingerprint(int index) {
        return keys[index];
    }

    long valueFingerprint(int index) {
        return values[index];
    }

    long headersFingerprint(int index) {
        return headers[index];
    }

    /** Bytes; 0 for a null key. */
    int keySize(int index) {
        return keySizes[index];
    }

    /** Bytes; 0 for a null value. */
    int valueSize(int index) {
        return valueSizes[index];
    }

    Reason reason(int index) {
        return REASONS[reasons[index]];
    }

    boolean isCertain(int index) {
        return certain[index];
    }

    boolean hasDeadLetter(int index) {
        return found[index];
    }

    void setHasDeadLetter(int index) {
        found[index] = true;
    }
}
