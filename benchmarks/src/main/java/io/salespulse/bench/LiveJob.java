package io.salespulse.bench;

import io.salespulse.local.postgres.PostgresServer;
import io.salespulse.local.terminal.LocalPipelineException;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;

/** A topic, a database and the whole job on them, waiting for live events. */
final class LiveJob implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(120);

    private final BenchStack stack;
    private final String topic;
    private final Connection reader;
    private final Admin admin;
    private final List<String> arguments;
    private final int parallelism;
    private String id;

    private LiveJob(
            BenchStack stack,
            String topic,
            BenchStack.Database database,
            int parallelism,
            List<String> options)
            throws SQLException {
        this.stack = stack;
        this.topic = topic;
        this.parallelism = parallelism;
        reader = database.connect(PostgresServer.READER);
        admin = Admin.create(Map.of("bootstrap.servers", stack.bootstrapServers()));
        arguments = new ArrayList<>(options);
        arguments.addAll(
                List.of(
                        "--bootstrap-servers",
                        stack.bootstrapServers(),
                        "--topic",
                        topic,
                        "--dead-letter-topic",
                        topic + ".dead-letter",
                        "--jdbc-url",
                        database.jdbcUrl()));
    }

    /** Creates the topics by a first event, and starts the job. */
    static LiveJob start(
            BenchStack stack,
            String topic,
            BenchStack.Database database,
            int parallelism,
            List<String> options)
            throws IOException, InterruptedException, SQLException {
        LiveJob job = new LiveJob(stack, topic, database, parallelism, options);
        job.produce("--count", "1").await(1);
        job.submit(Optional.empty());
        return job;
    }

    private void submit(Optional<Path> from) {
        String jar = stack.uploaded(stack.layout().jobJar());
        id = stack.flink().rest().run(jar, arguments, parallelism, from);
        stack.flink().rest().awaitRunning(id, PATIENCE);
    }

    /**
     * Waits for a condition.
     *
     * @throws LocalPipelineException if the job fails before that
     */
    void await(ClusterJob.Condition condition) throws SQLException, InterruptedException {
        ClusterJob.await(stack.flink().rest(), id, condition);
    }

    /** Starts datagen into the job's topic. */
    ChildProgram produce(String... options) throws IOException {
        List<String> all = new ArrayList<>(List.of(options));
        all.addAll(
                List.of(
                        "--bootstrap-servers",
                        stack.bootstrapServers(),
                        "--topic",
                        topic,
                        "--dead-letter-topic",
                        topic + ".dead-letter"));
        return ChildProgram.start(
                stack.layout().datagenJar(), all, stack.folder().resolve(topic + ".log"));
    }

    String topic() {
        return topic;
    }

    Connection reader() {
        return reader;
    }

    /** Number of events in the topic. */
    long sent() {
        Map<TopicPartition, OffsetSpec> ends = new HashMap<>();
        try {
            admin.describeTopics(List.of(topic))
                    .allTopicNames()
                    .get()
                    .get(topic)
                    .partitions()
                    .forEach(
                            partition ->
                                    ends.put(
                                            new TopicPartition(topic, partition.partition()),
                                            OffsetSpec.latest()));
            return admin.listOffsets(ends).all().get().values().stream()
                    .mapToLong(ListOffsetsResultInfo::offset)
                    .sum();
        } catch (ExecutionException e) {
            throw new LocalPipelineException("The broker does not answer: " + e.getCause(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancellationException("interrupted");
        }
    }

    /** Number of events in the rows. */
    long counted() throws SQLException {
        return number("SELECT coalesce(sum(transaction_count), 0) FROM category_sales");
    }

    /** Number of events that were rejected as late. */
    long late() throws SQLException {
        return number(
                "SELECT coalesce(sum(event_count), 0) FROM rejected_events WHERE reason = 'LATE_EVENT'");
    }

    private long number(String sql) throws SQLException {
        try (Statement statement = reader.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getLong(1);
        }
    }

    /**
     * Stops the job as an operator would, with a savepoint.
     *
     * @return what {@link #resume} continues from
     */
    Path stop() {
        Path savepoint = stack.flink().rest().stopWithSavepoint(id, PATIENCE);
        id = null;
        return savepoint;
    }

    void resume(Path savepoint) {
        submit(Optional.of(savepoint));
    }

    @Override
    public void close() throws SQLException {
        if (id != null) {
            stack.flink().rest().cancel(id, PATIENCE);
        }
        admin.close();
        reader.close();
    }
}
