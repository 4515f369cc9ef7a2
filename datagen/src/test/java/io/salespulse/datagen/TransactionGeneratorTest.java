package io.salespulse.datagen;

import static io.salespulse.datagen.Fixtures.PARTITIONS;
import static io.salespulse.datagen.Fixtures.TEN_O_CLOCK;
import static io.salespulse.datagen.Fixtures.TICKING;
import static io.salespulse.datagen.Fixtures.generator;
import static io.salespulse.datagen.Fixtures.settings;
import static io.salespulse.datagen.Fixtures.snapshot;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.salespulse.datagen.Fixtures.Snapshot;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.internals.BuiltInPartitioner;
import org.junit.jupiter.api.Test;

class TransactionGeneratorTest {

    private static final EventMix EVERYTHING = new EventMix(0.1, 0.1, 0.1, 0.1);
    private static final ObjectMapper MAPPER = new ObjectMapper();

    @Test
    void documentHasTheFieldsOfTheContractInTheirOrder() {
        Event event = generator(settings(42, EventMix.ORDINARY_ONLY)).next();

        assertThat(new String(event.value, UTF_8))
                .matches(
                        "\\{\"transaction_id\":\"[0-9a-f-]{36}\",\"timestamp\":\"2026-01-15T10:00:00.000Z\","
                                + "\"category\":\"[A-Z][a-z]+\",\"product_name\":\"[^\"]+\",\"amount\":[1-9]*[0-9]*\\.[0-9]{2},"
                                + "\"user_id\":\"user_[1-9][0-9]{0,3}\",\"payment_method\":\"[^\"]+\"}");
    }

    @Test
    void sameSeedGivesTheSameSequence() {
        TransactionGenerator first = generator(settings(7, EVERYTHING, Duration.ofSeconds(30)));
        TransactionGenerator second = generator(settings(7, EVERYTHING, Duration.ofSeconds(30)));

        for (int i = 0; i < 20_000; i++) {
            assertThat(snapshot(first.next())).isEqualTo(snapshot(second.next()));
        }
    }

    @Test
    void anotherSeedGivesOtherEvents() {
        Event first = generator(settings(7, EventMix.ORDINARY_ONLY)).next();
        Event second = generator(settings(8, EventMix.ORDINARY_ONLY)).next();

        assertThat(first.key).isNotEqualTo(second.key);
        assertThat(first.value).isNotEqualTo(second.value);
    }

    @Test
    void ordinaryEventFollowsFromSeedAndIndexWhateverTheEventsBeforeItWere() {
        List<Snapshot> mixed = take(generator(settings(7, EVERYTHING)), 5_000);
        List<Snapshot> plain = take(generator(settings(7, EventMix.ORDINARY_ONLY)), 5_000);

        int compared = 0;
        for (int i = 0; i < mixed.size(); i++) {
            if (mixed.get(i).kind() == EventKind.ORDINARY) {
                assertThat(mixed.get(i)).isEqualTo(plain.get(i));
                compared++;
            }
        }
        assertThat(compared).isBetween(2_800, 3_200);
    }

    @Test
    void everyOrdinaryEventIsValidAndSaysWhatItsDocumentSays() throws IOException {
        for (Snapshot event :
                take(
                        generator(settings(1, EventMix.ORDINARY_ONLY, Duration.ofHours(30))),
                        20_000)) {
            assertThat(DocumentJudge.judge(event.document())).isEqualTo(facts(event));
        }
    }

    @Test
    void everyDocumentIsPlausible() throws IOException {
        List<Category> store = Catalog.store().categories();
        for (Snapshot event : take(generator(settings(1, EventMix.ORDINARY_ONLY)), 20_000)) {
            JsonNode document = MAPPER.readTree(event.document());
            Product product =
                    store.get(event.category()).products().stream()
                            .filter(p -> p.name().equals(document.get("product_name").textValue()))
                            .findFirst()
                            .orElseThrow();
            assertThat(event.cents())
                    .isBetween((long) product.minCents(), (long) product.maxCents());
            assertThat(document.get("payment_method").textValue()).isIn(Catalog.PAYMENT_METHODS);
            int user =
                    Integer.parseInt(
                            document.get("user_id").textValue().substring("user_".length()));
            assertThat(user).isBetween(1, Catalog.USERS);
            UUID id = UUID.fromString(document.get("transaction_id").textValue());
            assertThat(id.version()).isEqualTo(4);
            assertThat(id.variant()).isEqualTo(2);
            assertThat(event.key()).isEqualTo(id.toString());
        }
    }

    @Test
    void idsDoNotRepeat() {
        Set<String> ids = new HashSet<>();
        for (Snapshot event : take(generator(settings(1, EventMix.ORDINARY_ONLY)), 100_000)) {
            ids.add(event.key());
        }
        assertThat(ids).hasSize(100_000);
    }

    @Test
    void partitionIsTheOneOfKafkasPartitioner() {
        for (Snapshot event : take(generator(settings(1, EVERYTHING)), 5_000)) {
            assertThat(event.partition())
                    .isEqualTo(
                            BuiltInPartitioner.partitionForKey(
                                    event.key().getBytes(UTF_8), PARTITIONS));
        }
    }

    @Test
    void sharesAreAsAsked() {
        List<Snapshot> events =
                take(generator(settings(3, new EventMix(0.04, 0.03, 0.02, 0.01))), 100_000);

        assertThat(count(events, EventKind.LATE)).isBetween(3_800L, 4_200L);
        assertThat(count(events, EventKind.MALFORMED)).isBetween(2_800L, 3_200L);
        assertThat(count(events, EventKind.DUPLICATE)).isBetween(1_850L, 2_150L);
        assertThat(count(events, EventKind.FUTURE)).isBetween(900L, 1_100L);
    }

