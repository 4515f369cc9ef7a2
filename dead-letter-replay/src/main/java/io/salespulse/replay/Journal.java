package io.salespulse.replay;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.config.TopicConfig;

/**
 * The topic that says which records have been replayed: one entry each, with its position as the
 * key and the id of its topic as the value, written in the transaction that sends the record. It is
 * compacted, so that no entry is ever removed: the job may write a dead letter again years later.
 *
 * @param name of the journal's topic
 * @param sourceTopic the topic whose records are replayed
 * @param sourceTopicId tells it from an earlier topic of the same name
 */
record Journal(String name, String sourceTopic, String sourceTopicId) {
    private static final Map<String, String> TOPIC_CONFIG =
            Map.of(TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_COMPACT);

    static String nameFor(String deadLetterTopic) {
        return deadLetterTopic + ".replayed";
    }

    /**
     * Creates the topic if it is missing.
     *
     * @throws CannotRunException if it would forget entries
     */
    void prepare(KafkaTopics topics) throws CannotRunException {
        if (topics.find(name).isEmpty()) {
            topics.create(name, TOPIC_CONFIG);
        }
        String policy = topics.cleanupPolicy(name);
        if (!policy.equals(TopicConfig.CLEANUP_POLICY_COMPACT)) {
            throw new CannotRunException(
                    "topic %s has cleanup.policy=%s and would forget what was replayed: set it to compact"
                            .formatted(name, policy));
        }
    }

    ProducerRecord<byte[], byte[]> entry(SourcePosition replayed) {
        return new ProducerRecord<>(
                name, replayed.toString().getBytes(UTF_8), sourceTopicId.getBytes(UTF_8));
    }

    /**
     * Adds what has been replayed of the source topic.
     *
     * @throws CannotRunException if that was another topic of the same name
     */
    void read(TopicReader reader, Positions replayed) throws CannotRunException {
        while (!reader.isAtEnd()) {
            reader.readOn(entry -> take(entry, replayed));
        }
    }

    private void take(ConsumerRecord<byte[], byte[]> entry, Positions replayed)
            throws CannotRunException {
        SourcePosition position =
                SourcePosition.parse(text(entry.key()))
                        .orElseThrow(
                                () ->
                                        new CannotRunException(
                                                "topic %s is no journal of replays: the record at %d@%d names no position"
                                                        .formatted(
                                                                name,
                                                                entry.partition(),
                                                                entry.offset())));
        if (!position.topic().equals(sourceTopic)) {
            return;
        }
        if (!text(entry.value()).equals(sourceTopicId)) {
            throw new CannotRunException(
                    ("topic %s was created anew since dead letters were last replayed to it: delete topic %s, and leave out"
                                    + " the dead letters of the earlier one with --from")
                            .formatted(sourceTopic, name));
        }
        replayed.add(position);
    }

    private static String text(byte[] bytes) {
        return bytes == null ? "" : new String(bytes, UTF_8);
    }
}
