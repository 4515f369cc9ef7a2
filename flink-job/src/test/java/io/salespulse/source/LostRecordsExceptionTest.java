package io.salespulse.source;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.LogTruncationException;
import org.apache.kafka.clients.consumer.NoOffsetForPartitionException;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.DisconnectException;
import org.junit.jupiter.api.Test;

class LostRecordsExceptionTest {

    private static final TopicPartition P2 = new TopicPartition("transactions", 2);

    @Test
    void lostRecordsAreNamedByPartitionAndOffset() {
        Exception failure = inFetcher(new OffsetOutOfRangeException(Map.of(P2, 4_711L)));

        assertThat(LostRecordsException.from(failure))
                .get()
                .satisfies(
                        lost -> {
                            assertThat(lost)
                                    .hasMessageContaining("{transactions-2=4711}")
                                    .hasMessageContaining("without a savepoint or checkpoint");
                            assertThat(lost.getCause()).isSameAs(failure);
                        });
    }

    @Test
    void recordsLostByTruncationAreLostToo() {
        var truncated =
                new LogTruncationException(
                        Map.of(P2, 4_711L), Map.of(P2, new OffsetAndMetadata(9)));

        assertThat(LostRecordsException.from(inFetcher(truncated)))
                .get()
                .satisfies(lost -> assertThat(lost).hasMessageContaining("{transactions-2=4711}"));
    }

    @Test
    void aPartitionWithoutAPositionIsNamed() {
        Exception failure = inFetcher(new NoOffsetForPartitionException(Set.of(P2)));

        assertThat(LostRecordsException.from(failure))
                .get()
                .satisfies(lost -> assertThat(lost).hasMessageContaining("[transactions-2]"));
    }

    @Test
    void otherFailuresAreNotLostRecords() {
        assertThat(LostRecordsException.from(inFetcher(new DisconnectException("broker is gone"))))
                .isEmpty();
        assertThat(LostRecordsException.from(new RuntimeException("without a cause"))).isEmpty();
    }

    /** As Flink's fetcher manager reports what its thread ran into. */
    private static Exception inFetcher(RuntimeException cause) {
        return new RuntimeException(
                "One or more fetchers have encountered exception",
                new RuntimeException("SplitFetcher thread 0 received unexpected exception", cause));
    }
}
