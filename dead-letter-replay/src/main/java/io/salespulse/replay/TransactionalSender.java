package io.salespulse.replay;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Sends records to the topic again, each batch in one transaction with its journal entries: both
 * are there or neither. There is one sender per dead-letter topic: a new one ends the transaction
 * of the one before, which cannot send any more.
 */
final class TransactionalSender implements AutoCloseable {
    /**
     * An open transaction holds up all readers of the topic, so one that was left behind by a crash
     * must end soon. A transaction here takes a fraction of a second.
     */
    private static final int TRANSACTION_TIMEOUT_MS = 10_000;

    private static final int DELIVERY_TIMEOUT_MS = 9_000;
    private static final int REQUEST_TIMEOUT_MS = 8_000;
    private static final int MAX_BLOCK_MS = 30_000;

    private final Producer<byte[], byte[]> producer;
    private final Journal journal;

    /** Ends the sender before it, so that the journal holds all that it will ever have sent. */
    static TransactionalSender open(
            Map<String, Object> kafkaProperties, String deadLetterTopic, Journal journal) {
        return new TransactionalSender(
                new KafkaProducer<>(producerProperties(kafkaProperties, deadLetterTopic)), journal);
    }

    TransactionalSender(Producer<byte[], byte[]> producer, Journal journal) {
        this.producer = producer;
        this.journal = journal;
        try {
            producer.initTransactions();
        } catch (KafkaException e) {
            producer.close(Duration.ZERO);
            throw e;
        }
    }

    private static Map<String, Object> producerProperties(
            Map<String, Object> kafkaProperties, String deadLetterTopic) {
        Map<String, Object> properties = new HashMap<>(kafkaProperties);
        properties.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, transactionalId(deadLetterTopic));
        properties.put(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, TRANSACTION_TIMEOUT_MS);
        properties.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, DELIVERY_TIMEOUT_MS);
        properties.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, REQUEST_TIMEOUT_MS);
        properties.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, MAX_BLOCK_MS);
        // The topic decides what is too large: the originals were taken once.
        properties.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, Integer.MAX_VALUE);
        properties.putIfAbsent(ProducerConfig.COMPRESSION_TYPE_CONFIG, "lz4");
        properties.put(ProducerConfig.LINGER_MS_CONFIG, 5);
        properties.put(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
        properties.put(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
        return properties;
    }

    static String transactionalId(String deadLetterTopic) {
        return "replay-dead-letters-" + deadLetterTopic;
    }

    /**
     * Sends a batch in one transaction. When this returns normally, all but the returned ones have
     * been sent.
     *
     * @return those that are too large for the topic
     * @throws CannotRunException if another run has taken over
     * @throws KafkaException if it is not certain that the transaction was committed; the journal
     *     knows
     */
    Set<SourcePosition> send(List<DeadLetter> batch) throws CannotRunException {
        Set<SourcePosition> tooLarge = ConcurrentHashMap.newKeySet();
        try {
            while (!tryToSend(batch, tooLarge)) {
                batch =
                        batch.stream()
                                .filter(letter -> !tooLarge.contains(letter.source()))
                                .toList();
            }
        } catch (KafkaException e) {
            if (isFenced(e)) {
                throw takenOver(e);
            }
            throw e;
        }
        return tooLarge;
    }

    /** Returns false, with nothing sent, if more records turned out to be too large. */
    private boolean tryToSend(List<DeadLetter> batch, Set<SourcePosition> tooLarge) {
        if (batch.isEmpty()) {
            return true;
        }
        int before = tooLarge.size();
        producer.beginTransaction();
        try {
            for (DeadLetter letter : batch) {
                send(letter, tooLarge);
            }
            producer.flush();
        } catch (KafkaException e) {
            // After a record that is too large, the transaction takes no more.
            if (tooLarge.size() == before) {
                throw e;
            }
        }
        if (tooLarge.size() > before) {
            producer.abortTransaction();
            return false;
        }
        producer.commitTransaction();
        return true;
    }

    private void send(DeadLetter letter, Set<SourcePosition> tooLarge) {
        producer.send(
                letter.original(),
                (metadata, failure) -> {
                    if (failure instanceof RecordTooLargeException) {
                        tooLarge.add(letter.source());
                    }
                });
        producer.send(journal.entry(letter.source()));
    }

    private static boolean isFenced(Throwable e) {
        return e instanceof ProducerFencedException
                || e instanceof InvalidProducerEpochException
                || (e.getCause() != null && isFenced(e.getCause()));
    }

    private static CannotRunException takenOver(KafkaException cause) {
        return new CannotRunException(
                "another run has taken over, or Kafka did not answer for %d s: run again; nothing is sent twice"
                        .formatted(TRANSACTION_TIMEOUT_MS / 1_000),
                cause);
    }

    @Override
    public void close() {
        producer.close(Duration.ofSeconds(5));
    }
}
