package io.salespulse.replay;

import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * One run: reads the dead-letter topic from its beginning to where it ends now, and sends what is
 * asked for and was not sent before.
 */
final class Replay {
    private final ReplayOptions options;
    private final KafkaTopics topics;
    private final TopicDescription source;
    private final TopicDescription deadLetters;
    private final Journal journal;
    private final Report report;
    private final Progress progress;
    private final BooleanSupplier stopped;

    private Replay(
            ReplayOptions options,
            KafkaTopics topics,
            Report report,
            Progress progress,
            BooleanSupplier stopped)
            throws CannotRunException {
        this.options = options;
        this.topics = topics;
        this.report = report;
        this.progress = progress;
        this.stopped = stopped;
        source = topics.describe(options.selection().topic());
        deadLetters = topics.describe(options.deadLetterTopic());
        journal =
                new Journal(
                        Journal.nameFor(deadLetters.name()),
                        source.name(),
                        source.topicId().toString());
    }

    /**
     * Runs once and fills the report, also when it fails on the way.
     *
     * @param stopped asked now and then whether to end early
     * @return whether everything was read and sent
     */
    static boolean run(
            ReplayOptions options, Report report, Progress progress, BooleanSupplier stopped)
            throws CannotRunException {
        try (KafkaTopics topics = new KafkaTopics(options.kafkaProperties())) {
            return new Replay(options, topics, report, progress, stopped).run();
        } finally {
            progress.finish();
        }
    }

    private boolean run() throws CannotRunException {
        if (options.dryRun()) {
            return judgeAll(new DryRun(report));
        }
        journal.prepare(topics);
        // Only when no other sender is left does the journal hold all that was sent.
        try (TransactionalSender sender =
                TransactionalSender.open(options.kafkaProperties(), deadLetters.name(), journal)) {
            return judgeAll(new Batches(sender, report));
        }
    }

    private boolean judgeAll(Destination destination) throws CannotRunException {
        Judge judge = new Judge(options.selection(), replayedBefore(), source.partitions().size());
        try (TopicReader reader = read(deadLetters)) {
            while (!reader.isAtEnd()) {
                if (stopped.getAsBoolean()) {
                    return false;
                }
                reader.readOn(letter -> judge(letter, judge, destination));
                progress.show(
                        reader.done(),
                        reader.total(),
                        "%s of %s dead letters, %s sent"
                                .formatted(
                                        Text.number(reader.done()),
                                        Text.number(reader.total()),
                                        Text.number(report.count(Outcome.SENT))));
            }
        }
        destination.finish();
        return true;
    }

    private Positions replayedBefore() throws CannotRunException {
        Positions replayed = new Positions();
        Optional<TopicDescription> topic = topics.find(journal.name());
        if (topic.isPresent()) {
            try (TopicReader reader = read(topic.get())) {
                journal.read(reader, replayed);
            }
        }
        return replayed;
    }

    private TopicReader read(TopicDescription topic) {
        return new TopicReader(options.kafkaProperties(), topic.name(), topic.partitions().size());
    }

    private void judge(ConsumerRecord<byte[], byte[]> record, Judge judge, Destination destination)
            throws CannotRunException {
        Optional<DeadLetter> letter = DeadLetter.of(record);
        Outcome outcome = letter.map(judge::judge).orElse(Outcome.UNREADABLE);
        if (outcome == Outcome.SENT) {
            destination.accept(letter.get());
        } else {
            report.add(outcome);
        }
    }

    /** Counts what would be sent. */
    private record DryRun(Report report) implements Destination {
        @Override
        public void accept(DeadLetter letter) {
            report.addSent(letter);
        }

        @Override
        public void finish() {
            // Nothing is held back.
        }
    }
}
