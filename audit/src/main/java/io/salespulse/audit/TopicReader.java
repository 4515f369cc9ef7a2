package io.salespulse.audit;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Reads the committed records of one topic from its beginning, piece by piece: each call of {@link
 * #readTo} goes on where the one before ended. Belongs to no consumer group and commits nothing.
 */
final class TopicReader implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration STALLED = Duration.ofSeconds(60);

    /**
     * A fetch beyond the last record is under way when the end is reached. The broker answers
     * nothing else on the connection until it has waited for more: by default half a second at each
     * look at the ends, and again when the reader is closed.
     */
    private static final int FETCH_MAX_WAIT_MILLIS = 20;

    private final Consumer<byte[], byte[]> consumer;
    private final String topic;
    private final List<TopicPartition> partitions;
    private final Map<TopicPartition, Long> beginnings;
    private final Instant openedAt = Instant.now();
    private final Progress progress;
    private long nanosReading;

    TopicReader(
            Map<String, Object> kafkaProperties,
            String topic,
            int partitionCount,
            Progress progress) {
        this(
                new KafkaConsumer<>(consumerProperties(kafkaProperties)),
                topic,
                partitionCount,
                progress);
    }

    TopicReader(
            Consumer<byte[], byte[]> consumer,
            String topic,
            int partitionCount,
            Progress progress) {
        this.consumer = consumer;
        this.topic = topic;
        this.progress = progress;
        this.partitions =
                IntStream.range(0, partitionCount)
                        .mapToObj(i -> new TopicPartition(topic, i))
                        .toList();
        consumer.assign(partitions);
        this.beginnings = consumer.beginningOffsets(partitions);
        beginnings.forEach(consumer::seek);
    }

    private static Map<String, Object> consumerProperties(Map<String, Object> kafkaProperties) {
        Map<String, Object> properties = new HashMap<>(kafkaProperties);
        properties.putIfAbsent(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 5_000);
        properties.putIfAbsent(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, 4 << 20);
        properties.putIfAbsent(ConsumerConfig.RECEIVE_BUFFER_CONFIG, 1 << 20);
        properties.putIfAbsent(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, FETCH_MAX_WAIT_MILLIS);
        properties.put(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
        properties.put(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
        properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
        properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        properties.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        return properties;
    }

    /** The offset at which each partition began when the reader was made. */
    Map<Integer, Long> beginnings() {
        Map<Integer, Long> byNumber = new TreeMap<>();
        beginnings.forEach((partition, offset) -> byNumber.put(partition.partition(), offset));
        return byNumber;
    }

    /** The time at which the partitions were found to begin where they begin. */
    Instant openedAt() {
        return openedAt;
    }

    /** The offset behind the last committed record of each partition, now. */
    Map<TopicPartition, Long> ends() {
        return consumer.endOffsets(partitions);
    }

    /**
     * Gives exactly the records before these offsets, as far as they have not been given yet. Not
     * one more: a dead letter must not be seen before its source.
     *
     * @throws CannotRunException if no record arrives for a minute
     */
    void readTo(Map<TopicPartition, Long> ends, Receiver receiver) throws CannotRunException {
        long start = System.nanoTime();
        long lastAdvance = start;
        long position = totalPosition();
        progress.start(topic, sum(ends.values()) - position);
        consumer.resume(partitions);
        while (pauseFinished(ends)) {
            giveBefore(ends, consumer.poll(POLL), receiver);
            long newPosition = totalPosition();
            if (newPosition > position) {
                progress.advance(newPosition - position);
                position = newPosition;
                lastAdvance = System.nanoTime();
            } else if (System.nanoTime() - lastAdvance > STALLED.toNanos()) {
                throw new CannotRunException(
                        "Kafka has sent nothing of topic %s for %d s, though more is there: is the broker up?"
                                .formatted(topic, STALLED.toSeconds()));
            }
        }
        progress.finish();
        nanosReading += System.nanoTime() - start;
    }

    /** What was fetched beyond the ends is given back, to be read next time. */
    private void giveBefore(
            Map<TopicPartition, Long> ends,
            ConsumerRecords<byte[], byte[]> fetched,
            Receiver receiver) {
        for (TopicPartition partition : fetched.partitions()) {
            long end = ends.get(partition);
            fetched.records(partition).stream()
                    .takeWhile(record -> record.offset() < end)
                    .forEach(receiver::accept);
            if (consumer.position(partition) > end) {
                consumer.seek(partition, end);
            }
        }
    }

    /** Stops fetching the partitions that have been read to their end; false if all have. */
    private boolean pauseFinished(Map<TopicPartition, Long> ends) {
        List<TopicPartition> finished =
                partitions.stream()
                        .filter(partition -> consumer.position(partition) >= ends.get(partition))
                        .toList();
        consumer.pause(finished);
        return finished.size() < partitions.size();
    }

    private long totalPosition() {
        return partitions.stream().mapToLong(consumer::position).sum();
    }

    private static long sum(Collection<Long> offsets) {
        return offsets.stream().mapToLong(Long::longValue).sum();
    }

    /** The time spent in {@link #readTo}. */
    Duration timeReading() {
        return Duration.ofNanos(nanosReading);
    }

    /** Takes the records of a partition in the order of their offsets. */
    interface Receiver {
        void accept(ConsumerRecord<byte[], byte[]> record);
    }

    @Override
    public void close() {
        consumer.close();
    }
}
