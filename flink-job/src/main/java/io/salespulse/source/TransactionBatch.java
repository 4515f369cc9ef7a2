package io.salespulse.source;

import io.salespulse.event.RejectionReason;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.apache.flink.types.StringValue;
import org.apache.flink.types.Value;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;

/**
 * Consecutive records of one partition after parsing, in the order of their offsets; each is a
 * valid transaction or a rejection.
 *
 * <p>The transactions are added up already, by slices of event time that no window's edge cuts: who
 * finds that all of them count needs nothing else. Who must judge each finds its values in arrays,
 * and goes back to the record, which another thread has made, only for a dead letter. Filled by who
 * parses, and only read from then on.
 */
public final class TransactionBatch implements Value {

    /** Marks a replayed record: docs/rules.md section 8. */
    private static final String REPLAYED_FROM = "replayed.from";

    private static final int INITIAL_CAPACITY = 16;

    /** Batches are of a few records, or full. */
    private static final int GROWTH = 8;

    private static final int NO_SUM = -1;

    private int partition;
    private long sliceMillis;
    private BatchSums sums;
    private final ArrayList<ConsumerRecord<byte[], byte[]>> origins =
            new ArrayList<>(INITIAL_CAPACITY);
    private long[] eventTimes = new long[INITIAL_CAPACITY];
    private long[] cents = new long[INITIAL_CAPACITY];

    /** The part of the sums that an event is in. */
    private int[] parts = new int[INITIAL_CAPACITY];

    private long newestEventTime = Long.MIN_VALUE;

    // Both are rare.
    private final SortedMap<Integer, Rejected> rejected = new TreeMap<>();
    private final BitSet replayed = new BitSet();

    private record Rejected(RejectionReason reason, String detail) {}

    /** For deserialization. */
    public TransactionBatch() {}

    /**
     * An empty batch.
     *
     * @param sliceMillis the length of the slices of event time to add up by, aligned to the epoch:
     *     a window must be a whole number of them
     */
    TransactionBatch(int partition, long sliceMillis) {
        this.partition = partition;
        this.sliceMillis = sliceMillis;
        this.sums = new BatchSums(sliceMillis);
    }

    /**
     * Adds a valid transaction.
     *
     * @param origin the record as it came
     * @param eventTime epoch milliseconds
     * @param categoryHash a number to find the category by in a table; mostly, but not always, the
     *     same for the same instance
     */
    void addTransaction(
            ConsumerRecord<byte[], byte[]> origin,
            long eventTime,
            long amountCents,
            String category,
            int categoryHash) {
        int i = add(origin);
        eventTimes[i] = eventTime;
        cents[i] = amountCents;
        parts[i] = sums.add(eventTime, category, categoryHash, amountCents);
        if (eventTime > newestEventTime && !isReplayed(i)) {
            newestEventTime = eventTime;
        }
    }

    /**
     * Adds a rejection.
     *
     * @param origin the record as it came
     * @param detail what is wrong in words
     */
    void addRejection(
            ConsumerRecord<byte[], byte[]> origin, RejectionReason reason, String detail) {
        int i = add(origin);
        parts[i] = NO_SUM;
        rejected.put(i, new Rejected(reason, detail));
    }

    private int add(ConsumerRecord<byte[], byte[]> origin) {
        int i = origins.size();
        if (i == eventTimes.length) {
            origins.ensureCapacity(GROWTH * i);
            eventTimes = Arrays.copyOf(eventTimes, GROWTH * i);
            cents = Arrays.copyOf(cents, GROWTH * i);
            parts = Arrays.copyOf(parts, GROWTH * i);
        }
        origins.add(origin);
        if (origin.headers().lastHeader(REPLAYED_FROM) != null) {
            replayed.set(i);
        }
        return i;
    }

    public int partition() {
        return partition;
    }

    public int size() {
        return origins.size();
    }

    public boolean isRejected(int i) {
        return parts[i] == NO_SUM;
    }

    /** Null for a valid transaction. */
    public RejectionReason rejectionReason(int i) {
        return isRejected(i) ? rejected.get(i).reason : null;
    }

    /** What is wrong in words; null for a valid transaction. */
    public String rejectionDetail(int i) {
        return isRejected(i) ? rejected.get(i).detail : null;
    }

    /** Which of the records are rejections, in their order. */
    public Set<Integer> rejections() {
        return rejected.keySet();
    }

    /** Whether any record is a dead letter that was sent to the topic again. */
    public boolean hasReplayed() {
        return !replayed.isEmpty();
    }

    /** What all valid transactions, the replayed ones too, add up to. */
    public BatchSums sums() {
        return sums;
    }

