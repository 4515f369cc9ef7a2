package io.salespulse.start;

import io.salespulse.config.JobConfig;
import io.salespulse.source.TopicIdentity;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where a job without state begins.
 *
 * @param topic the one that was found
 * @param offsets the first offset to read, per partition
 * @param countedFrom the start of the first window that the job answers for: docs/rules.md section
 *     6
 * @param deadLetterMaxBytes the largest message that the dead-letter topic takes
 */
public record JobStart(
        TopicIdentity topic,
        Map<TopicPartition, Long> offsets,
        Instant countedFrom,
        int deadLetterMaxBytes) {

    private static final Logger LOG = LoggerFactory.getLogger(JobStart.class);

    /**
     * Looks at Kafka and PostgreSQL, and registers the pipeline in the database.
     *
     * @throws io.salespulse.config.StartRefusedException if the job must not start, with the reason
     *     and the way on
     */
    public static JobStart prepare(JobConfig config) {
        try (KafkaInspector kafka = new KafkaInspector(config.kafka(), Clock.systemUTC())) {
            SourceTopic topic = kafka.inspect();
            Instant countedFrom = CountedFrom.of(topic, config);
            PipelineTable table = new PipelineTable(config.jdbc());
            Instant registered = table.register(topic, config.rules(), countedFrom).countedFrom();
            table.forgetHeartbeats();
            Instant first = registered.isAfter(countedFrom) ? registered : countedFrom;
            if (countedFrom.isAfter(registered)) {
                LOG.warn(
                        "The topic no longer holds all events of the windows from {} to {}, or"
                                + " --starting-offsets leaves them out. Without"
                                + " state the job leaves their rows as they are and counts from {}.",
                        registered,
                        countedFrom,
                        first);
            } else {
                LOG.info("Without state, the job counts windows from {}.", first);
            }
            return new JobStart(
                    topic.identity(),
                    offsets(kafka, topic, config),
                    first,
                    topic.deadLetterMaxBytes());
        }
    }

    private static Map<TopicPartition, Long> offsets(
            KafkaInspector kafka, SourceTopic topic, JobConfig config) {
        return config.startingOffsets()
                .map(
                        start ->
                                kafka.offsetsFor(
                                        Math.max(
                                                0,
                                                start.minus(config.rules().maxFutureSkew())
                                                        .toEpochMilli()),
                                        List.copyOf(topic.firstOffsets().keySet())))
                .orElse(topic.firstOffsets());
    }
}
