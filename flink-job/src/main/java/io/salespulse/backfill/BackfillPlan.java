package io.salespulse.backfill;

import io.salespulse.config.BackfillConfig;
import io.salespulse.config.JobConfig;
import io.salespulse.config.StartRefusedException;
import io.salespulse.event.WindowRules;
import io.salespulse.source.TopicIdentity;
import io.salespulse.start.CountedFrom;
import io.salespulse.start.KafkaInspector;
import io.salespulse.start.PipelineTable;
import io.salespulse.start.SourceTopic;
import io.salespulse.window.WindowRange;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.apache.kafka.common.TopicPartition;

/**
 * What a run will read and compute, settled before it starts.
 *
 * @param range the windows to compute; those at its end that are not final are left out later
 * @param countedFrom where the pipeline began to count
 * @param topic to read
 * @param offsets the first offset to read, per partition
 * @param ends the first offset not to read, per partition
 * @param plannedAt when the ends were looked up, in epoch milliseconds
 * @param notes in words, where this differs from what was asked for
 */
record BackfillPlan(
        WindowRange range,
        Instant countedFrom,
        TopicIdentity topic,
        Map<TopicPartition, Long> offsets,
        Map<TopicPartition, Long> ends,
        long plannedAt,
        List<String> notes) {

    /** The end of a range without one: later than every event. */
    static final long OPEN_END = Instant.parse("9999-12-31T00:00:00Z").toEpochMilli();

    /**
     * Looks at Kafka, and compares the database with it as the live job does.
     *
     * @param repairs starts of the windows to repair; ignored unless the configuration asks for
     *     them
     * @throws StartRefusedException if the range cannot be had, with the reason and the way on
     */
    static BackfillPlan of(
            JobConfig config, BackfillConfig backfill, SortedSet<Long> repairs, Clock clock) {
        try (KafkaInspector kafka = new KafkaInspector(config.kafka(), clock)) {
            SourceTopic topic = kafka.inspect();
            WindowRules rules = config.rules();
            Instant firstWhole = CountedFrom.firstWholeWindow(topic, rules);
            PipelineTable.Registration pipeline =
                    new PipelineTable(config.jdbc()).register(topic, rules, firstWhole);
            Instant countedFrom = pipeline.countedFrom();
            Instant first = firstWhole.isAfter(countedFrom) ? firstWhole : countedFrom;
            List<String> notes = new ArrayList<>();
            if (pipeline.isNew()) {
                notes.add(
                        "no job has counted into this database before; from now on it belongs to topic %s and these rules"
                                .formatted(topic.name()));
            }
            WindowRange range =
                    backfill.repair()
                            ? repairRange(repairs, backfill, rules, first, notes)
                            : range(backfill, rules, first, notes);
            long readFrom = range.from() - rules.maxFutureSkew().toMillis();
            List<TopicPartition> partitions = List.copyOf(topic.firstOffsets().keySet());
            Map<TopicPartition, Long> offsets =
                    readFrom <= 0
                            ? topic.firstOffsets()
                            : new HashMap<>(kafka.offsetsFor(readFrom, partitions));
            return new BackfillPlan(
                    range,
                    countedFrom,
                    topic.identity(),
                    offsets,
                    kafka.stableEnds(partitions),
                    clock.millis(),
                    List.copyOf(notes));
        }
    }

    /** How many offsets there are to read. */
    long offsetCount() {
        return ends.keySet().stream()
                .mapToLong(partition -> Math.max(0, ends.get(partition) - offsets.get(partition)))
                .sum();
    }

    static WindowRange range(
            BackfillConfig backfill, WindowRules rules, Instant first, List<String> notes) {
        long askedFrom = Math.max(0, backfill.from().orElseThrow().toEpochMilli());
        long askedTo = backfill.to().map(Instant::toEpochMilli).orElse(OPEN_END);
        long from = rules.windowStart(askedFrom);
        long to = -rules.windowStart(-askedTo);
        if (from < askedFrom || (backfill.to().isPresent() && to > askedTo)) {
            notes.add(
                    "widened to whole windows: %s to %s"
                            .formatted(
                                    Instant.ofEpochMilli(from),
                                    to == OPEN_END
                                            ? "the last final one"
                                            : Instant.ofEpochMilli(to)));
        }
        long firstStart = first.toEpochMilli();
        if (from < firstStart) {
            if (to <= firstStart) {
                throw incomplete(first, "and the whole range lies before it", Optional.empty());
            }
            if (!backfill.allowPartial()) {
                throw incomplete(
                        first,
                        "but the range begins at " + Instant.ofEpochMilli(from),
                        Optional.of(first));
            }
            notes.add("begins with the first complete window, " + first);
            from = firstStart;
        }
        return WindowRange.between(from, to);
    }

    private static WindowRange repairRange(
            SortedSet<Long> repairs,
            BackfillConfig backfill,
            WindowRules rules,
            Instant first,
            List<String> notes) {
        SortedSet<Long> whole = repairs.tailSet(first.toEpochMilli());
        int lost = repairs.size() - whole.size();
        if (lost > 0) {
            if (!backfill.allowPartial() || whole.isEmpty()) {
                throw new StartRefusedException(
                        "The topic no longer holds all events of %d of the windows in repairs: the first complete window is %s. %s"
                                .formatted(
                                        lost,
                                        first,
                                        whole.isEmpty()
                                                ? "None of them can be repaired from it."
                                                : "Give --allow-partial to repair the others; these stay in repairs."));
            }
            notes.add(
                    "%d windows stay in repairs: the first complete window is %s"
                            .formatted(lost, first));
        }
        return WindowRange.of(new TreeSet<>(whole), rules.windowSize().toMillis());
    }

    private static StartRefusedException incomplete(
            Instant first, String problem, Optional<Instant> start) {
        return new StartRefusedException(
                "The first complete window is %s (the topic or this pipeline does not reach back further), %s.%s"
                        .formatted(
                                first,
                                problem,
                                start.map(
                                                time ->
                                                        " Give --from %s, or --allow-partial to take what is complete."
                                                                .formatted(time))
                                        .orElse(" It cannot be backfilled.")));
    }
}
