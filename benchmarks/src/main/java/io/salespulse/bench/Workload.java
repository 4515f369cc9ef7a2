package io.salespulse.bench;

import io.salespulse.local.machine.ProjectLayout;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * A topic full of transactions, and what their sums must be.
 *
 * @param events how many there are; all of them count
 */
record Workload(String topic, long events, Sums expected) {

    /** Event times lie as close together as events at this rate would. */
    static final long EVENTS_PER_SECOND_OF_EVENT_TIME = 10_000;

    private static final Instant FIRST_EVENT = Instant.parse("2026-01-15T10:00:00Z");

    /**
     * What a workload is made of.
     *
     * @param categories number or names, as datagen's {@code --categories} has it
     * @param skew datagen's {@code --category-skew}; 0 is uniform
     */
    record Shape(int partitions, String categories, double skew) {

        static final Shape USUAL =
                new Shape(4, "Electronics,Fashion,Grocery,Home,Beauty,Sports", 0);

        Shape withPartitions(int count) {
            return new Shape(count, categories, skew);
        }

        Shape withCategories(String numberOrNames, double zipf) {
            return new Shape(partitions, numberOrNames, zipf);
        }
    }

    /** The dead-letter topic beside it, which stays empty. */
    String deadLetterTopic() {
        return topic + ".dead-letter";
    }

    /** What sending a workload took. */
    record Sent(Workload workload, Sample sample) {}

    /** Sends a new workload as fast as it goes. */
    static Sent send(
            ProjectLayout layout,
            String bootstrapServers,
            Path folder,
            String topic,
            long events,
            Shape shape)
            throws IOException, InterruptedException {
        Path expected = folder.resolve(topic + ".csv");
        Instant end =
                FIRST_EVENT.plus(
                        Duration.ofSeconds(Math.max(1, events / EVENTS_PER_SECOND_OF_EVENT_TIME)));
        List<String> arguments =
                new ArrayList<>(
                        List.of(
                                "--bootstrap-servers",
                                bootstrapServers,
                                "--topic",
                                topic,
                                "--dead-letter-topic",
                                topic + ".dead-letter",
                                "--partitions",
                                Integer.toString(shape.partitions()),
                                "--rate",
                                "max",
                                "--count",
                                Long.toString(events),
                                "--seed",
                                "42",
                                "--categories",
                                shape.categories(),
                                "--category-skew",
                                Double.toString(shape.skew()),
                                "--history",
                                FIRST_EVENT + ".." + end,
                                "--expected-output",
                                expected.toString()));
        Sample sample =
                ChildProgram.start(layout.datagenJar(), arguments, folder.resolve(topic + ".log"))
                        .await(events);
        return new Sent(new Workload(topic, events, Sums.read(expected)), sample);
    }
}
