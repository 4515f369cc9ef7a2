package io.salespulse.endtoend;

import static io.salespulse.endtoend.Pipeline.await;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The producer's jar against a real broker: it sends what it says, and knows what must come out.
 */
class DatagenIT {

    private static final String[] EVERY_KIND = {
        "--late-ratio",
        "0.02",
        "--malformed-ratio",
        "0.05",
        "--duplicate-ratio",
        "0.02",
        "--future-ratio",
        "0.01"
    };

    private static final Pattern TOTALS =
            Pattern.compile(
                    "^sent ([0-9,]+) events in .*: ([0-9,]+) acknowledged, 0 failed",
                    Pattern.MULTILINE);

    @TempDir private Path folder;

    @Test
    void keepsItsRate() throws Exception {
        try (Pipeline pipeline = Pipeline.create(4)) {
            ProgramResult result = pipeline.datagen("--rate", "1000", "--for", "10s");

            assertThat(result.exitCode()).as(result.output()).isZero();
            assertThat(acknowledged(result)).isCloseTo(10_000, within(100L));
            assertThat(pipeline.recordCount()).isEqualTo(acknowledged(result));
        }
    }

    @Test
    void foretellsTheTablesOfAJobWithRulesOfItsOwn() throws Exception {
        try (Pipeline pipeline = Pipeline.create(4)) {
            pipeline.startJob(
                    "--window-size",
                    "10s",
                    "--max-out-of-orderness",
                    "5s",
                    "--allowed-lateness",
                    "20s",
                    "--max-future-skew",
                    "10s");
            Path expected = folder.resolve("expected.csv");
            ProgramResult result =
                    pipeline.datagen(
                            with(
                                    EVERY_KIND,
                                    "--rate",
                                    "max",
                                    "--count",
                                    "20000",
                                    "--seed",
                                    "42",
                                    "--categories",
                                    "50",
                                    "--category-skew",
                                    "1",
                                    "--max-out-of-orderness",
                                    "50s",
                                    "--expected-output",
                                    expected.toString(),
                                    "--pipeline-window-size",
                                    "10s",
                                    "--pipeline-max-out-of-orderness",
                                    "5s",
                                    "--pipeline-allowed-lateness",
                                    "20s",
                                    "--pipeline-max-future-skew",
                                    "10s"));

            assertThat(result.exitCode()).as(result.output()).isZero();
            assertThat(acknowledged(result)).isEqualTo(20_000);
            pipeline.assertEqualToTopic();
            assertThat(sales(pipeline)).isEqualTo(rowsOf(expected));
            List<String> rejected = rowsOf(folder.resolve("expected.rejected.csv"));
            assertThat(rejections(pipeline)).containsExactlyInAnyOrderElementsOf(rejected);
            // Disorder beyond the bound makes many more late than --late-ratio does.
            assertThat(pipeline.rejectedEvents())
                    .containsOnlyKeys(
                            "NULL_VALUE",
                            "MALFORMED_JSON",
                            "MISSING_FIELD",
                            "INVALID_TIMESTAMP",
                            "INVALID_AMOUNT",
                            "INVALID_CATEGORY",
                            "FUTURE_TIMESTAMP",
                            "LATE_EVENT")
                    .hasEntrySatisfying(
                            "LATE_EVENT", count -> assertThat(count).isGreaterThan(2_000));
        }
    }

    @Test
    void fillsAnEmptyPipelineWithHistoryThatBecomesFinal() throws Exception {
        try (Pipeline pipeline = Pipeline.create(4)) {
            pipeline.startJob("--idle-timeout", "2s");
            Path expected = folder.resolve("history.csv");
            ProgramResult result =
                    pipeline.datagen(
                            "--history",
                            "2026-01-15T08:00:00Z..2026-01-15T10:00:00Z",
                            "--count",
                            "12000",
                            "--seed",
                            "42",
                            "--expected-output",
                            expected.toString());

            assertThat(result.exitCode()).as(result.output()).isZero();
            await().untilAsserted(
                            () ->
                                    assertThat(
                                                    pipeline.query(
                                                            "SELECT count(*) FROM category_sales WHERE is_final"))
                                            .containsExactly("720"));
            pipeline.assertEqualToTopic();
            assertThat(sales(pipeline)).isEqualTo(rowsOf(expected));
            assertThat(rowsOf(folder.resolve("history.rejected.csv"))).isEmpty();
            assertThat(pipeline.rejectedEvents()).isEmpty();
        }
    }

    @Test
    void repeatsARunOfHistoryByteForByte() throws Exception {
        String[] options =
                with(
                        EVERY_KIND,
                        "--seed",
                        "42",
                        "--count",
                        "3000",
                        "--max-out-of-orderness",
                        "5m",
                        "--history",
                        "2026-01-15..2026-01-16");
        try (Pipeline one = Pipeline.create(3);
                Pipeline other = Pipeline.create(3)) {
            assertThat(one.datagen(options).exitCode()).isZero();
            assertThat(other.datagen(options).exitCode()).isZero();

            assertThat(documents(one)).hasSize(3000).isEqualTo(documents(other));
        }
    }

    @Test
    void repeatsALiveRunButForItsTimes() throws Exception {
        String[] options = {
            "--seed",
            "42",
            "--count",
            "1000",
            "--rate",
            "max",
            "--late-ratio",
            "0.1",
            "--duplicate-ratio",
            "0.1",
            "--future-ratio",
            "0.1"
        };
        try (Pipeline one = Pipeline.create(3);
                Pipeline other = Pipeline.create(3)) {
            assertThat(one.datagen(options).exitCode()).isZero();
            assertThat(other.datagen(options).exitCode()).isZero();

            assertThat(withoutTimes(documents(one)))
                    .hasSize(1000)
                    .isEqualTo(withoutTimes(documents(other)));
            assertThat(documents(one)).isNotEqualTo(documents(other));
        }
    }

