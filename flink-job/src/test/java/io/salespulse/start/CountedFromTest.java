package io.salespulse.start;

import static org.assertj.core.api.Assertions.assertThat;

import io.salespulse.config.JdbcConfig;
import io.salespulse.config.JobConfig;
import io.salespulse.config.KafkaConfig;
import io.salespulse.config.Secret;
import io.salespulse.event.WindowRules;
import io.salespulse.source.TopicIdentity;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** docs/rules.md section 6. */
class CountedFromTest {

    private static final String EPOCH = "1970-01-01T00:00:00Z";

    private final Map<TopicPartition, Long> firstOffsets = new HashMap<>();
    private final Map<TopicPartition, Long> firstTimestamps = new HashMap<>();
    private Optional<Instant> startingOffsets = Optional.empty();
    private Duration windowSize = Duration.ofMinutes(1);
    private Duration maxFutureSkew = Duration.ofMinutes(1);

    @Test
    void aWholeLogIsCountedFromTheEpoch() {
        whole(0);
        whole(1);

        assertCountedFrom(EPOCH);
    }

    @Test
    void aTopicWithoutPartitionsIsCountedFromTheEpoch() {
        assertCountedFrom(EPOCH);
    }

    /** The first window start that is later than (first timestamp + skew of 1 min). */
    @ParameterizedTest
    @CsvSource({
        "2026-01-15T10:00:00Z,     2026-01-15T10:02:00Z",
        "2026-01-15T10:00:00.001Z, 2026-01-15T10:02:00Z",
        "2026-01-15T10:00:30Z,     2026-01-15T10:02:00Z",
        "2026-01-15T10:00:59.998Z, 2026-01-15T10:02:00Z",
        "2026-01-15T10:00:59.999Z, 2026-01-15T10:02:00Z",
        "2026-01-15T10:01:00Z,     2026-01-15T10:03:00Z"
    })
    void aTrimmedLogIsCountedFromTheFirstWindowThatNothingRemovedCanBelongTo(
            String firstTimestamp, String countedFrom) {
        trimmed(0, firstTimestamp);

        assertCountedFrom(countedFrom);
    }

    @Test
    void theLatestOfSeveralTrimmedPartitionsDecides() {
        trimmed(0, "2026-01-15T10:00:00Z");
        trimmed(1, "2026-01-15T10:05:30Z");
        trimmed(2, "2026-01-15T09:00:00Z");

        assertCountedFrom("2026-01-15T10:07:00Z");
    }

    @Test
    void wholePartitionsDoNotMatterBesideATrimmedOne() {
        whole(0);
        trimmed(1, "2026-01-15T10:00:00Z");

        assertCountedFrom("2026-01-15T10:02:00Z");
    }

    @ParameterizedTest
    @CsvSource({
        "2026-01-15T10:00:00Z,     2026-01-15T10:01:00Z",
        "2026-01-15T10:00:59.999Z, 2026-01-15T10:01:00Z",
        "2026-01-15T09:59:59.999Z, 2026-01-15T10:00:00Z"
    })
    void withoutSkewARemovedRecordIsNoNewerThanTheFirstOneThatIsLeft(
            String firstTimestamp, String countedFrom) {
        maxFutureSkew = Duration.ZERO;
        trimmed(0, firstTimestamp);

        assertCountedFrom(countedFrom);
    }

    @Test
    void theSkewNeedNotBeWholeWindows() {
        maxFutureSkew = Duration.ofSeconds(90);
        trimmed(0, "2026-01-15T10:00:29.999Z");
        assertCountedFrom("2026-01-15T10:02:00Z");

        trimmed(0, "2026-01-15T10:00:30Z");
        assertCountedFrom("2026-01-15T10:03:00Z");
    }

    @ParameterizedTest
    @CsvSource({
        "2026-01-15T10:00:00Z,     2026-01-15T10:00:00Z",
        "2026-01-15T10:00:00.001Z, 2026-01-15T10:01:00Z",
        "2026-01-15T10:00:59.999Z, 2026-01-15T10:01:00Z",
        "2026-01-15T09:59:59.999Z, 2026-01-15T10:00:00Z"
    })
    void aStartingTimeIsCountedFromTheFirstWindowNotBeforeIt(String time, String countedFrom) {
        whole(0);
        startingOffsets = Optional.of(Instant.parse(time));

        assertCountedFrom(countedFrom);
    }

    @Test
    void theLaterOfStartingTimeAndTrimmedLogDecides() {
        trimmed(0, "2026-01-15T10:00:00Z");

        startingOffsets = Optional.of(Instant.parse("2026-01-15T10:01:59Z"));
        assertCountedFrom("2026-01-15T10:02:00Z");

        startingOffsets = Optional.of(Instant.parse("2026-01-15T10:02:01Z"));
        assertCountedFrom("2026-01-15T10:03:00Z");

        startingOffsets = Optional.of(Instant.parse("2026-01-15T09:00:00Z"));
        assertCountedFrom("2026-01-15T10:02:00Z");
    }

    @Test
    void windowsOfAnySizeAreAlignedToTheEpoch() {
        windowSize = Duration.ofMinutes(7);
        trimmed(0, "1970-01-01T00:12:59.999Z");
        assertCountedFrom("1970-01-01T00:14:00Z");

        trimmed(0, "1970-01-01T00:13:00Z");
        assertCountedFrom("1970-01-01T00:21:00Z");
    }

    private void whole(int partition) {
        firstOffsets.put(new TopicPartition("transactions", partition), 0L);
    }

    private void trimmed(int partition, String firstTimestamp) {
        TopicPartition of = new TopicPartition("transactions", partition);
        firstOffsets.put(of, 100L);
        firstTimestamps.put(of, Instant.parse(firstTimestamp).toEpochMilli());
    }

    private void assertCountedFrom(String expected) {
        SourceTopic topic =
                new SourceTopic(
                        new TopicIdentity("transactions", "an-id"),
                        firstOffsets,
                        firstTimestamps,
                        1_000_000);
        assertThat(CountedFrom.of(topic, config())).isEqualTo(Instant.parse(expected));
    }

    private JobConfig config() {
        return new JobConfig(
                new KafkaConfig("localhost:9093", "transactions", "group", "dead", new TreeMap<>()),
                new JdbcConfig("jdbc:postgresql://db/sales", "me", new Secret(""), true),
                new WindowRules(
                        windowSize, Duration.ofMinutes(1), Duration.ofHours(1), maxFutureSkew),
                Duration.ofDays(1),
                Duration.ofSeconds(60),
                Duration.ofMillis(500),
                startingOffsets,
                false,
                Optional.empty());
    }
}
