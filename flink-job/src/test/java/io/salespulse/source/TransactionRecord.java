package io.salespulse.source;

import io.salespulse.event.RejectionReason;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;

/** One parsed record, to make batches of and to look at what is in one. */
public final class TransactionRecord {

    /** Null for a valid transaction. */
    public RejectionReason rejectionReason;

    public String rejectionDetail;
    public long eventTime;
    public long cents;

    /** Null for a rejection. */
    public String category;

    public int partition;
    public long offset;
    public long recordTimestamp;
    public byte[] key;
    public byte[] value;
    public Headers headers = new RecordHeaders();

    /** The only record of a batch. */
    public static TransactionRecord onlyOneOf(TransactionBatch batch) {
        if (batch.size() != 1) {
            throw new IllegalArgumentException(batch.size() + " records");
        }
        return of(batch, 0);
    }

    /** A record of a batch. */
    public static TransactionRecord of(TransactionBatch batch, int i) {
        ConsumerRecord<byte[], byte[]> origin = batch.origin(i);
        TransactionRecord record = new TransactionRecord();
        record.rejectionReason = batch.rejectionReason(i);
        record.rejectionDetail = batch.rejectionDetail(i);
        record.eventTime = batch.eventTime(i);
        record.cents = batch.cents(i);
        record.category = batch.category(i);
        record.partition = batch.partition();
        record.offset = origin.offset();
        record.recordTimestamp = origin.timestamp();
        record.key = origin.key();
        record.value = origin.value();
        record.headers = origin.headers();
        return record;
    }

    public boolean isRejected() {
        return rejectionReason != null;
    }

    public TransactionRecord replayed() {
        headers.add("replayed.from", new byte[0]);
        return this;
    }

    public TransactionBatch toBatch() {
        return batch(List.of(this));
    }

    /** All must be of one partition; adds up by slices that fit any windows. */
    public static TransactionBatch batch(List<TransactionRecord> records) {
        return batch(records, 1);
    }

    /** All must be of one partition. */
    public static TransactionBatch batch(List<TransactionRecord> records, long sliceMillis) {
        TransactionBatch batch = new TransactionBatch(records.get(0).partition, sliceMillis);
        for (TransactionRecord record : records) {
            if (record.isRejected()) {
                batch.addRejection(record.origin(), record.rejectionReason, record.rejectionDetail);
            } else {
                batch.addTransaction(
                        record.origin(),
                        record.eventTime,
                        record.cents,
                        record.category,
                        record.category.hashCode());
            }
        }
        return batch;
    }

    /** The record as Kafka gives it. */
    public ConsumerRecord<byte[], byte[]> origin() {
        return new ConsumerRecord<>(
                "transactions",
                partition,
                offset,
                recordTimestamp,
                TimestampType.CREATE_TIME,
                ConsumerRecord.NULL_SIZE,
                ConsumerRecord.NULL_SIZE,
                key,
                value,
                headers,
                Optional.empty());
    }
}
