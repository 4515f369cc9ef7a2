package io.salespulse.source;

import io.salespulse.event.RejectionReason;
import io.salespulse.event.TransactionParser;
import java.time.Duration;
import java.time.Instant;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;

/**
 * Turns every Kafka record into exactly one {@link TransactionRecord}, bad ones included. It never
 * throws for what a record holds: an exception here would fail the job at the same offset for ever.
 */
final class TransactionDeserializer implements KafkaRecordDeserializationSchema<TransactionRecord> {

    /** Marks a replayed record: docs/rules.md section 8. */
    private static final String REPLAYED_FROM = "replayed.from";

    /**
     * A record that is reused for long grows old, and each reference that is stored into an old
     * object costs the G1 collector a memory barrier. A young one is as good as free.
     */
    private static final int USES_OF_A_RECORD = 4_096;

    private final long maxFutureSkewMillis;

    private transient TransactionParser parser;
    private transient TransactionRecord reused;
    private transient int uses;

    TransactionDeserializer(Duration maxFutureSkew) {
        this.maxFutureSkewMillis = maxFutureSkew.toMillis();
    }

    @Override
    public void open(DeserializationSchema.InitializationContext context) {
        open(context.getMetricGroup());
    }

    void open(MetricGroup metrics) {
        parser = new TransactionParser();
        reused = new TransactionRecord();
        metrics.gauge("fallbackParses", parser::fallbackCount);
    }

    @Override
    public void deserialize(
            ConsumerRecord<byte[], byte[]> source, Collector<TransactionRecord> out) {
        TransactionRecord record = reusedRecord();
        copyOrigin(source, record);
        if (!parser.parse(source.value())) {
            reject(record, parser.rejectionReason(), parser.rejectionDetail());
        } else if (parser.eventTimeMillis() - source.timestamp() > maxFutureSkewMillis) {
            reject(record, RejectionReason.FUTURE_TIMESTAMP, futureDetail(source));
        } else {
            record.rejectionReason = null;
            record.rejectionDetail = null;
            record.eventTime = parser.eventTimeMillis();
            record.cents = parser.amountCents();
            record.category = parser.category();
        }
        out.collect(record);
    }

    private TransactionRecord reusedRecord() {
        if (++uses > USES_OF_A_RECORD) {
            reused = new TransactionRecord();
            uses = 1;
        }
        return reused;
    }

    private static void copyOrigin(
            ConsumerRecord<byte[], byte[]> source, TransactionRecord record) {
        record.partition = source.partition();
        record.offset = source.offset();
        record.recordTimestamp = source.timestamp();
        record.key = source.key();
        record.value = source.value();
        record.replayed = false;
        Header[] headers = source.headers().toArray();
        if (headers.length == 0) {
            record.headerKeys = TransactionRecord.NO_HEADER_KEYS;
            record.headerValues = TransactionRecord.NO_HEADER_VALUES;
        } else {
            record.headerKeys = new String[headers.length];
            record.headerValues = new byte[headers.length][];
            for (int i = 0; i < headers.length; i++) {
                record.headerKeys[i] = headers[i].key();
                record.headerValues[i] = headers[i].value();
                record.replayed |= headers[i].key().equals(REPLAYED_FROM);
            }
        }
    }

    private static void reject(TransactionRecord record, RejectionReason reason, String detail) {
        record.rejectionReason = reason;
        record.rejectionDetail = detail;
        record.category = null;
    }

    private String futureDetail(ConsumerRecord<byte[], byte[]> source) {
        return "event time %s is more than %s later than the record timestamp %s"
                .formatted(
                        Instant.ofEpochMilli(parser.eventTimeMillis()),
                        Duration.ofMillis(maxFutureSkewMillis),
                        Instant.ofEpochMilli(source.timestamp()));
    }

    @Override
    public TypeInformation<TransactionRecord> getProducedType() {
        return TypeInformation.of(TransactionRecord.class);
    }
}