    @Test
    void createsTheTopicsThatAreMissing() throws Exception {
        try (Pipeline pipeline = Pipeline.create(1)) {
            String topic = pipeline.topic() + ".created";
            String deadLetters = topic + ".dead-letter";
            ProgramResult result =
                    pipeline.datagen(
                            "--topic",
                            topic,
                            "--dead-letter-topic",
                            deadLetters,
                            "--partitions",
                            "5",
                            "--count",
                            "10",
                            "--rate",
                            "max");

            assertThat(result.exitCode()).as(result.output()).isZero();
            assertThat(result.output().lines())
                    .contains(
                            "created topic " + topic + " with 5 partitions",
                            "created topic " + deadLetters + " with 1 partition");
            assertThat(pipeline.readAll(topic)).hasSize(10);
            assertThat(partitions(pipeline, topic)).isEqualTo(5);
            assertThat(partitions(pipeline, deadLetters)).isEqualTo(1);
            assertThat(setting(pipeline, topic, "message.timestamp.type"))
                    .isEqualTo("LogAppendTime");
            assertThat(setting(pipeline, deadLetters, "message.timestamp.type"))
                    .isEqualTo("LogAppendTime");
            assertThat(Integer.parseInt(setting(pipeline, deadLetters, "max.message.bytes")))
                    .isEqualTo(2 * Integer.parseInt(setting(pipeline, topic, "max.message.bytes")));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"500", "max"})
    void losesNothingWhenItIsStopped(String rate) throws Exception {
        try (Pipeline pipeline = Pipeline.create(4);
                RunningProgram datagen = pipeline.startDatagen("--rate", rate)) {
            await().until(() -> pipeline.recordCount() > 1000);
            ProgramResult result = datagen.terminate();

            assertThat(result.exitCode()).as(result.output()).isZero();
            assertThat(acknowledged(result)).isEqualTo(pipeline.recordCount());
        }
    }

    @Test
    void saysThatNoBrokerAnswers() throws Exception {
        try (Pipeline pipeline = Pipeline.create(1)) {
            ProgramResult result =
                    pipeline.datagen("--bootstrap-servers", "127.0.0.1:1", "--wait", "1s");

            assertThat(result.exitCode()).isEqualTo(1);
            assertThat(result.output().lines())
                    .last()
                    .asString()
                    .startsWith(
                            "datagen: no answer from Kafka at 127.0.0.1:1 within 1 s: start it, or name another with"
                                    + " --bootstrap-servers (");
        }
    }

    /** The number in the totals, after checking that it is the number of events sent. */
    private static long acknowledged(ProgramResult result) {
        Matcher totals = TOTALS.matcher(result.output());
        assertThat(totals.find()).as(result.output()).isTrue();
        assertThat(totals.group(1)).isEqualTo(totals.group(2));
        return Long.parseLong(totals.group(2).replace(",", ""));
    }

    private static String[] with(String[] options, String... more) {
        List<String> all = new ArrayList<>(Arrays.asList(options));
        all.addAll(Arrays.asList(more));
        return all.toArray(String[]::new);
    }

    /** A file's lines without the header. */
    private static List<String> rowsOf(Path csv) throws Exception {
        List<String> lines = Files.readAllLines(csv);
        return lines.subList(1, lines.size());
    }

    private static List<String> sales(Pipeline pipeline) {
        return pipeline.query(
                """
                SELECT to_char(window_start, 'YYYY-MM-DD"T"HH24:MI:SS"Z"') || ',' || category || ',' || total_sales
                  || ',' || transaction_count
                FROM category_sales ORDER BY window_start, category
                """);
    }

    private static List<String> rejections(Pipeline pipeline) {
        return pipeline.query(
                """
                SELECT to_char(minute, 'YYYY-MM-DD"T"HH24:MI:SS"Z"') || ',' || reason || ',' || event_count
                FROM rejected_events
                """);
    }

    /** Keys and values in the order of partition and offset, each byte as a character. */
    private static List<String> documents(Pipeline pipeline) {
        return pipeline.readAll(pipeline.topic()).stream()
                .sorted(
                        Comparator.<ConsumerRecord<byte[], byte[]>>comparingInt(
                                        ConsumerRecord::partition)
                                .thenComparingLong(ConsumerRecord::offset))
                .map(
                        record ->
                                "%d/%d %s %s"
                                        .formatted(
                                                record.partition(),
                                                record.offset(),
                                                characters(record.key()),
                                                characters(record.value())))
                .toList();
    }

    private static String characters(byte[] bytes) {
        return bytes == null ? null : new String(bytes, ISO_8859_1);
    }

    private static List<String> withoutTimes(List<String> documents) {
        return documents.stream()
                .map(document -> document.replaceAll("\"timestamp\":\"[^\"]{24}\"", "<time>"))
                .toList();
    }

    private static int partitions(Pipeline pipeline, String topic) {
        return pipeline.withAdmin(
                admin ->
                        admin.describeTopics(List.of(topic))
                                .topicNameValues()
                                .get(topic)
                                .get()
                                .partitions()
                                .size());
    }

    private static String setting(Pipeline pipeline, String topic, String name) {
        return pipeline.withAdmin(admin -> configuration(admin, topic)).get(name).value();
    }

    private static Config configuration(Admin admin, String topic)
            throws ExecutionException, InterruptedException {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        return admin.describeConfigs(List.of(resource)).values().get(resource).get();
    }
}
