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
 * @param events how many there are; all but the late ones count
 */
record Workload(String topic, long events, Sums expected) {

    private static final Instant FIRST_EVENT = Instant.parse("2026-01-15T10:00:00Z");

    /**
     * What a workload is made of.
     *
     * @param categories number or names, as datagen's {@code --categories} has it
     * @param skew datagen's {@code --category-skew}; 0 is uniform
     * @param rate event times lie as close together as so many events a second would
     * @param lateRatio datagen's {@code --late-ratio}
     */
    record Shape(int partitions, String categories, double skew, long rate, double lateRatio) {

        static final Shape USUAL =
                new Shape(4, "Electronics,Fashion,Grocery,Home,Beauty,Sports", 0, 10_000, 0);

        Shape withPartitions(int count) {
            return new Shape(count, categories, skew, rate, lateRatio);
        }

        Shape withCategories(String numberOrNames, double zipf) {
            return new Shape(partitions, numberOrNames, zipf, rate, lateRatio);
        }

        Shape withRate(long eventsPerSecond) {
            return new Shape(partitions, categories, skew, eventsPerSecond, lateRatio);
        }

        Shape withLate(double ratio) {
            return new Shape(partitions, categories, skew, rate, ratio);
        }
    }

    /** How many of the events count. */
    long counted() {
        return expected.count();
    }

    /** The dead-letter topic beside it, for the late ones. */
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
        Instant end = FIRST_EVENT.plus(Duration.ofSeconds(Math.max(1, events / shape.rate())));
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
                                "--late-ratio",
                                Double.toString(shape.lateRatio()),
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