    /** A dead letter that was sent to the topic again: docs/rules.md section 8. */
    public boolean isReplayed(int i) {
        return replayed.get(i);
    }

    /** Event time in epoch milliseconds; only for a valid transaction. */
    public long eventTime(int i) {
        return eventTimes[i];
    }

    /** The amount; only for a valid transaction. */
    public long cents(int i) {
        return cents[i];
    }

    /** Null for a rejection. */
    public String category(int i) {
        return isRejected(i) ? null : sums.category(parts[i]);
    }

    /**
     * A number to find the category by in a table, spread over its low bits; only for a valid
     * transaction. Mostly, but not always, the same for the same instance.
     */
    public int categoryHash(int i) {
        return sums.categoryHash(parts[i]);
    }

    /**
     * The highest event time of the valid transactions that are not replayed, in epoch
     * milliseconds; {@link Long#MIN_VALUE} if there is none.
     */
    public long newestEventTime() {
        return newestEventTime;
    }

    /** The record as it came. */
    public ConsumerRecord<byte[], byte[]> origin(int i) {
        return origins.get(i);
    }

    /** Used only where an operator chain is cut, which the job itself never does. */
    @Override
    public void write(DataOutputView out) throws IOException {
        out.writeInt(partition);
        out.writeLong(sliceMillis);
        out.writeInt(size());
        for (int i = 0; i < size(); i++) {
            writeOrigin(origin(i), out);
            out.writeBoolean(isRejected(i));
            if (isRejected(i)) {
                StringValue.writeString(rejectionReason(i).name(), out);
                StringValue.writeString(rejectionDetail(i), out);
            } else {
                out.writeLong(eventTimes[i]);
                out.writeLong(cents[i]);
                StringValue.writeString(category(i), out);
            }
        }
    }

    private static void writeOrigin(ConsumerRecord<byte[], byte[]> origin, DataOutputView out)
            throws IOException {
        StringValue.writeString(origin.topic(), out);
        out.writeLong(origin.offset());
        out.writeLong(origin.timestamp());
        out.writeInt(origin.timestampType().id);
        writeBytes(origin.key(), out);
        writeBytes(origin.value(), out);
        Header[] headers = origin.headers().toArray();
        out.writeInt(headers.length);
        for (Header header : headers) {
            StringValue.writeString(header.key(), out);
            writeBytes(header.value(), out);
        }
    }

    private static void writeBytes(byte[] bytes, DataOutputView out) throws IOException {
        out.writeInt(bytes == null ? -1 : bytes.length);
        if (bytes != null) {
            out.write(bytes);
        }
    }

    /** Reads into an empty batch. */
    @Override
    public void read(DataInputView in) throws IOException {
        partition = in.readInt();
        sliceMillis = in.readLong();
        sums = new BatchSums(sliceMillis);
        int count = in.readInt();
        for (int i = 0; i < count; i++) {
            ConsumerRecord<byte[], byte[]> origin = readOrigin(partition, in);
            if (in.readBoolean()) {
                addRejection(
                        origin,
                        RejectionReason.valueOf(StringValue.readString(in)),
                        StringValue.readString(in));
            } else {
                long eventTime = in.readLong();
                long amountCents = in.readLong();
                String category = StringValue.readString(in);
                addTransaction(origin, eventTime, amountCents, category, category.hashCode());
            }
        }
    }

    private static ConsumerRecord<byte[], byte[]> readOrigin(int partition, DataInputView in)
            throws IOException {
        String topic = StringValue.readString(in);
        long offset = in.readLong();
        long timestamp = in.readLong();
        TimestampType timestampType = timestampType(in.readInt());
        byte[] key = readBytes(in);
        byte[] value = readBytes(in);
        Headers headers = new RecordHeaders();
        int headerCount = in.readInt();
        for (int i = 0; i < headerCount; i++) {
            headers.add(StringValue.readString(in), readBytes(in));
        }
        return new ConsumerRecord<>(
                topic,
                partition,
                offset,
                timestamp,
                timestampType,
                key == null ? ConsumerRecord.NULL_SIZE : key.length,
                value == null ? ConsumerRecord.NULL_SIZE : value.length,
                key,
                value,
                headers,
                Optional.empty());
    }

    private static TimestampType timestampType(int id) throws IOException {
        for (TimestampType type : TimestampType.values()) {
            if (type.id == id) {
                return type;
            }
        }
        throw new IOException("No timestamp type has the id " + id);
    }

    private static byte[] readBytes(DataInputView in) throws IOException {
        int length = in.readInt();
        if (length < 0) {
            return null;
        }
        byte[] bytes = new byte[length];
        in.readFully(bytes);
        return bytes;
    }
}
