package io.salespulse.replay;

import static io.salespulse.replay.Fixture.DEAD_LETTER_TOPIC;
import static io.salespulse.replay.Fixture.TOPIC;
import static io.salespulse.replay.Fixture.letter;
import static io.salespulse.replay.Fixture.original;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

class BatchesTest {
    private static final Journal JOURNAL =
            new Journal(Journal.nameFor(DEAD_LETTER_TOPIC), TOPIC, "id-1");

    private final FakeKafka kafka = new FakeKafka();
    private final Report report =
            new Report(
                    new ReplayOptions(
                            Map.of(),
                            DEAD_LETTER_TOPIC,
                            new Selection(TOPIC, Set.of(), null, null, false),
                            false));
    private final Batches batches = new Batches(new TransactionalSender(kafka, JOURNAL), report);

    @Test
    void commitsTheRecordsWithTheirJournalEntries() throws CannotRunException {
        batches.accept(letter(1));
        batches.accept(letter(2));
        assertThat(kafka.history()).isEmpty();

        batches.finish();

        assertThat(committed())
                .containsExactly(
                        "transactions {}",
                        "transactions.dead-letter.replayed transactions-0@1 id-1",
                        "transactions {}",
                        "transactions.dead-letter.replayed transactions-0@2 id-1");
        assertThat(kafka.commitCount()).isEqualTo(1);
        assertThat(report.count(Outcome.SENT)).isEqualTo(2);
    }

    @Test
    void commitsAFullBatchAtOnce() throws CannotRunException {
        for (int i = 0; i < Batches.MAX_RECORDS + 1; i++) {
            batches.accept(letter(i));
        }
        assertThat(kafka.commitCount()).isEqualTo(1);
        assertThat(report.count(Outcome.SENT)).isEqualTo(Batches.MAX_RECORDS);

        batches.finish();

        assertThat(kafka.commitCount()).isEqualTo(2);
        assertThat(report.count(Outcome.SENT)).isEqualTo(Batches.MAX_RECORDS + 1);
    }

    @Test
    void commitsABatchOfManyBytesAtOnce() throws CannotRunException {
        String half = "x".repeat((int) Batches.MAX_BYTES / 2);
        batches.accept(letter(original(half), "LATE_EVENT", new SourcePosition(TOPIC, 0, 1)));
        assertThat(kafka.commitCount()).isZero();

        batches.accept(letter(original(half), "LATE_EVENT", new SourcePosition(TOPIC, 0, 2)));

        assertThat(kafka.commitCount()).isEqualTo(1);
    }

    @Test
    void withoutRecordsNeedsNoTransaction() throws CannotRunException {
        batches.finish();

        assertThat(kafka.commitCount()).isZero();
    }

    @Test
    void leavesOutWhatIsTooLargeForTheTopic() throws CannotRunException {
        kafka.tooLarge = "transactions-0@2";
        batches.accept(letter(1));
        batches.accept(letter(2));
        batches.accept(letter(3));

        batches.finish();

        assertThat(committed())
                .filteredOn(record -> record.contains("@"))
                .containsExactly(
                        "transactions.dead-letter.replayed transactions-0@1 id-1",
                        "transactions.dead-letter.replayed transactions-0@3 id-1");
        assertThat(kafka.commitCount()).isEqualTo(1);
        assertThat(report.count(Outcome.SENT)).isEqualTo(2);
        assertThat(report.count(Outcome.TOO_LARGE)).isEqualTo(1);
    }

    @Test
    void saysThatAnotherRunHasTakenOver() throws CannotRunException {
        batches.accept(letter(1));
        kafka.fenceProducer();

        assertThatThrownBy(batches::finish)
                .isInstanceOf(CannotRunException.class)
                .hasCauseInstanceOf(ProducerFencedException.class)
                .hasMessageContaining("another run has taken over");
        assertThat(report.count(Outcome.SENT)).isZero();
    }

    @Test
    void countsNothingAsSentThatWasNotCommitted() throws CannotRunException {
        batches.accept(letter(1));
        kafka.commitTransactionException = new KafkaException("no answer");

        assertThatThrownBy(batches::finish).isSameAs(kafka.commitTransactionException);
        assertThat(report.count(Outcome.SENT)).isZero();
    }

    private List<String> committed() {
        return kafka.history().stream().map(BatchesTest::readable).toList();
    }

    private static String readable(ProducerRecord<byte[], byte[]> record) {
        String value = new String(record.value(), UTF_8);
        return record.topic().equals(TOPIC)
                ? TOPIC + " " + value
                : record.topic() + " " + new String(record.key(), UTF_8) + " " + value;
    }

    /** Kafka's own fake, which also finds one record too large, as a broker does. */
    private static final class FakeKafka extends MockProducer<byte[], byte[]> {
        private String tooLarge = "";

        FakeKafka() {
            super(true, null, new ByteArraySerializer(), new ByteArraySerializer());
        }

        @Override
        public synchronized Future<RecordMetadata> send(
                ProducerRecord<byte[], byte[]> record, Callback callback) {
            var mark = record.headers().lastHeader("replayed.from");
            if (mark != null && new String(mark.value(), UTF_8).equals(tooLarge)) {
                callback.onCompletion(null, new RecordTooLargeException("too large"));
                throw new KafkaException("the transaction is in an error state");
            }
            return super.send(record, callback);
        }
    }
}
