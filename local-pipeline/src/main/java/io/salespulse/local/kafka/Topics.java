package io.salespulse.local.kafka;

import io.salespulse.local.process.Await;
import io.salespulse.local.terminal.LocalPipelineException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TopicExistsException;

/** The pipeline's two topics. */
public final class Topics {

    public static final String TRANSACTIONS = "transactions";
    public static final String DEAD_LETTER = "transactions.dead-letter";

    /** Partitions of {@link #TRANSACTIONS} where we create it. */
    public static final int PARTITIONS = 4;

    private static final Duration RETENTION = Duration.ofDays(7);
    private static final long TIMEOUT_SECONDS = 30;
    private static final Duration PAUSE = Duration.ofMillis(50);

    private Topics() {}

    /**
     * Creates the topics that are missing; leaves those that exist as they are. Both use the
     * broker's clock (LogAppendTime). A dead letter may be twice as large as a record of the
     * source. Returns when the broker answers for both.
     *
     * @param clientProperties with at least the bootstrap servers
     * @throws LocalPipelineException if the broker refuses or does not answer
     */
    public static void createMissing(Properties clientProperties) {
        try (Admin admin = Admin.create(clientProperties)) {
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(TIMEOUT_SECONDS);
            while (!areThere(admin, deadline)) {
                Await.sleep(PAUSE);
            }
        } catch (ExecutionException | TimeoutException e) {
            throw new LocalPipelineException("The topics could not be created: " + e, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LocalPipelineException("Interrupted while creating the topics", e);
        }
    }

    /** False if the broker does not know yet of a topic that its controller has just created. */
    private static boolean areThere(Admin admin, long deadlineNanos)
            throws ExecutionException, InterruptedException, TimeoutException {
        try {
            Set<String> existing =
                    admin.listTopics().names().get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
            create(admin, existing, transactions());
            if (!existing.contains(DEAD_LETTER)) {
                create(admin, existing, deadLetter(2 * maxMessageBytes(admin)));
            }
            admin.describeTopics(List.of(TRANSACTIONS, DEAD_LETTER))
                    .allTopicNames()
                    .get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
            return true;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RetriableException && System.nanoTime() < deadlineNanos) {
                return false;
            }
            throw e;
        }
    }

    private static NewTopic transactions() {
        return new NewTopic(TRANSACTIONS, Optional.of(PARTITIONS), Optional.of((short) 1))
                .configs(
                        Map.of(
                                TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG,
                                "LogAppendTime",
                                TopicConfig.RETENTION_MS_CONFIG,
                                Long.toString(RETENTION.toMillis())));
    }

    private static NewTopic deadLetter(long maxMessageBytes) {
        return new NewTopic(DEAD_LETTER, Optional.of(1), Optional.of((short) 1))
                .configs(
                        Map.of(
                                TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG,
                                "LogAppendTime",
                                TopicConfig.RETENTION_MS_CONFIG,
                                Long.toString(RETENTION.toMillis()),
                                TopicConfig.MAX_MESSAGE_BYTES_CONFIG,
                                Long.toString(maxMessageBytes)));
    }

    private static void create(Admin admin, Set<String> existing, NewTopic topic)
            throws ExecutionException, InterruptedException, TimeoutException {
        if (existing.contains(topic.name())) {
            return;
        }
        try {
            admin.createTopics(List.of(topic)).all().get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            // Another program that creates missing topics was quicker.
            if (!(e.getCause() instanceof TopicExistsException)) {
                throw e;
            }
        }
    }

    private static long maxMessageBytes(Admin admin)
            throws ExecutionException, InterruptedException, TimeoutException {
        ConfigResource topic = new ConfigResource(ConfigResource.Type.TOPIC, TRANSACTIONS);
        Config config =
                admin.describeConfigs(List.of(topic))
                        .all()
                        .get(TIMEOUT_SECONDS, TimeUnit.SECONDS)
                        .get(topic);
        return Long.parseLong(config.get(TopicConfig.MAX_MESSAGE_BYTES_CONFIG).value());
    }
}
