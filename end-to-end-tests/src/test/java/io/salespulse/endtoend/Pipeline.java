package io.salespulse.endtoend;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.salespulse.audit.InProcessAudit;
import io.salespulse.local.flink.FlinkClient;
import io.salespulse.local.postgres.PostgresServer;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;

/** Topics, a database and at most one job of a test's own on the shared {@link Stack}. */
public final class Pipeline implements AutoCloseable {

    private static final AtomicInteger NUMBER = new AtomicInteger();
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Map<String, String> AUDIT_ENVIRONMENT =
            Map.of("SALESPULSE_JDBC_PASSWORD", PostgresServer.READER);

    private final Stack stack = Stack.shared();
    private final String topic;
    private final int partitions;
    private final String database;
    private final KafkaProducer<byte[], byte[]> producer;
    private String jobId;

    private Pipeline(int partitions, Map<String, String> topicConfig) {
        int number = NUMBER.incrementAndGet();
        topic = "transactions-" + number;
        this.partitions = partitions;
        database = "it_" + number;
        createTopics(topicConfig);
        createDatabase();
        Properties settings = kafkaProperties();
        settings.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, "1048588");
        producer =
                new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
    }

    public static Pipeline create(int partitions) {
        return new Pipeline(partitions, Map.of("message.timestamp.type", "LogAppendTime"));
    }

    /** Producers say when a record was taken, however long ago or to come, with {@link #sendAt}. */
    public static Pipeline createWithTimesOfProducers(int partitions) {
        return create(
                partitions,
                Map.of(
                        "message.timestamp.type",
                        "CreateTime",
                        "message.timestamp.after.max.ms",
                        Long.toString(Long.MAX_VALUE),
                        "retention.ms",
                        "-1"));
    }

    /** For a topic that is not as ours are. */
    public static Pipeline create(int partitions, Map<String, String> topicConfig) {
        return new Pipeline(partitions, topicConfig);
    }

    public Stack stack() {
        return stack;
    }

    public String topic() {
        return topic;
    }

    public String deadLetterTopic() {
        return topic + ".dead-letter";
    }

    public String jdbcUrl() {
        return "jdbc:postgresql://127.0.0.1:%d/%s".formatted(stack.postgres().port(), database);
    }

    public String database() {
        return database;
    }

    public Properties kafkaProperties() {
        Properties properties = new Properties();
        properties.setProperty("bootstrap.servers", stack.kafka().bootstrapServers());
        return properties;
    }

    private void createTopics(Map<String, String> topicConfig) {
        createTopic(new NewTopic(topic, partitions, (short) 1).configs(topicConfig));
        createTopic(
                new NewTopic(deadLetterTopic(), 1, (short) 1)
                        .configs(
                                Map.of(
                                        "message.timestamp.type",
                                        "LogAppendTime",
                                        "max.message.bytes",
                                        "2097176")));
    }

    /** Returns when the broker knows the topic, a moment after its controller does. */
    public void createTopic(NewTopic description) {
        withAdmin(
                admin -> {
                    admin.createTopics(List.of(description)).all().get();
                    await().until(
                                    () ->
                                            admin.listTopics()
                                                    .names()
                                                    .get()
                                                    .contains(description.name()));
                    return null;
                });
    }

    public interface AdminAction<T> {
        T apply(Admin admin) throws ExecutionException, InterruptedException;
    }

    public <T> T withAdmin(AdminAction<T> action) {
        try (Admin admin = Admin.create(kafkaProperties())) {
            return action.apply(admin);
        } catch (ExecutionException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private void createDatabase() {
        try (Connection admin = stack.postgres().connectAsSuperuser();
                Statement statement = admin.createStatement()) {
            statement.execute(
                    "CREATE DATABASE %s TEMPLATE %s".formatted(database, PostgresServer.DATABASE));
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Waits long enough for a machine that is busy with other things. */
    public static ConditionFactory await() {
        return Awaitility.await().atMost(PATIENCE);
    }

    // ---- the job ----

    /** Submits the job with this pipeline's addresses and more options, and waits until it runs. */
    public String startJob(String... options) {
        return startJob(2, Optional.empty(), options);
    }

    public String startJob(int parallelism, Optional<Path> restoreFrom, String... options) {
        String id = submit(parallelism, restoreFrom, options);
        stack.flink().rest().awaitRunning(id, PATIENCE);
        return id;
    }

    /** Submits the job only; for a job that must not start. */
    public String submit(int parallelism, Optional<Path> restoreFrom, String... options) {
        jobId =
                stack.flink()
                        .rest()
                        .run(stack.jarId(), jobArguments(options), parallelism, restoreFrom);
        return jobId;
    }

    /** What a job is submitted with: this pipeline's addresses, and more options. */
    public List<String> jobArguments(String... options) {
        List<String> defaults = new ArrayList<>(addresses());
        defaults.addAll(List.of("--jdbc-user", PostgresServer.WRITER, "--group-id", topic));
        return withDefaults(defaults, options);
    }

    public String jobId() {
        return jobId;
    }

    public void cancelJob() {
        stack.flink().rest().cancel(jobId, PATIENCE);
        jobId = null;
    }

    public Path stopJobWithSavepoint() {
        Path savepoint = stack.flink().rest().stopWithSavepoint(jobId, PATIENCE);
        jobId = null;
        return savepoint;
    }

    /** Options that all programs share. */
    List<String> addresses() {
        return List.of(
                "--bootstrap-servers",
                stack.kafka().bootstrapServers(),
                "--topic",
                topic,
                "--dead-letter-topic",
                deadLetterTopic(),
                "--jdbc-url",
                jdbcUrl());
    }

    /** The options, and the defaults whose names are not among them, as names and values. */
    private static List<String> withDefaults(List<String> defaults, String... options) {
        List<String> arguments = new ArrayList<>(List.of(options));
        for (int i = 0; i < defaults.size(); i += 2) {
            if (!arguments.contains(defaults.get(i))) {
                arguments.addAll(defaults.subList(i, i + 2));
            }
        }
        return arguments;
    }

    // ---- records ----

    /** Appends one record and waits for the broker's word. */
    public RecordMetadata send(int partition, byte[] key, byte[] value) {
        return send(new ProducerRecord<>(topic, partition, key, value));
    }

    public RecordMetadata send(int partition, String value) {
        return send(partition, null, value.getBytes(UTF_8));
    }

    public RecordMetadata send(ProducerRecord<byte[], byte[]> record) {
        try {
            return producer.send(record).get();
        } catch (ExecutionException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * Appends one record as if Kafka had taken it at a given time, for a topic that lets producers
     * say so.
     */
    public RecordMetadata sendAt(Instant recordTime, int partition, String value) {
        return send(
                new ProducerRecord<>(
                        topic, partition, recordTime.toEpochMilli(), null, value.getBytes(UTF_8)));
    }

    /** Appends without waiting; {@link #flush()} waits. */
    public void sendAsync(int partition, byte[] value) {
        producer.send(new ProducerRecord<>(topic, partition, null, value));
    }

    public void sendAsync(ProducerRecord<byte[], byte[]> record) {
        producer.send(record);
    }

    public void flush() {
        producer.flush();
    }

    /** A small valid transaction. */
    public static String sale(String timestamp, String category, String amount) {
        return """
               {"transaction_id":"t","timestamp":"%s","category":"%s","amount":%s}"""
                .formatted(timestamp, category, amount);
    }

    /** How many records the topic holds, if no transaction ever wrote to it. */
    public long recordCount() {
        Map<TopicPartition, OffsetSpec> latest = new HashMap<>();
        int count =
                withAdmin(admin -> admin.describeTopics(List.of(topic)).allTopicNames().get())
                        .get(topic)
                        .partitions()
                        .size();
        for (int partition = 0; partition < count; partition++) {
            latest.put(new TopicPartition(topic, partition), OffsetSpec.latest());
        }
        return withAdmin(admin -> admin.listOffsets(latest).all().get()).values().stream()
                .mapToLong(ListOffsetsResultInfo::offset)
                .sum();
    }

    /** All dead letters by their position in the source, first ones of repeated ones. */
    public Map<String, ConsumerRecord<byte[], byte[]>> deadLetters() {
        Map<String, ConsumerRecord<byte[], byte[]>> bySource = new TreeMap<>();
        for (ConsumerRecord<byte[], byte[]> letter : readAll(deadLetterTopic())) {
            bySource.putIfAbsent(
                    header(letter, "source.partition") + "/" + header(letter, "source.offset"),
                    letter);
        }
        return bySource;
    }

    public static String header(ConsumerRecord<byte[], byte[]> record, String name) {
        return new String(record.headers().lastHeader(name).value(), UTF_8);
    }

    public List<ConsumerRecord<byte[], byte[]>> readAll(String name) {
        Properties properties = kafkaProperties();
        properties.setProperty(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(
                        properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> partitions =
                    consumer.partitionsFor(name).stream()
                            .map(info -> new TopicPartition(name, info.partition()))
                            .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
            while (partitions.stream().anyMatch(p -> consumer.position(p) < ends.get(p))) {
                consumer.poll(Duration.ofMillis(100)).forEach(records::add);
            }
            return records;
        }
    }

    // ---- the tables ----

    public Connection connect(String role) throws SQLException {
        return DriverManager.getConnection(jdbcUrl(), role, role);
    }

    /**
     * Rows as {@code 10:00 Home 1.00/1 final}, corrections as {@code final+2}, by window and
     * category.
     */
    public List<String> rows() {
        return query(
                """
                SELECT to_char(window_start, 'HH24:MI') || ' ' || category || ' ' || total_sales || '/' || transaction_count
                  || CASE WHEN is_final THEN ' final' ELSE ' open' END
                  || CASE WHEN correction_count > 0 THEN '+' || correction_count ELSE '' END
                FROM category_sales ORDER BY window_start, category
                """);
    }

    public Map<String, Long> rejectedEvents() {
        Map<String, Long> counts = new HashMap<>();
        query("SELECT reason || ' ' || sum(event_count) FROM rejected_events GROUP BY reason")
                .forEach(
                        line -> counts.put(line.split(" ")[0], Long.parseLong(line.split(" ")[1])));
        return counts;
    }

    /** The first column of each row as text. */
    public List<String> query(String sql) {
        return query(PostgresServer.READER, sql);
    }

    /** The same, of tables that only the writer may see. */
    public List<String> writerQuery(String sql) {
        return query(PostgresServer.WRITER, sql);
    }

    private List<String> query(String role, String sql) {
        try (Connection connection = connect(role);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            List<String> values = new ArrayList<>();
            while (rows.next()) {
                values.add(rows.getString(1));
            }
            return values;
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }

    /** Changes the tables behind the job's back. */
    public int update(String sql) {
        try (Connection connection = connect(PostgresServer.WRITER);
                Statement statement = connection.createStatement()) {
            return statement.executeUpdate(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }

    public void awaitRows(String... expected) {
        await().untilAsserted(() -> assertThat(rows()).containsExactly(expected));
    }

    // ---- the other programs ----

    /** Runs the audit's jar against this pipeline, or what the options name instead. */
    public ProgramResult audit(String... options) throws IOException, InterruptedException {
        return ProgramResult.of(
                stack.layout().auditJar(), auditArguments(options), AUDIT_ENVIRONMENT);
    }

    /** The same in this JVM. */
    public ProgramResult auditInProcess(String... options) {
        return InProcessAudit.run(auditArguments(options), AUDIT_ENVIRONMENT);
    }

    private List<String> auditArguments(String... options) {
        List<String> defaults = new ArrayList<>(addresses());
        defaults.addAll(List.of("--jdbc-user", PostgresServer.READER));
        return withDefaults(defaults, options);
    }

    /** The job has written everything, final or not, and each row equals the topic. */
    public void assertEqualToTopic() {
        ProgramResult audit = auditInProcess("--include-open", "--wait", "30s");
        assertThat(audit.exitCode()).as(audit.output()).isZero();
    }

    /** Runs datagen's jar into this pipeline's topic, or what the options name instead. */
    public ProgramResult datagen(String... options) throws IOException, InterruptedException {
        return ProgramResult.of(stack.layout().datagenJar(), kafkaArguments(options), Map.of());
    }

    /** The same, without waiting for its end. */
    public RunningProgram startDatagen(String... options) throws IOException {
        return RunningProgram.start(stack.layout().datagenJar(), kafkaArguments(options));
    }

    /** Runs a backfill of this pipeline to its end. */
    public ProgramResult backfill(String... options) throws IOException, InterruptedException {
        return ProgramResult.of(flinkClient(options), clientClasses());
    }

    /** The same, to be started. */
    public ProcessBuilder backfillClient(String... options) throws IOException {
        ProcessBuilder client = flinkClient(options);
        clientClasses().useIn(client);
        return client;
    }

    private SharedClasses clientClasses() throws IOException {
        return SharedClasses.of(stack.layout().flinkLib());
    }

    private ProcessBuilder flinkClient(String... options) {
        List<String> arguments = new ArrayList<>(List.of("--mode", "backfill"));
        arguments.addAll(List.of(options));
        ProcessBuilder client =
                new FlinkClient(
                                stack.layout(),
                                stack.flink().folder(),
                                stack.flink().url().substring("http://".length()))
                        .run(
                                stack.layout().jobJar(),
                                2,
                                jobArguments(arguments.toArray(String[]::new)))
                        .redirectErrorStream(true);
        client.environment().put("SALESPULSE_JDBC_PASSWORD", PostgresServer.WRITER);
        return client;
    }

    /** Runs the jar that sends dead letters to this pipeline's topic again. */
    public ProgramResult replayDeadLetters(String... options)
            throws IOException, InterruptedException {
        return ProgramResult.of(
                stack.layout().deadLetterReplayJar(), kafkaArguments(options), Map.of());
    }

    /** The same, without waiting for its end. */
    public RunningProgram startReplay() throws IOException {
        return RunningProgram.start(stack.layout().deadLetterReplayJar(), kafkaArguments());
    }

    private List<String> kafkaArguments(String... options) {
        return withDefaults(
                List.of(
                        "--bootstrap-servers",
                        stack.kafka().bootstrapServers(),
                        "--topic",
                        topic,
                        "--dead-letter-topic",
                        deadLetterTopic()),
                options);
    }

    @Override
    public void close() {
        producer.close();
        if (jobId != null
                && stack.flink().rest().job(jobId).filter(j -> !j.isTerminal()).isPresent()) {
            stack.flink().rest().cancel(jobId, PATIENCE);
        }
    }
}
