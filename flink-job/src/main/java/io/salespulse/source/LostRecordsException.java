package io.salespulse.source;

import java.util.Collection;
import java.util.Optional;
import org.apache.flink.util.ExceptionUtils;
import org.apache.kafka.clients.consumer.NoOffsetForPartitionException;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.TopicPartition;

/** Says which records are gone and how to go on. */
final class LostRecordsException extends Exception {

    private LostRecordsException(String where, Throwable cause) {
        super(
                "Records that the job had not read yet are no longer in the topic ("
                        + where
                        + "): retention removed them, or the topic was created anew. The job"
                        + " does not restart, because it would count without them. To go on"
                        + " with what is left, submit the job again without a savepoint or"
                        + " checkpoint: it then counts from the first window that is whole.",
                cause);
    }

    static Optional<LostRecordsException> from(Throwable failure) {
        return ExceptionUtils.findThrowable(failure, OffsetOutOfRangeException.class)
                .map(cause -> cause.offsetOutOfRangePartitions().toString())
                .or(
                        () ->
                                ExceptionUtils.findThrowable(
                                                failure, NoOffsetForPartitionException.class)
                                        .map(LostRecordsException::partitions))
                .map(where -> new LostRecordsException(where, failure));
    }

    private static String partitions(NoOffsetForPartitionException cause) {
        Collection<TopicPartition> partitions = cause.partitions();
        return partitions.toString();
    }
}
