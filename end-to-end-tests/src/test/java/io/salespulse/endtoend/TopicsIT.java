package io.salespulse.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.salespulse.local.kafka.Topics;
import java.util.Collection;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.junit.jupiter.api.RepeatedTest;

/** The topics that {@code ./run} creates. */
class TopicsIT {

    private static final Set<String> TOPICS = Set.of(Topics.TRANSACTIONS, Topics.DEAD_LETTER);

    /**
     * A controller acknowledges a topic before all brokers know it: one of five first starts failed
     * by that on a busy machine.
     */
    @RepeatedTest(15)
    void createsTopicsThatAreThereWhenItReturns() throws Exception {
        Properties broker = new Properties();
        broker.setProperty("bootstrap.servers", Stack.shared().kafka().bootstrapServers());
        try (Admin admin = Admin.create(broker)) {
            Topics.createMissing(broker);

            assertThat(admin.describeTopics(TOPICS).allTopicNames().get().values())
                    .extracting(TopicDescription::name)
                    .containsExactlyInAnyOrderElementsOf(TOPICS);
            assertThat(maxMessageBytes(admin, Topics.DEAD_LETTER))
                    .isEqualTo(2 * maxMessageBytes(admin, Topics.TRANSACTIONS));
            admin.deleteTopics(TOPICS).all().get();
            Pipeline.await()
                    .until(() -> admin.listTopics().names().get(), TopicsIT::containsNoneOfThem);
        }
    }

    private static boolean containsNoneOfThem(Collection<String> names) {
        return TOPICS.stream().noneMatch(names::contains);
    }

    private static long maxMessageBytes(Admin admin, String topic)
            throws ExecutionException, InterruptedException {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        return Long.parseLong(
                admin.describeConfigs(List.of(resource))
                        .all()
                        .get()
                        .get(resource)
                        .get(TopicConfig.MAX_MESSAGE_BYTES_CONFIG)
                        .value());
    }
}
