package io.salespulse.bench;

import com.fasterxml.jackson.core.JsonFactory;
import io.salespulse.event.TransactionParser;
import io.salespulse.source.ConsumerDefaults;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * A program of its own: one thread that reads a topic to its end with the job's consumer settings,
 * and does one of four things with each record.
 */
final class ConsumerLoop {

    private static final long WINDOW_MILLIS = 60_000;

    private ConsumerLoop() {}

    /** What is done with a record. */
    enum Work {
        CONSUME("consume only"),
        TOUCH("consume and read each byte"),
        PARSE("consume, parse with our parser and sum: the limit"),
        JACKSON("consume, parse with Jackson streaming and sum");

        private final String text;

        Work(String text) {
            this.text = text;
        }

        String text() {
            return text;
        }

        private Step step() {
            return switch (this) {
                case CONSUME -> new Consume();
                case TOUCH -> new Touch();
                case PARSE -> new Parse();
                case JACKSON -> new Jackson();
            };
        }
    }

    /**
     * @param arguments the work, bootstrap servers, topic, number of events before the first
     *     sample, number of all events, and the file for the sums
     */
    public static void main(String[] arguments) throws IOException {
        Step step = Work.valueOf(arguments[0]).step();
        Path result = Path.of(arguments[5]);
        List<String> samples =
                read(
                        arguments[1],
                        arguments[2],
                        Long.parseLong(arguments[3]),
                        Long.parseLong(arguments[4]),
                        step);
        step.sums().write(result);
        Files.write(samplesFile(result), samples);
    }

    /** Two lines: events so far, CPU nanoseconds of the whole program, nanoseconds by the clock. */
    static Path samplesFile(Path result) {
        return result.resolveSibling(result.getFileName() + ".samples");
    }

    private static String sample(long events) {
        long cpuNanos = ProcessHandle.current().info().totalCpuDuration().orElseThrow().toNanos();
        return "%d,%d,%d".formatted(events, cpuNanos, System.nanoTime());
    }

    private static List<String> read(
            String bootstrapServers, String topic, long from, long events, Step step)
            throws IOException {
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(
                        properties(bootstrapServers),
                        new ByteArrayDeserializer(),
                        new ByteArrayDeserializer())) {
            List<TopicPartition> partitions =
                    consumer.partitionsFor(topic).stream()
                            .map(info -> new TopicPartition(topic, info.partition()))
                            .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            List<String> samples = new ArrayList<>();
            long done = 0;
            if (from == 0) {
                samples.add(sample(done));
            }
            while (done < events) {
                ConsumerRecords<byte[], byte[]> records = consumer.poll(Duration.ofSeconds(1));
                for (ConsumerRecord<byte[], byte[]> record : records) {
                    step.take(record);
                }
                done += records.count();
                if (samples.isEmpty() && done >= from) {
                    samples.add(sample(done));
                }
            }
            samples.add(sample(done));
            return samples;
        }
    }

    private static Properties properties(String bootstrapServers) {
        Properties properties = new Properties();
        properties.putAll(ConsumerDefaults.PROPERTIES);
        properties.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
        properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
        return properties;
    }

    private interface Step {
        void take(ConsumerRecord<byte[], byte[]> record) throws IOException;

        /** What the step has found out: sums, or one row that only counts. */
        Sums sums();
    }

    /** One row with the number of records, and a checksum as its cents. */
    private static Sums countOnly(long records, long checksum) {
        Sums sums = new Sums();
        sums.of(0).put("records", new Sums.Sum(checksum, records));
        return sums;
    }

    private static final class Consume implements Step {

        private long records;

        @Override
        public void take(ConsumerRecord<byte[], byte[]> record) {
            records++;
        }

        @Override
        public Sums sums() {
            return countOnly(records, 0);
        }
    }

    private static final class Touch implements Step {

        private long records;
        private long checksum;

        @Override
        public void take(ConsumerRecord<byte[], byte[]> record) {
            records++;
            for (byte b : record.value()) {
                checksum += b;
            }
        }

        @Override
        public Sums sums() {
            // The checksum must be used, or the loop above would be compiled away.
            return countOnly(records, checksum == 0 ? 1 : 0);
        }
    }

    /** Adds to a hash map, with a shortcut for the window of the record before. */
    private abstract static class Summing implements Step {

        private final Sums sums = new Sums();
        private long lastWindow = Long.MIN_VALUE;
        private Map<String, Sums.Sum> last;

        final void add(long eventTime, String category, long cents) {
            long window = eventTime - Math.floorMod(eventTime, WINDOW_MILLIS);
            if (window != lastWindow) {
                last = sums.of(window);
                lastWindow = window;
            }
            Sums.Sum sum = last.get(category);
            if (sum == null) {
                sum = new Sums.Sum();
                last.put(category, sum);
            }
            sum.cents = Math.addExact(sum.cents, cents);
            sum.count++;
        }

        @Override
        public final Sums sums() {
            return sums;
        }
    }

    private static final class Parse extends Summing {

        private final TransactionParser parser = new TransactionParser();

        @Override
        public void take(ConsumerRecord<byte[], byte[]> record) {
            if (parser.parse(record.value())) {
                add(parser.eventTimeMillis(), parser.category(), parser.amountCents());
            }
        }
    }

    private static final class Jackson extends Summing {

        private final JsonFactory json = new JsonFactory();
        private final JacksonTransaction transaction = new JacksonTransaction();

        @Override
        public void take(ConsumerRecord<byte[], byte[]> record) throws IOException {
            transaction.read(json.createParser(record.value()));
            add(transaction.eventTime, transaction.category, transaction.cents);
        }
    }
}
