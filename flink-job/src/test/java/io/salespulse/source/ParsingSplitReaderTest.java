package io.salespulse.source;

import static io.salespulse.source.ParsingSplitReader.MAX_BATCH_SIZE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.salespulse.event.RejectionReason;
import io.salespulse.event.WindowRules;
import io.salespulse.source.ParsingSplitReader.BatchRecord;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.LongStream;
import org.apache.flink.connector.base.source.reader.RecordsWithSplitIds;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

class ParsingSplitReaderTest {

    private static final WindowRules RULES =
            new WindowRules(
                    Duration.ofMinutes(1),
                    Duration.ZERO,
                    Duration.ofHours(1),
                    Duration.ofMinutes(1));

    private final Fetched fetched = new Fetched();

    @Test
    void makesBatchesOfTheRecordsOfEachSplit() {
        fetched.split("t-0", 0, 5, 6, 9);
        fetched.split("t-1", 1, 2);

        assertThat(parsed()).containsExactly("t-0", "0: [5, 6, 9]", "t-1", "1: [2]");
    }

    @Test
    void aBatchStandsForAllRecordsUpToItsLastOne() {
        fetched.split("t-0", 0, 5, 6, 9);
        var parsed = ParsingSplitReader.parse(fetched, parser());
        parsed.nextSplit();

        ConsumerRecord<byte[], byte[]> record = parsed.nextRecordFromSplit();

        assertThat(record.topic()).isEqualTo("transactions");
        assertThat(record.partition()).isZero();
        assertThat(record.offset()).isEqualTo(9);
        assertThat(record.timestamp()).isEqualTo(1_009);
        assertThat(parsed.nextRecordFromSplit()).isNull();
    }

    @Test
    void cutsLongRunsOfRecords() {
        long count = 2L * MAX_BATCH_SIZE + 1;
        fetched.split("t-0", 0, LongStream.range(0, count).toArray());
        var parsed = ParsingSplitReader.parse(fetched, parser());
        parsed.nextSplit();

        List<Long> offsets = new ArrayList<>();
        List<Integer> sizes = new ArrayList<>();
        for (var record = parsed.nextRecordFromSplit();
                record != null;
                record = parsed.nextRecordFromSplit()) {
            TransactionBatch batch = ((BatchRecord) record).batch();
            sizes.add(batch.size());
            for (int i = 0; i < batch.size(); i++) {
                offsets.add(batch.origin(i).offset());
            }
        }

        assertThat(sizes).containsExactly(MAX_BATCH_SIZE, MAX_BATCH_SIZE, 1);
        assertThat(offsets).isEqualTo(LongStream.range(0, count).boxed().toList());
    }

    @Test
    void aSplitWithoutRecordsGivesNone() {
        fetched.split("t-0", 0);
        fetched.split("t-1", 1, 2);

        assertThat(parsed()).containsExactly("t-0", "t-1", "1: [2]");
    }

    @Test
    void tellsWhichSplitsAreFinished() {
        fetched.finished.add("t-0");

        assertThat(ParsingSplitReader.parse(fetched, parser()).finishedSplits())
                .containsExactly("t-0");
    }

    @Test
    void badRecordsAreAmongTheOthers() {
        fetched.split("t-0", 0, 5, 6);
        var parsed = ParsingSplitReader.parse(fetched, parser());
        parsed.nextSplit();
        TransactionBatch batch = ((BatchRecord) parsed.nextRecordFromSplit()).batch();

        assertThat(batch.rejectionReason(1)).isEqualTo(RejectionReason.MALFORMED_JSON);
    }

    /** In order: each split's name, then its batches as partition and offsets. */
    private List<String> parsed() {
        var parsed = ParsingSplitReader.parse(fetched, parser());
        List<String> seen = new ArrayList<>();
        for (String split = parsed.nextSplit(); split != null; split = parsed.nextSplit()) {
            seen.add(split);
            for (var record = parsed.nextRecordFromSplit();
                    record != null;
                    record = parsed.nextRecordFromSplit()) {
                TransactionBatch batch = ((BatchRecord) record).batch();
                seen.add(
                        batch.partition()
                                + ": "
                                + LongStream.range(0, batch.size())
                                        .mapToObj(i -> batch.origin((int) i).offset())
                                        .toList());
            }
        }
        return seen;
    }

    private static RecordParser parser() {
        return new RecordParser(RULES, new UnregisteredMetricsGroup());
    }

    /** What the connector's split reader gives, in memory. */
    private static final class Fetched
            implements RecordsWithSplitIds<ConsumerRecord<byte[], byte[]>> {

        private final Map<String, List<ConsumerRecord<byte[], byte[]>>> splits =
                new LinkedHashMap<>();
        private final Set<String> finished = new HashSet<>();
        private Iterator<Map.Entry<String, List<ConsumerRecord<byte[], byte[]>>>> nextSplits;
        private Iterator<ConsumerRecord<byte[], byte[]>> records;

        void split(String id, int partition, long... offsets) {
            splits.put(
                    id,
                    LongStream.of(offsets).mapToObj(offset -> record(partition, offset)).toList());
        }

        private static ConsumerRecord<byte[], byte[]> record(int partition, long offset) {
            TransactionRecord record = new TransactionRecord();
            record.partition = partition;
            record.offset = offset;
            record.recordTimestamp = 1_000 + offset;
            record.value = "no json".getBytes(UTF_8);
            return record.origin();
        }

        @Override
        public String nextSplit() {
            if (nextSplits == null) {
                nextSplits = splits.entrySet().iterator();
            }
            if (!nextSplits.hasNext()) {
                return null;
            }
            var split = nextSplits.next();
            records = split.getValue().iterator();
            return split.getKey();
        }

        @Override
        public ConsumerRecord<byte[], byte[]> nextRecordFromSplit() {
            return records.hasNext() ? records.next() : null;
        }

        @Override
        public Set<String> finishedSplits() {
            return finished;
        }
    }
}
