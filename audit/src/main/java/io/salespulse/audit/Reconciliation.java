package io.salespulse.audit;

import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.TopicPartition;

/**
 * Reads the topic, the dead letters and the tables in the order that makes their comparison sound
 * beside a live job:
 *
 * <ol>
 *   <li>read both topics to their ends, again until that takes no more than a moment, and set the
 *       mark: what was read before has {@code --wait} time to arrive;
 *   <li>take a snapshot of the tables, then look where the dead-letter topic ends, then where the
 *       topic ends, and read to there. So whatever the snapshot or a dead letter may hold has been
 *       recounted;
 *   <li>compare. While something that was there before the mark is missing, go back to 2.
 * </ol>
 */
final class Reconciliation {
    private static final Duration CAUGHT_UP = Duration.ofSeconds(1);
    private static final int MAX_CATCH_UPS = 5;
    private static final Duration PAUSE = Duration.ofMillis(500);

    private final AuditOptions options;
    private final Database database;
    private final KafkaTopics topics;
    private final PipelineSettings settings;
    private final TopicDescription topic;
    private final TopicReader source;
    private final TopicReader deadLetterSource;
    private final Range requested;
    private final Recount recount;
    private final DeadLetters deadLetters;

    private Reconciliation(
            AuditOptions options,
            Database database,
            KafkaTopics topics,
            PipelineSettings settings,
            TopicDescription topic,
            TopicReader source,
            TopicReader deadLetterSource)
            throws CannotRunException {
        this.options = options;
        this.database = database;
        this.topics = topics;
        this.settings = settings;
        this.topic = topic;
        this.source = source;
        this.deadLetterSource = deadLetterSource;
        this.requested = options.range(settings);
        this.recount = new Recount(settings, source.beginnings());
        this.deadLetters =
                new DeadLetters(
                        recount,
                        deadLetterSource.beginnings(),
                        requested,
                        deadLetterSource.openedAt(),
                        options.maxDifferences());
    }

    /**
     * Audits once.
     *
     * @throws CannotRunException if there is no result, and why
     */
    static Report run(AuditOptions options, Progress progress)
            throws CannotRunException, SQLException, InterruptedException {
        try (Database database = Database.open(options.login());
                KafkaTopics topics = new KafkaTopics(options.kafkaProperties())) {
            PipelineSettings settings = readSettings(database);
            if (!settings.topic().equals(options.topic())) {
                throw new CannotRunException(
                        "the tables were counted from topic %s, not %s: give --topic %s"
                                .formatted(settings.topic(), options.topic(), settings.topic()));
            }
            TopicDescription topic = describe(topics, settings);
            int deadLetterPartitions =
                    topics.describe(options.deadLetterTopic()).partitions().size();
            int partitions = topic.partitions().size();
            try (TopicReader source =
                            new TopicReader(
                                    options.kafkaProperties(),
                                    options.topic(),
                                    partitions,
                                    progress);
                    TopicReader deadLetterSource =
                            new TopicReader(
                                    options.kafkaProperties(),
                                    options.deadLetterTopic(),
                                    deadLetterPartitions,
                                    progress)) {
                return new Reconciliation(
                                options,
                                database,
                                topics,
                                settings,
                                topic,
                                source,
                                deadLetterSource)
                        .reconcile();
            }
        }
    }

    private static PipelineSettings readSettings(Database database)
            throws CannotRunException, SQLException {
        return database.takeSnapshot()
                .orElseThrow(
                        () ->
                                new CannotRunException(
                                        "table pipeline is empty: no job has started yet, so there is nothing to compare"));
    }

    private static TopicDescription describe(KafkaTopics topics, PipelineSettings settings)
            throws CannotRunException, InterruptedException {
        TopicDescription topic = topics.describe(settings.topic());
        String id = topic.topicId().toString();
        if (!id.equals(settings.topicId())) {
            throw new CannotRunException(
                    ("topic %s was deleted and created again: its id is %s, the tables were counted from %s."
                                    + " Create the topic's data or the tables anew, so that both are of one log")
                            .formatted(settings.topic(), id, settings.topicId()));
        }
        return topic;
    }

    private Report reconcile() throws CannotRunException, SQLException, InterruptedException {
        catchUp();
        recount.mark();
        long deadline = System.nanoTime() + options.maxWait().toNanos();
        Comparison.Result result = compare();
        while (result.differences().areSomeBehind() && System.nanoTime() < deadline) {
            Thread.sleep(PAUSE.toMillis());
            result = compare();
        }
        return new Report(
                recount,
                deadLetters,
                result,
                boundary(),
                source.timeReading(),
                database.readHeartbeatAge());
    }

    private void catchUp() throws CannotRunException {
        Duration last = CAUGHT_UP.plusNanos(1);
        for (int i = 0; i < MAX_CATCH_UPS && last.compareTo(CAUGHT_UP) > 0; i++) {
            long start = System.nanoTime();
            readOn();
            last = Duration.ofNanos(System.nanoTime() - start);
        }
    }

    private void readOn() throws CannotRunException {
        Map<TopicPartition, Long> deadLetterEnds = deadLetterSource.ends();
        source.readTo(source.ends(), recount::accept);
        deadLetterSource.readTo(deadLetterEnds, deadLetters::accept);
    }

    private Comparison.Result compare()
            throws CannotRunException, SQLException, InterruptedException {
        if (!readSettings(database).equals(settings)) {
            throw new CannotRunException("table pipeline was changed during the audit: run again");
        }
        readOn();
        checkTopic();
        Range range = requested.notBefore(boundary());
        Set<Instant> repairs = database.readRepairs();
        Comparison comparison =
                new Comparison(
                        recount,
                        deadLetters,
                        range,
                        options.includeOpen(),
                        repairs,
                        options.maxDifferences());
        database.readSales(range, settings.windowSize(), comparison::sales);
        database.readRejections(range, comparison::rejections);
        return comparison.finish(
                database.countSalesOutside(range, settings.windowSize()),
                database.countRejectionsOutside(range));
    }

    /**
     * A topic that is another now, or has partitions that are not read, must not show up as a
     * difference in the tables.
     */
    private void checkTopic() throws CannotRunException, InterruptedException {
        if (describe(topics, settings).partitions().size() != topic.partitions().size()) {
            throw new CannotRunException(
                    "partitions were added to topic "
                            + settings.topic()
                            + " during the audit: run again");
        }
    }

    private long boundary() {
        return recount.boundary(source.openedAt());
    }
}
