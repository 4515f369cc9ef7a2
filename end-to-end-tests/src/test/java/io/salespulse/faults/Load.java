package io.salespulse.faults;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.salespulse.endtoend.Pipeline;
import java.time.Duration;
import java.time.Instant;
import java.util.Properties;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Sales at a steady rate from a seed: in order, out of order, late but in time, too late,
 * malformed, from the future, and sent twice. Remembers what the broker acknowledged.
 */
final class Load implements AutoCloseable {

    private static final int CATEGORIES = 24;
    private static final int TICK_MILLIS = 20;

    private final String topic;
    private final int perTick;
    private final SplittableRandom random;
    private final KafkaProducer<byte[], byte[]> producer;
    private final Acknowledged acknowledged = new Acknowledged();
    private final AtomicLong failed = new AtomicLong();
    private final ReentrantLock running = new ReentrantLock(true);
    private final Thread thread = new Thread(this::produce, "load");
    private volatile boolean closed;

    Load(Pipeline pipeline, int rate, long seed) {
        topic = pipeline.topic();
        perTick = Math.max(1, rate * TICK_MILLIS / 1_000);
        random = new SplittableRandom(seed);
        Properties settings = pipeline.kafkaProperties();
        settings.put(ProducerConfig.LINGER_MS_CONFIG, 5);
        settings.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 600_000);
        settings.put(ProducerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, 200);
        settings.put(ProducerConfig.METADATA_MAX_AGE_CONFIG, 2_000);
        producer =
                new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
        thread.start();
    }

    Acknowledged acknowledged() {
        return acknowledged;
    }

    long failed() {
        return failed.get();
    }

    /** Stops sending; returns when the broker has acknowledged everything. */
    void pause() {
        running.lock();
        producer.flush();
    }

    /** Goes on after {@link #pause}, by the same thread. */
    void resume() {
        running.unlock();
    }

    /** Many events that are too late, a poison record and one from far in the future, at once. */
    void burst(int lateEvents) {
        Instant past = Instant.now().minus(Duration.ofHours(5));
        for (int i = 0; i < lateEvents; i++) {
            send(sale(past, "Late", i));
        }
        send(new byte[] {'{', (byte) 0xff, 0, '}'});
        send(null);
        send("{\"amount\":1e999999999}".getBytes(UTF_8));
        send(sale(Instant.parse("9999-12-31T23:59:59Z"), "Future", 1));
    }

    private void produce() {
        try {
            while (!closed) {
                running.lock();
                try {
                    for (int i = 0; i < perTick && !closed; i++) {
                        byte[] value = next();
                        send(value);
                        if (random.nextInt(50) == 0) {
                            send(value);
                        }
                    }
                } finally {
                    running.unlock();
                }
                Thread.sleep(TICK_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private byte[] next() {
        int share = random.nextInt(1_000);
        if (share < 10) {
            return "{\"transaction_id\":\"bad\",\"amount\":".getBytes(UTF_8);
        }
        Instant time = Instant.now();
        if (share < 15) {
            time = time.minus(Duration.ofHours(2));
        } else if (share < 30) {
            time = time.minus(Duration.ofMinutes(2 + random.nextInt(50)));
        } else if (share < 35) {
            time = time.plus(Duration.ofMinutes(10));
        } else {
            time = time.minusMillis(random.nextInt(5_000));
        }
        String category = "category " + random.nextInt(CATEGORIES);
        return sale(time, category, random.nextInt(100_000));
    }

    private static byte[] sale(Instant time, String category, int cents) {
        return Pipeline.sale(
                        time.toString(), category, "%d.%02d".formatted(cents / 100, cents % 100))
                .getBytes(UTF_8);
    }

    private void send(byte[] value) {
        producer.send(
                new ProducerRecord<>(topic, null, value),
                (metadata, failure) -> {
                    if (failure == null) {
                        acknowledged.add(metadata.partition(), metadata.offset(), value);
                    } else {
                        failed.incrementAndGet();
                    }
                });
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
        producer.close(Duration.ofSeconds(10));
    }
}
