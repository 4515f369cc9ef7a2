package io.salespulse.local;

import io.salespulse.local.kafka.Topics;
import io.salespulse.local.machine.ProjectLayout;
import io.salespulse.local.pipeline.PipelineAddresses;
import io.salespulse.local.terminal.LocalPipelineException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code ./run topic}: a look into the running pipeline's topics. */
@Command(
        name = "topic",
        sortOptions = false,
        usageHelpWidth = 110,
        description =
                "Prints records of the topic 'transactions', one a line: partition, offset, record timestamp, key, headers, value.")
final class TopicCommand implements Callable<Integer> {

    private static final Duration POLL_TIMEOUT = Duration.ofMillis(500);

    @Spec private CommandSpec spec;

    @Option(
            names = "--tail",
            paramLabel = "N",
            defaultValue = "10",
            description =
                    "The newest N records of all partitions together. Default: ${DEFAULT-VALUE}")
    private int tail;

    @Option(
            names = "--follow",
            description = "Then go on with the records that arrive, until Ctrl-C.")
    private boolean follow;

    @Option(
            names = "--dead-letter",
            description = "Of the topic 'transactions.dead-letter' instead.")
    private boolean deadLetter;

    @Mixin private DataFolderOption dataFolder;

    @Mixin private HelpOption help;

    @Override
    public Integer call() {
        if (tail < 0 || tail > 1_000_000) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--tail is %d: it must be from 0 to 1000000".formatted(tail));
        }
        PipelineAddresses pipeline =
                PipelineAddresses.require(dataFolder.path(ProjectLayout.fromSystemProperty()));
        PrintWriter out = spec.commandLine().getOut();
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(consumerProperties(pipeline))) {
            printTail(consumer, out);
            while (follow && !out.checkError()) {
                consumer.poll(POLL_TIMEOUT).forEach(each -> out.println(format(each)));
                out.flush();
            }
            return Launcher.OK;
        } catch (KafkaException e) {
            throw new LocalPipelineException("Kafka says: " + e.getMessage(), e);
        }
    }

    private String topic() {
        return deadLetter ? Topics.DEAD_LETTER : Topics.TRANSACTIONS;
    }

    private void printTail(KafkaConsumer<byte[], byte[]> consumer, PrintWriter out) {
        List<TopicPartition> partitions =
                consumer.partitionsFor(topic()).stream()
                        .map(each -> new TopicPartition(each.topic(), each.partition()))
                        .toList();
        consumer.assign(partitions);
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
        Map<TopicPartition, Long> beginnings = consumer.beginningOffsets(partitions);
        long reach = tail;
        List<ConsumerRecord<byte[], byte[]>> records = readLast(consumer, reach, beginnings, ends);
        while (isShort(records, reach, beginnings, ends)) {
            reach *= 2;
            records = readLast(consumer, reach, beginnings, ends);
        }
        // Of one partition never out of order, whatever the timestamps say: the sort is stable.
        records.sort(Comparator.comparingLong(ConsumerRecord::timestamp));
        if (records.isEmpty() && tail > 0) {
            spec.commandLine().getErr().printf("%s is empty.%n", topic());
        }
        // What arrived after the end was asked for is not cut off: --follow goes on behind it.
        records.stream()
                .skip(Math.max(0, records.size() - tail))
                .map(TopicCommand::format)
                .forEach(out::println);
        out.flush();
    }

    /** The records of the last offsets of each partition, as many offsets as {@code reach}. */
    private static List<ConsumerRecord<byte[], byte[]>> readLast(
            KafkaConsumer<byte[], byte[]> consumer,
            long reach,
            Map<TopicPartition, Long> beginnings,
            Map<TopicPartition, Long> ends) {
        ends.forEach(
                (partition, end) ->
                        consumer.seek(partition, Math.max(beginnings.get(partition), end - reach)));
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        while (ends.keySet().stream().anyMatch(each -> consumer.position(each) < ends.get(each))) {
            consumer.poll(POLL_TIMEOUT).forEach(records::add);
        }
        return records;
    }

    /** The end of a replay's transaction takes an offset as well, so there may be fewer records. */
    private boolean isShort(
            List<ConsumerRecord<byte[], byte[]>> records,
            long reach,
            Map<TopicPartition, Long> beginnings,
            Map<TopicPartition, Long> ends) {
        Map<Integer, Long> counts =
                records.stream()
                        .collect(
                                Collectors.groupingBy(
                                        ConsumerRecord::partition, Collectors.counting()));
        return ends.keySet().stream()
                .filter(each -> ends.get(each) - reach > beginnings.get(each))
                .anyMatch(each -> counts.getOrDefault(each.partition(), 0L) < tail);
    }

    private static Properties consumerProperties(PipelineAddresses pipeline) {
        Properties properties = pipeline.kafkaClient();
        properties.put(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
        properties.put(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
        properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
        return properties;
    }

    /**
     * One line; bytes that are not UTF-8 are shown as replacement characters, control characters as
     * escapes.
     */
    static String format(ConsumerRecord<byte[], byte[]> each) {
        StringBuilder line = new StringBuilder();
        line.append(each.partition())
                .append('@')
                .append(each.offset())
                .append("  ")
                .append(Instant.ofEpochMilli(each.timestamp()))
                .append("  ")
                .append(text(each.key()));
        StreamSupport.stream(each.headers().spliterator(), false)
                .map(TopicCommand::header)
                .forEach(header -> line.append("  ").append(header));
        return line.append("  ").append(text(each.value())).toString();
    }

    private static String header(Header header) {
        return header.key() + "=" + text(header.value());
    }

    private static String text(byte[] bytes) {
        if (bytes == null) {
            return "null";
        }
        StringBuilder text = new StringBuilder();
        new String(bytes, StandardCharsets.UTF_8)
                .codePoints()
                .forEach(
                        point -> {
                            if (Character.isISOControl(point)) {
                                text.append(String.format("\\u%04x", point));
                            } else {
                                text.appendCodePoint(point);
                            }
                        });
        return text.toString();
    }
}
