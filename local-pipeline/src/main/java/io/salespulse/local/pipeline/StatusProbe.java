package io.salespulse.local.pipeline;

import io.salespulse.local.flink.FlinkRest;
import io.salespulse.local.kafka.Topics;
import io.salespulse.local.postgres.PostgresServer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks Kafka, PostgreSQL and Flink how the pipeline is doing. Parts that do not answer leave their
 * values empty.
 */
public final class StatusProbe implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(StatusProbe.class);

    private static final long KAFKA_TIMEOUT_SECONDS = 3;

    /** Counting a large table takes long: it may take one part in this many of the time. */
    private static final int COUNTING_SHARE = 20;

    /** Found through the primary key: the newest rows are the ones that are being written. */
    private static final String NEWEST_ROWS =
            """
            SELECT max(window_start), extract(epoch FROM clock_timestamp() - max(updated_at))
            FROM category_sales
            WHERE window_start >= (SELECT max(window_start) FROM category_sales) - interval '10 minutes'
            """;

    private final PipelineAddresses addresses;
    private final Admin admin;
    private Connection database;
    private OptionalLong rows = OptionalLong.empty();
    private long countAgainNanos = System.nanoTime();

    /** Of a pipeline that may be starting or gone. */
    public StatusProbe(PipelineAddresses addresses) {
        this.addresses = addresses;
        this.admin = Admin.create(addresses.kafkaClient());
    }

    /** The state at this moment, the job's as its cluster tells it. */
    public PipelineStatus status() {
        return status(SalesJob.stateOn(new FlinkRest(addresses.flinkPort())));
    }

    /**
     * The state at this moment.
     *
     * @param job the job's state
     */
    public PipelineStatus status(String job) {
        OptionalLong events = events();
        try {
            Connection connection = database();
            countRows(connection);
            try (Statement statement = connection.createStatement();
                    ResultSet newest = statement.executeQuery(NEWEST_ROWS)) {
                newest.next();
                Optional<Instant> latestWindow =
                        Optional.ofNullable(newest.getObject(1, OffsetDateTime.class))
                                .map(OffsetDateTime::toInstant);
                double age = newest.getDouble(2);
                OptionalDouble freshness =
                        newest.wasNull() ? OptionalDouble.empty() : OptionalDouble.of(age);
                return new PipelineStatus(events, rows, latestWindow, freshness, job);
            }
        } catch (SQLException e) {
            disconnect();
            return new PipelineStatus(
                    events, OptionalLong.empty(), Optional.empty(), OptionalDouble.empty(), job);
        }
    }

    private void countRows(Connection connection) throws SQLException {
        long start = System.nanoTime();
        if (rows.isPresent() && start < countAgainNanos) {
            return;
        }
        try (Statement statement = connection.createStatement();
                ResultSet count = statement.executeQuery("SELECT count(*) FROM category_sales")) {
            count.next();
            rows = OptionalLong.of(count.getLong(1));
        }
        countAgainNanos = System.nanoTime() + COUNTING_SHARE * (System.nanoTime() - start);
    }

    private Connection database() throws SQLException {
        if (database == null) {
            database = addresses.connect(PostgresServer.READER);
        }
        return database;
    }

    private void disconnect() {
        if (database != null) {
            Connection broken = database;
            database = null;
            try {
                broken.close();
            } catch (SQLException e) {
                LOG.debug("A broken connection could not be closed", e);
            }
        }
    }

    /** As {@link PipelineStatus#events()}. */
    public OptionalLong events() {
        try {
            TopicDescription topic =
                    admin.describeTopics(List.of(Topics.TRANSACTIONS))
                            .allTopicNames()
                            .get(KAFKA_TIMEOUT_SECONDS, TimeUnit.SECONDS)
                            .get(Topics.TRANSACTIONS);
            List<TopicPartition> partitions =
                    topic.partitions().stream()
                            .map(each -> new TopicPartition(topic.name(), each.partition()))
                            .toList();
            return OptionalLong.of(
                    sum(partitions, OffsetSpec.latest()) - sum(partitions, OffsetSpec.earliest()));
        } catch (ExecutionException | TimeoutException e) {
            return OptionalLong.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancellationException("interrupted");
        }
    }

    private long sum(List<TopicPartition> partitions, OffsetSpec spec)
            throws ExecutionException, InterruptedException, TimeoutException {
        Map<TopicPartition, OffsetSpec> request =
                partitions.stream().collect(Collectors.toMap(Function.identity(), each -> spec));
        return admin
                .listOffsets(request)
                .all()
                .get(KAFKA_TIMEOUT_SECONDS, TimeUnit.SECONDS)
                .values()
                .stream()
                .mapToLong(ListOffsetsResultInfo::offset)
                .sum();
    }

    @Override
    public void close() {
        admin.close(Duration.ofSeconds(1));
        disconnect();
    }
}
