package io.salespulse.backfill;

/**
 * What a backfill has read of one partition so far: absolute values. A Flink POJO.
 *
 * <p>Times are epoch milliseconds; {@link #NONE} before the first valid record.
 */
public class ReadProgress {

    public static final long NONE = Long.MIN_VALUE;

    public int partition;
    public long nextOffset;
    public long recordCount;

    /** The highest event time of valid records that are not replayed dead letters. */
    public long newestEventTime = NONE;

    /** The highest Kafka record timestamp of the same records. */
    public long newestValidRecord = NONE;

    public ReadProgress() {}

    public ReadProgress(
            int partition,
            long nextOffset,
            long recordCount,
            long newestEventTime,
            long newestValidRecord) {
        this.partition = partition;
        this.nextOffset = nextOffset;
        this.recordCount = recordCount;
        this.newestEventTime = newestEventTime;
        this.newestValidRecord = newestValidRecord;
    }

    ReadProgress copy() {
        return new ReadProgress(
                partition, nextOffset, recordCount, newestEventTime, newestValidRecord);
    }
}