    @Test
    void lateEventsAreValidAndLateBehindThoseBeforeThemInTheirPartition() throws IOException {
        long[] highest = new long[PARTITIONS];
        Arrays.fill(highest, Long.MIN_VALUE);
        int late = 0;
        for (Snapshot event : take(generator(settings(3, new EventMix(0.5, 0, 0, 0))), 10_000)) {
            assertThat(DocumentJudge.judge(event.document())).isEqualTo(facts(event));
            if (event.kind() == EventKind.LATE) {
                long windowEnd = Math.floorDiv(event.eventTime(), 60_000) * 60_000 + 60_000;
                assertThat(windowEnd + 3_600_000)
                        .isLessThanOrEqualTo(highest[event.partition()] - 60_000);
                late++;
            } else {
                highest[event.partition()] =
                        Math.max(highest[event.partition()], event.eventTime());
            }
        }
        assertThat(late).isBetween(4_800, 5_200);
    }

    @Test
    void nothingIsLateBeforeThePartitionHasAnEvent() {
        List<Snapshot> events = take(generator(settings(3, new EventMix(1, 0, 0, 0))), 100);

        for (int partition = 0; partition < PARTITIONS; partition++) {
            int wanted = partition;
            assertThat(
                            events.stream()
                                    .filter(event -> event.partition() == wanted)
                                    .map(event -> event.kind())
                                    .limit(3))
                    .containsExactly(EventKind.ORDINARY, EventKind.LATE, EventKind.LATE);
        }
    }

    @Test
    void duplicatesRepeatOneOfTheEventsBefore() {
        List<Snapshot> events =
                take(generator(settings(3, new EventMix(0.1, 0.1, 0.3, 0.1))), 5_000);

        for (int i = 0; i < events.size(); i++) {
            Snapshot event = events.get(i);
            if (event.kind() == EventKind.DUPLICATE) {
                assertThat(
                                events.subList(Math.max(0, i - 256), i).stream()
                                        .map(e -> e.as(EventKind.DUPLICATE)))
                        .contains(event);
            }
        }
        assertThat(count(events, EventKind.DUPLICATE)).isBetween(1_350L, 1_650L);
    }

    @Test
    void futureEventsAreValidAndInTheFarFuture() throws IOException {
        for (Snapshot event : take(generator(settings(3, new EventMix(0, 0, 0, 1))), 1_000)) {
            assertThat(DocumentJudge.judge(event.document())).isEqualTo(facts(event));
            assertThat(Instant.ofEpochMilli(event.eventTime()))
                    .isBetween(
                            Instant.parse("2999-01-01T00:00:00Z"),
                            Instant.parse("2999-01-02T00:00:00Z"));
        }
    }

    @Test
    void timesAreInOrderUnlessAskedOtherwise() {
        assertThat(take(generator(settings(3, EventMix.ORDINARY_ONLY)), 1_000))
                .extracting(event -> event.eventTime())
                .isSortedAccordingTo(Comparator.naturalOrder());
    }

    @Test
    void timesAreShiftedBackByUpToTheMaximum() {
        List<Snapshot> events =
                take(generator(settings(3, EventMix.ORDINARY_ONLY, Duration.ofSeconds(5))), 10_000);

        List<Long> shifts = new ArrayList<>();
        for (int i = 0; i < events.size(); i++) {
            shifts.add(TICKING.millis(i) - events.get(i).eventTime());
        }
        assertThat(shifts).allSatisfy(shift -> assertThat(shift).isBetween(0L, 5_000L));
        assertThat(shifts.stream().mapToLong(Long::longValue).min().orElseThrow()).isLessThan(10);
        assertThat(shifts.stream().mapToLong(Long::longValue).max().orElseThrow())
                .isGreaterThan(4_990);
    }

    @Test
    void historyIsSpreadEvenlyOverItsRange() {
        HistoryRange range = new HistoryRange(TEN_O_CLOCK, TEN_O_CLOCK.plusSeconds(3_600));
        TransactionGenerator generator =
                new TransactionGenerator(
                        settings(3, EventMix.ORDINARY_ONLY), range.spread(3_600), PARTITIONS);

        for (int i = 0; i < 3_600; i++) {
            assertThat(Instant.ofEpochMilli(generator.next().eventTime))
                    .isEqualTo(TEN_O_CLOCK.plusSeconds(i));
        }
    }

    @Test
    void categoryNamesOfUsersAreEscapedAndKept() throws IOException {
        Catalog catalog = Catalog.parse("A \"quoted\" \\ name,Bücher & Spiele,🎁");
        GeneratorSettings settings =
                new GeneratorSettings(
                        1,
                        catalog,
                        0,
                        EventMix.ORDINARY_ONLY,
                        Duration.ZERO,
                        PipelineRules.DEFAULTS);
        Set<String> seen = new HashSet<>();
        TransactionGenerator generator = generator(settings);
        for (int i = 0; i < 100; i++) {
            seen.add(DocumentJudge.judge(generator.next().value).category());
        }
        assertThat(seen).containsExactlyInAnyOrder("A \"quoted\" \\ name", "Bücher & Spiele", "🎁");
    }

    private static DocumentJudge.Verdict facts(Snapshot event) {
        return new DocumentJudge.Verdict(
                null,
                event.eventTime(),
                Catalog.store().names().get(event.category()),
                event.cents());
    }

    private static long count(List<Snapshot> events, EventKind kind) {
        return events.stream().filter(event -> event.kind() == kind).count();
    }

    private static List<Snapshot> take(TransactionGenerator generator, int count) {
        return Stream.generate(() -> snapshot(generator.next())).limit(count).toList();
    }
}
