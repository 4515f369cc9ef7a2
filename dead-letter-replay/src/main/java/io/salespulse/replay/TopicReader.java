package io.salespulse.replay;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Reads the committed records of one topic from its beginning to where it ended when the reader was
 * made. Belongs to no consumer group and commits nothing.
 */
final class TopicReader implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration STALLED = Duration.ofSeconds(60);

    private final Consumer<byte[], byte[]> consumer;
    private final String topic;
    private final List<TopicPartition> partitions;
    private final Map<TopicPartition, Long> ends;
    private final long total;
    private long remaining;
    private long lastAdvance = System.nanoTime();

    TopicReader(Map<String, Object> kafkaProperties, String topic, int partitionCount) {
        this(new KafkaConsumer<>(consumerProperties(kafkaProperties)), topic, partitionCount);
    }

    TopicReader(Consumer<byte[], byte[]> consumer, String topic, int partitionCount) {
        this.consumer = consumer;
        this.topic = topic;
        partitions =
                IntStream.range(0, partitionCount)
                        .mapToObj(i -> new TopicPartition(topic, i))
                        .toList();
        consumer.assign(partitions);
        consumer.beginningOffsets(partitions).forEach(consumer::seek);
        ends = consumer.endOffsets(partitions);
        total = pauseFinished();
        remaining = total;
    }

    private static Map<String, Object> consumerProperties(Map<String, Object> kafkaProperties) {
        Map<String, Object> properties = new HashMap<>(kafkaProperties);
        properties.putIfAbsent(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 5_000);
        properties.put(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
        properties.put(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
        properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
        properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        properties.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        return properties;
    }

    /** How many offsets there were to read; some may hold no record. */
    long total() {
        return total;
    }

    /** How many of them are read. */
    long done() {
        return total - remaining;
    }

    boolean isAtEnd() {
        return remaining == 0;
    }

    /**
     * Gives the next records, possibly none; each partition's in the order of their offsets.
     *
     * @throws CannotRunException if no record arrives for a minute
     */
    void readOn(Receiver receiver) throws CannotRunException {
        ConsumerRecords<byte[], byte[]> fetched = consumer.poll(POLL);
        for (ConsumerRecord<byte[], byte[]> record : fetched) {
            if (record.offset() < ends.get(new TopicPartition(topic, record.partition()))) {
                receiver.accept(record);
            }
        }
        long before = remaining;
        remaining = pauseFinished();
        if (remaining < before) {
            lastAdvance = System.nanoTime();
        } else if (System.nanoTime() - lastAdvance > STALLED.toNanos()) {
            throw new CannotRunException(
                    "Kafka has sent nothing of topic %s for %d s, though more is there: is the broker up?"
                            .formatted(topic, STALLED.toSeconds()));
        }
    }

    /** Takes records; may fail as the program can. */
    interface Receiver {
        void accept(ConsumerRecord<byte[], byte[]> record) throws CannotRunException;
    }

    /** Stops fetching the partitions that are at their end; returns what is left of the others. */
    private long pauseFinished() {
        long left = 0;
        for (TopicPartition partition : partitions) {
            long leftHere = ends.get(partition) - consumer.position(partition);
            if (leftHere <= 0) {
                consumer.pause(List.of(partition));
            } else {
                left += leftHere;
            }
        }
        return left;
    }

    @Override
    public void close() {
        consumer.close();
    }
}
