package io.salespulse.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.salespulse.local.terminal.LocalPipelineException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Events whose way into the table is timed: one every few milliseconds, in categories of their own,
 * among the events of a load.
 *
 * <p>The schedule is fixed beforehand. An event that is sent late, because this program, the broker
 * or the job holds it up, is timed from when it was due, so that no wait is left out ("coordinated
 * omission"). Each category keeps to one partition: its events become visible in their order, and
 * the row's count says which they are.
 */
final class Probes {

    private static final long INTERVAL_NANOS = 10_000_000;
    private static final long LOOK_EVERY_NANOS = 2_000_000;
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final long WINDOW_MILLIS = 60_000;

    private final LiveJob job;
    private final String bootstrapServers;
    private final int partitions;

    /** Events that were due and are not visible yet, by category and window, oldest first. */
    private final Map<Cell, Deque<Long>> waiting = new HashMap<>();

    private final Map<Cell, Long> seen = new HashMap<>();
    private final List<Double> latencies = new ArrayList<>();

    private record Cell(String category, long windowStart) {}

    Probes(LiveJob job, String bootstrapServers, int partitions) {
        this.job = job;
        this.bootstrapServers = bootstrapServers;
        this.partitions = partitions;
    }

    /**
     * Sends events for a time and waits until all of them are visible.
     *
     * @return milliseconds from when an event was due to when its row showed it, ascending
     * @throws VoidRunException if an event does not become visible
     */
    double[] run(Duration time, Runnable progress) throws SQLException {
        waiting.clear();
        seen.clear();
        latencies.clear();
        try (KafkaProducer<byte[], byte[]> producer = producer();
                PreparedStatement look = prepareLook()) {
            readPast(look);
            long start = System.nanoTime();
            long startMillis = System.currentTimeMillis();
            long count = time.toNanos() / INTERVAL_NANOS;
            for (long number = 0; number < count; number++) {
                long due = start + number * INTERVAL_NANOS;
                while (System.nanoTime() < due) {
                    look(look);
                    LockSupport.parkNanos(Math.min(LOOK_EVERY_NANOS, due - System.nanoTime()));
                }
                send(producer, number, startMillis + number * INTERVAL_NANOS / 1_000_000, due);
                if (number % 100 == 0) {
                    progress.run();
                }
            }
            producer.flush();
            awaitAll(look);
        }
        return latencies.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    }

    private KafkaProducer<byte[], byte[]> producer() {
        Properties properties = new Properties();
        properties.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
        properties.put(ProducerConfig.LINGER_MS_CONFIG, "0");
        return new KafkaProducer<>(
                properties, new ByteArraySerializer(), new ByteArraySerializer());
    }

    private void send(
            KafkaProducer<byte[], byte[]> producer, long number, long eventTime, long dueNanos) {
        int partition = (int) (number % partitions);
        String category = "probe " + partition;
        String document =
                """
                {"transaction_id":"probe-%d","timestamp":"%s","category":"%s","amount":1.00}"""
                        .formatted(number, Instant.ofEpochMilli(eventTime), category);
        long window = eventTime - Math.floorMod(eventTime, WINDOW_MILLIS);
        waiting.computeIfAbsent(new Cell(category, window), cell -> new ArrayDeque<>())
                .add(dueNanos);
        producer.send(
                new ProducerRecord<>(job.topic(), partition, null, document.getBytes(UTF_8)),
                (metadata, failure) -> {
                    if (failure != null) {
                        throw new LocalPipelineException("A probe was not sent: " + failure);
                    }
                });
    }

    private PreparedStatement prepareLook() throws SQLException {
        Connection reader = job.reader();
        return reader.prepareStatement(
                """
                SELECT category, (extract(epoch FROM window_start) * 1000)::bigint, transaction_count
                FROM category_sales
                WHERE category = ANY (?) AND window_start > now() - interval '5 minutes'
                """);
    }

    /** What earlier probes have left in the rows. */
    private void readPast(PreparedStatement look) throws SQLException {
        String[] categories = new String[partitions];
        for (int partition = 0; partition < partitions; partition++) {
            categories[partition] = "probe " + partition;
        }
        look.setArray(1, look.getConnection().createArrayOf("text", categories));
        look(look);
    }

    private void look(PreparedStatement look) throws SQLException {
        try (ResultSet rows = look.executeQuery()) {
            long now = System.nanoTime();
            while (rows.next()) {
                Cell cell = new Cell(rows.getString(1), rows.getLong(2));
                long count = rows.getLong(3);
                long before = seen.getOrDefault(cell, 0L);
                Deque<Long> due = waiting.getOrDefault(cell, new ArrayDeque<>());
                for (long i = before; i < count && !due.isEmpty(); i++) {
                    latencies.add((now - due.remove()) / 1e6);
                }
                seen.put(cell, count);
            }
        }
    }

    private void awaitAll(PreparedStatement look) throws SQLException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (waiting.values().stream().anyMatch(due -> !due.isEmpty())) {
            if (System.nanoTime() > deadline) {
                throw new VoidRunException(
                        "The latency run is void: %,d probes were not visible %d s after the last one."
                                .formatted(
                                        waiting.values().stream().mapToInt(Deque::size).sum(),
                                        PATIENCE.toSeconds()));
            }
            look(look);
            LockSupport.parkNanos(LOOK_EVERY_NANOS);
        }
    }
}
