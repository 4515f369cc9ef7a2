package io.salespulse.source;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.salespulse.event.RejectionReason;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.java.typeutils.ValueTypeInfo;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.junit.jupiter.api.Test;

class TransactionBatchTest {

    @Test
    void newestEventTimeIsThatOfTheValidTransactionsThatAreNotReplayed() {
        TransactionRecord replayed = sale(1, 5_000).replayed();

        assertThat(batch(sale(0, 2_000), replayed, rejection(2), sale(3, 1_000)).newestEventTime())
                .isEqualTo(2_000);
        assertThat(batch(rejection(0), replayed).newestEventTime()).isEqualTo(Long.MIN_VALUE);
    }

    @Test
    void marksReplayedRecordsOnly() {
        TransactionBatch batch = batch(sale(0, 1), sale(1, 1).replayed(), rejection(2).replayed());

        assertThat(batch.isReplayed(0)).isFalse();
        assertThat(batch.isReplayed(1)).isTrue();
        assertThat(batch.isReplayed(2)).isTrue();
    }

    @Test
    void addsUpBySliceAndCategory() {
        TransactionBatch batch =
                TransactionRecord.batch(
                        List.of(
                                sale(0, 59_999),
                                sale(1, 60_000),
                                rejection(2),
                                sale(3, 0),
                                sale(4, 119_999)),
                        60_000);

        assertThat(parts(batch)).containsExactly("0 Home 25998/2", "60000 Home 25998/2");
        assertThat(batch(rejection(2)).sums().size()).isZero();
    }

    /** Far more categories than the table has places for, some of them with one number. */
    @Test
    void addsUpEveryEventOnceHoweverManyCategoriesThereAre() {
        SplittableRandom random = new SplittableRandom(4711);
        List<String> categories = IntStream.range(0, 1_000).mapToObj(i -> "category " + i).toList();
        TransactionBatch batch = new TransactionBatch(3, 60_000);
        Map<String, Long> cents = new TreeMap<>();
        Map<String, Long> counts = new TreeMap<>();
        for (int i = 0; i < 5_000; i++) {
            String category = categories.get(random.nextInt(1 + random.nextInt(1_000)));
            long eventTime = random.nextLong(300_000);
            long amount = random.nextLong(10_000);
            batch.addTransaction(
                    sale(i, eventTime).origin(), eventTime, amount, category, category.length());
            String key = eventTime / 60_000 + " " + category;
            cents.merge(key, amount, Long::sum);
            counts.merge(key, 1L, Long::sum);
            assertThat(batch.category(i)).isSameAs(category);
        }

        BatchSums sums = batch.sums();
        for (int part = 0; part < sums.size(); part++) {
            String key = sums.slice(part) / 60_000 + " " + sums.category(part);
            cents.merge(key, -sums.cents(part), Long::sum);
            counts.merge(key, (long) -sums.count(part), Long::sum);
        }
        assertThat(cents.values()).containsOnly(0L);
        assertThat(counts.values()).containsOnly(0L);
    }

    private static List<String> parts(TransactionBatch batch) {
        BatchSums sums = batch.sums();
        return IntStream.range(0, sums.size())
                .mapToObj(
                        part ->
                                "%d %s %d/%d"
                                        .formatted(
                                                sums.slice(part),
                                                sums.category(part),
                                                sums.cents(part),
                                                sums.count(part)))
                .toList();
    }

    @Test
    void tellsItsRejectionsInOrderAndWhetherAnyIsReplayed() {
        assertThat(batch(rejection(0), sale(1, 1), rejection(2)).rejections())
                .containsExactly(0, 2);
        assertThat(batch(sale(0, 1), rejection(1)).hasReplayed()).isFalse();
        assertThat(batch(sale(0, 1), rejection(1).replayed()).hasReplayed()).isTrue();
    }

    @Test
    void travelsBetweenTasksWithEverything() throws Exception {
        TransactionRecord full = sale(7, 1_768_471_200_123L).replayed();
        full.key = "key".getBytes(UTF_8);
        full.value = "value".getBytes(UTF_8);
        full.headers.add("trace".repeat(20_000), "1".getBytes(UTF_8)).add("none", null);
        TransactionBatch batch = batch(full, rejection(9));

        TransactionBatch arrived = copyThroughBytes(batch);

        assertThat(arrived.size()).isEqualTo(2);
        assertThat(arrived.newestEventTime()).isEqualTo(batch.newestEventTime());
        for (int i = 0; i < 2; i++) {
            assertThat(TransactionRecord.of(arrived, i))
                    .usingRecursiveComparison()
                    .isEqualTo(TransactionRecord.of(batch, i));
            assertThat(arrived.isReplayed(i)).isEqualTo(batch.isReplayed(i));
        }
        assertThat(parts(arrived)).isEqualTo(parts(batch));
    }

    private static TransactionBatch copyThroughBytes(TransactionBatch batch) throws Exception {
        TypeInformation<TransactionBatch> type = TypeInformation.of(TransactionBatch.class);
        assertThat(type).isInstanceOf(ValueTypeInfo.class);
        var serializer = type.createSerializer(new SerializerConfigImpl());
        var bytes = new DataOutputSerializer(64);
        serializer.serialize(batch, bytes);
        return serializer.deserialize(new DataInputDeserializer(bytes.getCopyOfBuffer()));
    }

    private static TransactionBatch batch(TransactionRecord... records) {
        return TransactionRecord.batch(List.of(records));
    }

    private static TransactionRecord sale(long offset, long eventTime) {
        TransactionRecord record = new TransactionRecord();
        record.partition = 3;
        record.offset = offset;
        record.eventTime = eventTime;
        record.recordTimestamp = eventTime + 5;
        record.category = "Home";
        record.cents = 12_999;
        return record;
    }

    private static TransactionRecord rejection(long offset) {
        TransactionRecord record = new TransactionRecord();
        record.partition = 3;
        record.offset = offset;
        record.recordTimestamp = 9;
        record.rejectionReason = RejectionReason.MALFORMED_JSON;
        record.rejectionDetail = "a detail";
        return record;
    }
}
