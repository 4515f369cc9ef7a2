package io.salespulse.source;

import java.io.IOException;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.Callable;
import org.apache.flink.api.connector.source.SourceEvent;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.connector.kafka.source.enumerator.KafkaSourceEnumState;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connector's enumerator with two guards against reading on at the wrong place.
 *
 * <p>It stops the job for good when the topic is no longer the one that the job was submitted for.
 * Kafka finds a topic by its name, so a job whose topic was deleted and created again, and filled
 * beyond the job's offsets, would read on in the middle of another log. It looks whenever a reader
 * starts, so also after each failure, and every ten seconds.
 *
 * <p>And it lets no checkpoint or savepoint be taken before it knows the partitions: a job that
 * came back from one would begin where the topic then begins, whatever retention had removed.
 */
final class GuardedEnumerator
        implements SplitEnumerator<KafkaPartitionSplit, KafkaSourceEnumState> {

    private static final Logger LOG = LoggerFactory.getLogger(GuardedEnumerator.class);
    private static final long INTERVAL_MILLIS = 10_000;

    private final SplitEnumerator<KafkaPartitionSplit, KafkaSourceEnumState> delegate;
    private final SplitEnumeratorContext<KafkaPartitionSplit> context;
    private final TopicIdentity topic;
    private final Properties properties;

    private TopicIdentity.Lookup lookup;

    /**
     * @param properties of Kafka's clients
     */
    GuardedEnumerator(
            SplitEnumerator<KafkaPartitionSplit, KafkaSourceEnumState> delegate,
            SplitEnumeratorContext<KafkaPartitionSplit> context,
            TopicIdentity topic,
            Properties properties) {
        this.delegate = delegate;
        this.context = context;
        this.topic = topic;
        this.properties = properties;
    }

    @Override
    public void start() {
        lookup = topic.lookup(properties);
        delegate.start();
        context.callAsync(look(), this::compare, 0, INTERVAL_MILLIS);
    }

    @Override
    public void addReader(int subtask) {
        delegate.addReader(subtask);
        context.callAsync(look(), this::compare);
    }

    private Callable<String> look() {
        return lookup::currentId;
    }

    private void compare(String currentId, Throwable failure) {
        if (failure != null) {
            LOG.warn("Could not see whether {} is still the same. Looking again.", topic, failure);
        } else if (!topic.id().equals(currentId)) {
            throw new SuppressRestartsException(topic.replacedBy(currentId));
        }
    }

    @Override
    public void handleSplitRequest(int subtask, String requesterHost) {
        delegate.handleSplitRequest(subtask, requesterHost);
    }

    @Override
    public void addSplitsBack(List<KafkaPartitionSplit> splits, int subtask) {
        delegate.addSplitsBack(splits, subtask);
    }

    @Override
    public void handleSourceEvent(int subtask, SourceEvent event) {
        delegate.handleSourceEvent(subtask, event);
    }

    @Override
    public KafkaSourceEnumState snapshotState(long checkpointId) throws Exception {
        KafkaSourceEnumState state = delegate.snapshotState(checkpointId);
        if (!state.initialDiscoveryFinished()) {
            throw new IllegalStateException(
                    "The job has only just started and does not know the partitions of "
                            + topic
                            + " yet, so there is nothing to come back to. Try again in a moment.");
        }
        return state;
    }

    @Override
    public void notifyCheckpointComplete(long checkpointId) throws Exception {
        delegate.notifyCheckpointComplete(checkpointId);
    }

    @Override
    public void notifyCheckpointAborted(long checkpointId) throws Exception {
        delegate.notifyCheckpointAborted(checkpointId);
    }

    @Override
    public void close() throws IOException {
        if (lookup != null) {
            lookup.close();
        }
        delegate.close();
    }
}
