package io.salespulse.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.SourceEvent;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.flink.core.io.InputStatus;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.flink.runtime.throwable.ThrowableClassifier;
import org.apache.flink.runtime.throwable.ThrowableType;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.DisconnectException;
import org.junit.jupiter.api.Test;

class StoppingReaderTest {

    private static final KafkaPartitionSplit SPLIT =
            new KafkaPartitionSplit(new TopicPartition("transactions", 2), 4_711);

    private final Reader delegate = new Reader();
    private final StoppingReader reader = new StoppingReader(delegate);

    @Test
    void lostRecordsStopTheJobForGood() {
        delegate.failure =
                inFetcher(
                        new OffsetOutOfRangeException(
                                Map.of(new TopicPartition("transactions", 2), 4_711L)));

        assertThatThrownBy(() -> reader.pollNext(null))
                .isInstanceOf(SuppressRestartsException.class)
                .cause()
                .isInstanceOf(LostRecordsException.class)
                .hasMessageContaining("{transactions-2=4711}")
                .hasCause(delegate.failure);
    }

    @Test
    void flinkTakesItForUnrecoverable() {
        delegate.failure =
                inFetcher(
                        new OffsetOutOfRangeException(
                                Map.of(new TopicPartition("transactions", 2), 4_711L)));

        assertThatThrownBy(() -> reader.pollNext(null))
                .satisfies(
                        failure ->
                                assertThat(ThrowableClassifier.getThrowableType(failure))
                                        .isEqualTo(ThrowableType.NonRecoverableError));
    }

    @Test
    void otherFailuresPassUnchanged() {
        delegate.failure = inFetcher(new DisconnectException("broker is gone"));

        assertThatThrownBy(() -> reader.pollNext(null)).isSameAs(delegate.failure);
    }

    @Test
    void passesEverythingOn() throws Exception {
        reader.start();
        reader.addSplits(List.of(SPLIT));
        reader.pauseOrResumeSplits(List.of("a"), List.of("b"));
        reader.handleSourceEvents(new SourceEvent() {});
        reader.notifyCheckpointComplete(1);
        reader.notifyCheckpointAborted(2);
        reader.notifyNoMoreSplits();

        assertThat(reader.pollNext(null)).isEqualTo(InputStatus.MORE_AVAILABLE);
        assertThat(reader.isAvailable()).isSameAs(delegate.available);
        assertThat(reader.snapshotState(3)).containsExactly(SPLIT);
        reader.close();
        assertThat(delegate.calls)
                .containsExactly(
                        "start",
                        "add [" + SPLIT + "]",
                        "pause [a] resume [b]",
                        "event",
                        "complete 1",
                        "aborted 2",
                        "no more splits",
                        "snapshot 3",
                        "close");
    }

    @Test
    void aPartitionThatIsFoundLaterBeginsWithItsFirstRecordEver() throws Exception {
        TopicPartition added = new TopicPartition("transactions", 3);

        reader.addSplits(
                List.of(
                        SPLIT,
                        new KafkaPartitionSplit(added, KafkaPartitionSplit.EARLIEST_OFFSET),
                        new KafkaPartitionSplit(added, KafkaPartitionSplit.EARLIEST_OFFSET, 5)));

        assertThat(delegate.calls)
                .containsExactly(
                        "add "
                                + List.of(
                                        SPLIT,
                                        new KafkaPartitionSplit(added, 0),
                                        new KafkaPartitionSplit(added, 0, 5)));
        reader.close();
    }

    private static Exception inFetcher(RuntimeException cause) {
        return new RuntimeException(
                "One or more fetchers have encountered exception",
                new RuntimeException("SplitFetcher thread 0 received unexpected exception", cause));
    }

    /** Writes down what it is told, and fails with what it is given. */
    private static final class Reader
            implements SourceReader<TransactionBatch, KafkaPartitionSplit> {

        private final CompletableFuture<Void> available = new CompletableFuture<>();
        private final List<String> calls = new ArrayList<>();
        private Exception failure;

        @Override
        public InputStatus pollNext(ReaderOutput<TransactionBatch> output) throws Exception {
            if (failure != null) {
                throw failure;
            }
            return InputStatus.MORE_AVAILABLE;
        }

        @Override
        public void start() {
            calls.add("start");
        }

        @Override
        public List<KafkaPartitionSplit> snapshotState(long checkpointId) {
            calls.add("snapshot " + checkpointId);
            return List.of(SPLIT);
        }

        @Override
        public CompletableFuture<Void> isAvailable() {
            return available;
        }

        @Override
        public void addSplits(List<KafkaPartitionSplit> splits) {
            calls.add("add " + splits);
        }

        @Override
        public void notifyNoMoreSplits() {
            calls.add("no more splits");
        }

        @Override
        public void handleSourceEvents(SourceEvent event) {
            calls.add("event");
        }

        @Override
        public void pauseOrResumeSplits(Collection<String> pause, Collection<String> resume) {
            calls.add("pause " + pause + " resume " + resume);
        }

        @Override
        public void notifyCheckpointComplete(long checkpointId) {
            calls.add("complete " + checkpointId);
        }

        @Override
        public void notifyCheckpointAborted(long checkpointId) {
            calls.add("aborted " + checkpointId);
        }

        @Override
        public void close() {
            calls.add("close");
        }
    }
}
