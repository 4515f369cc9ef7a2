package io.salespulse.source;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Properties;
import java.util.Queue;
import java.util.Set;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.connector.base.source.reader.RecordsWithSplitIds;
import org.apache.flink.connector.kafka.source.metrics.KafkaSourceReaderMetrics;
import org.apache.flink.connector.kafka.source.reader.KafkaPartitionSplitReader;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Reads partitions as the Kafka source does, and parses in the same thread, while the records are
 * still in its core's cache. What it hands to the task's thread is batches instead of records.
 */
final class ParsingSplitReader extends KafkaPartitionSplitReader {

    /**
     * The task looks at its mailbox, for barriers and timers, after each batch; one of this size
     * keeps it for some ten microseconds.
     */
    static final int MAX_BATCH_SIZE = 1_000;

    private final RecordParser parser;

    ParsingSplitReader(
            Properties properties,
            SourceReaderContext context,
            KafkaSourceReaderMetrics metrics,
            RecordParser parser) {
        super(properties, context, metrics);
        this.parser = parser;
    }

    @Override
    public RecordsWithSplitIds<ConsumerRecord<byte[], byte[]>> fetch() throws IOException {
        return parse(super.fetch(), parser);
    }

    static RecordsWithSplitIds<ConsumerRecord<byte[], byte[]>> parse(
            RecordsWithSplitIds<ConsumerRecord<byte[], byte[]>> fetched, RecordParser parser) {
        Parsed parsed = new Parsed(fetched.finishedSplits());
        for (String split = fetched.nextSplit(); split != null; split = fetched.nextSplit()) {
            parsed.splits.add(new OfSplit(split, batches(fetched, parser)));
        }
        return parsed;
    }

    /** The batches of the split that {@code fetched} is at. */
    private static Queue<BatchRecord> batches(
            RecordsWithSplitIds<ConsumerRecord<byte[], byte[]>> fetched, RecordParser parser) {
        Queue<BatchRecord> batches = new ArrayDeque<>();
        ConsumerRecord<byte[], byte[]> next = fetched.nextRecordFromSplit();
        while (next != null) {
            TransactionBatch batch = parser.newBatch(next.partition());
            while (next != null && batch.size() < MAX_BATCH_SIZE) {
                parser.parse(next, batch);
                next = fetched.nextRecordFromSplit();
            }
            batches.add(new BatchRecord(batch));
        }
        return batches;
    }

    /**
     * A batch in the place of a record, as the connector knows only those: it stands for all
     * records up to its last one's offset.
     */
    static final class BatchRecord extends ConsumerRecord<byte[], byte[]> {

        private final TransactionBatch batch;

        private BatchRecord(TransactionBatch batch) {
            this(batch, batch.origin(batch.size() - 1));
        }

        private BatchRecord(TransactionBatch batch, ConsumerRecord<byte[], byte[]> last) {
            super(
                    last.topic(),
                    last.partition(),
                    last.offset(),
                    last.timestamp(),
                    last.timestampType(),
                    NULL_SIZE,
                    NULL_SIZE,
                    null,
                    null,
                    last.headers(),
                    Optional.empty());
            this.batch = batch;
        }

        TransactionBatch batch() {
            return batch;
        }
    }

    private record OfSplit(String splitId, Queue<BatchRecord> batches) {}

    /** What one fetch gave, parsed. */
    private static final class Parsed
            implements RecordsWithSplitIds<ConsumerRecord<byte[], byte[]>> {

        private final Queue<OfSplit> splits = new ArrayDeque<>();
        private final Set<String> finishedSplits;
        private Queue<BatchRecord> current;

        private Parsed(Set<String> finishedSplits) {
            this.finishedSplits = finishedSplits;
        }

        @Override
        public String nextSplit() {
            OfSplit next = splits.poll();
            current = next == null ? null : next.batches();
            return next == null ? null : next.splitId();
        }

        @Override
        public ConsumerRecord<byte[], byte[]> nextRecordFromSplit() {
            return current.poll();
        }

        @Override
        public Set<String> finishedSplits() {
            return finishedSplits;
        }
    }
}
