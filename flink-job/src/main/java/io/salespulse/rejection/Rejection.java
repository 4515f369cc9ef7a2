package io.salespulse.rejection;

import io.salespulse.event.RejectionReason;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;

/** A record that is not counted, with everything that its dead letter needs. A Flink POJO. */
public class Rejection {

    public RejectionReason reason;
    public String detail;
    public int partition;
    public long offset;

    /** Kafka's record timestamp in epoch milliseconds. */
    public long recordTimestamp;

    /** Null if the record has none. */
    public byte[] key;

    /** Null for a tombstone. */
    public byte[] value;

    public String[] headerKeys;

    /** Beside {@link #headerKeys}; an element may be null. */
    public byte[][] headerValues;

    /**
     * @param origin the record as it came
     * @param detail what is wrong in words
     */
    public static Rejection of(
            ConsumerRecord<byte[], byte[]> origin, RejectionReason reason, String detail) {
        Rejection rejection = new Rejection();
        rejection.reason = reason;
        rejection.detail = detail;
        rejection.partition = origin.partition();
        rejection.offset = origin.offset();
        rejection.recordTimestamp = origin.timestamp();
        rejection.key = origin.key();
        rejection.value = origin.value();
        rejection.setHeaders(origin.headers().toArray());
        return rejection;
    }

    private void setHeaders(Header[] headers) {
        headerKeys = new String[headers.length];
        headerValues = new byte[headers.length][];
        for (int i = 0; i < headers.length; i++) {
            headerKeys[i] = headers[i].key();
            headerValues[i] = headers[i].value();
        }
    }
}
