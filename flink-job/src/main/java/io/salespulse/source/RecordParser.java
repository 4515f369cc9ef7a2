package io.salespulse.source;

import io.salespulse.event.RejectionReason;
import io.salespulse.event.TransactionParser;
import io.salespulse.event.WindowRules;
import java.time.Duration;
import java.time.Instant;
import org.apache.flink.metrics.MetricGroup;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Judges every Kafka record, bad ones included, as far as a record alone can be judged. It never
 * throws for what a record holds: an exception here would fail the job at the same offset for ever.
 */
final class RecordParser {

    private final TransactionParser parser = new TransactionParser();
    private final long windowMillis;
    private final long maxFutureSkewMillis;

    RecordParser(WindowRules rules, MetricGroup metrics) {
        windowMillis = rules.windowSize().toMillis();
        maxFutureSkewMillis = rules.maxFutureSkew().toMillis();
        metrics.gauge("fallbackParses", parser::fallbackCount);
    }

    /** An empty batch that adds up by windows. */
    TransactionBatch newBatch(int partition) {
        return new TransactionBatch(partition, windowMillis);
    }

    /** Adds a record to the batch, as a transaction or as a rejection. */
    void parse(ConsumerRecord<byte[], byte[]> record, TransactionBatch batch) {
        if (!parser.parse(record.value())) {
            batch.addRejection(record, parser.rejectionReason(), parser.rejectionDetail());
        } else if (parser.eventTimeMillis() - record.timestamp() > maxFutureSkewMillis) {
            batch.addRejection(record, RejectionReason.FUTURE_TIMESTAMP, futureDetail(record));
        } else {
            batch.addTransaction(
                    record,
                    parser.eventTimeMillis(),
                    parser.amountCents(),
                    parser.category(),
                    parser.categoryHash());
        }
    }

    private String futureDetail(ConsumerRecord<byte[], byte[]> record) {
        return "event time %s is more than %s later than the record timestamp %s"
                .formatted(
                        Instant.ofEpochMilli(parser.eventTimeMillis()),
                        Duration.ofMillis(maxFutureSkewMillis),
                        Instant.ofEpochMilli(record.timestamp()));
    }
}
