package io.salespulse.recounts;

import static io.salespulse.endtoend.Pipeline.await;
import static io.salespulse.endtoend.Pipeline.sale;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.salespulse.endtoend.Pipeline;
import io.salespulse.endtoend.ProgramResult;
import io.salespulse.endtoend.RunningProgram;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

/** Rejected records come back into the topic, each exactly once, and count. */
class DeadLetterReplayIT {

    private static final String[] NEVER_IDLE = {"--idle-timeout", "1h"};
    private static final Instant TEN = Instant.parse("2026-01-15T10:00:00Z");

    @Test
    void lateEventsComeBackAndEverySaleIsInTheTable() throws Exception {
        try (Pipeline pipeline = Pipeline.create(2)) {
            pipeline.startJob(2, Optional.empty(), NEVER_IDLE);
            pipeline.send(0, sale("2026-01-15T10:00:00Z", "Home", "1"));
            pipeline.send(0, sale("2026-01-15T12:00:00Z", "Sports", "1"));
            pipeline.send(1, sale("2026-01-15T12:00:00Z", "Sports", "1"));
            sendWithKeyAndHeader(pipeline, sale("2026-01-15T10:00:30Z", "Home", "2"));
            pipeline.send(0, sale("2026-01-15T10:30:00Z", "Beauty", "4"));
            pipeline.send(1, "{");
            awaitDeadLetters(pipeline, 3);
            assertReplay(
                    pipeline.replayDeadLetters("--dry-run"),
                    "would send 3 to %s: 2 LATE_EVENT + 1 MALFORMED_JSON"
                            .formatted(pipeline.topic()));
            assertThat(pipeline.recordCount()).isEqualTo(6);

            assertReplay(pipeline.replayDeadLetters(), "sent     3 to " + pipeline.topic());

            // The malformed one is rejected again; the others count.
            awaitDeadLetters(pipeline, 4);
            pipeline.awaitRows(
                    "10:00 Home 3.00/2 final+1",
                    "10:30 Beauty 4.00/1 final",
                    "12:00 Sports 2.00/2 open");
            pipeline.assertEqualToTopic();
            assertOriginal(pipeline);

            assertReplay(
                    pipeline.replayDeadLetters(),
                    "skipped  3 replayed by an earlier run",
                    "skipped  1 replayed and rejected again",
                    "sent     0 to " + pipeline.topic());
            assertReplay(
                    pipeline.replayDeadLetters("--include-rejected-again"),
                    "sent     1 to " + pipeline.topic());
            awaitDeadLetters(pipeline, 5);

            // Behind the ends of transactions the job and the audit go on as ever.
            pipeline.startJob(1, Optional.of(pipeline.stopJobWithSavepoint()), NEVER_IDLE);
            pipeline.send(0, sale("2026-01-15T12:00:01Z", "Sports", "8"));
            pipeline.awaitRows(
                    "10:00 Home 3.00/2 final+1",
                    "10:30 Beauty 4.00/1 final",
                    "12:00 Sports 10.00/3 open");
            pipeline.assertEqualToTopic();
        }
    }

    @Test
    void windowsWithoutStateAreNamedForARepairAndRepaired() throws Exception {
        try (Pipeline pipeline = Pipeline.create(1)) {
            pipeline.startJob(
                    1, Optional.empty(), "--idle-timeout", "1h", "--state-retention", "62m");
            pipeline.send(0, sale("2026-01-15T10:00:00Z", "Home", "1"));
            pipeline.send(0, sale("2026-01-15T12:00:00Z", "Sports", "1"));
            pipeline.send(0, sale("2026-01-15T10:00:30Z", "Home", "2"));
            awaitDeadLetters(pipeline, 1);
            pipeline.awaitRows("10:00 Home 1.00/1 final", "12:00 Sports 1.00/1 open");

            assertReplay(pipeline.replayDeadLetters(), "sent     1 to " + pipeline.topic());

            await().untilAsserted(
                            () ->
                                    assertThat(
                                                    pipeline.query(
                                                            "SELECT to_char(window_start, 'HH24:MI') FROM repairs"))
                                            .containsExactly("10:00"));

            ProgramResult repair;
            try (KafkaProducer<byte[], byte[]> open = replayer(pipeline)) {
                open.beginTransaction();
                open.send(new ProducerRecord<>(pipeline.topic(), 0, null, bytes("not to be read")));
                open.flush();
                repair = pipeline.backfill("--repair");
                open.abortTransaction();
            }
            assertThat(repair.exitCode()).as(repair.output()).isZero();
            assertThat(repair.output())
                    .contains(
                            "backfill   1 windows to repair of topic %s: 5 records to read"
                                    .formatted(pipeline.topic()),
                            "corrected  1 rows: 1 → 2 transactions, 1.00 → 3.00 in sales",
                            "repairs    1 windows cleared");

            pipeline.awaitRows("10:00 Home 3.00/2 final+1", "12:00 Sports 1.00/1 open");
            assertThat(pipeline.query("SELECT window_start FROM repairs")).isEmpty();
            pipeline.assertEqualToTopic();
        }
    }

    @Test
    void whatAFilterLeavesOutCanStillBeSent() throws Exception {
        try (Pipeline pipeline = Pipeline.create(1)) {
            pipeline.send(letter(pipeline, 0, "LATE_EVENT", TEN));
            pipeline.send(letter(pipeline, 1, "INVALID_AMOUNT", TEN));
            pipeline.send(letter(pipeline, 2, "LATE_EVENT", TEN.plusSeconds(60)));
            pipeline.send(letter(pipeline, 0, "LATE_EVENT", TEN));

            assertReplay(
                    pipeline.replayDeadLetters(
                            "--reason", "LATE_EVENT", "--from", TEN.plusSeconds(1).toString()),
                    "skipped  3 of another reason or time than asked for",
                    "sent     1 to " + pipeline.topic());
            assertReplay(
                    pipeline.replayDeadLetters(
                            "--reason", "LATE_EVENT", "--to", TEN.plusSeconds(61).toString()),
                    "skipped  1 replayed by an earlier run",
                    "skipped  1 repeated dead letters of one record",
                    "sent     1 to " + pipeline.topic());
            assertReplay(pipeline.replayDeadLetters(), "sent     1 to " + pipeline.topic());

            assertThat(positions(pipeline)).containsExactly("2", "0", "1");
        }
    }

    @Test
    void leavesOutWhatTheTopicDoesNotTakeAndSendsTheRest() throws Exception {
        try (Pipeline pipeline = Pipeline.create(1, Map.of("max.message.bytes", "2000"))) {
            ProducerRecord<byte[], byte[]> large = letter(pipeline, 1, "LATE_EVENT", TEN);
            byte[] incompressible = new byte[3_000];
            new Random(1).nextBytes(incompressible);
            large.headers().add("large", incompressible);
            pipeline.send(letter(pipeline, 0, "LATE_EVENT", TEN));
            pipeline.send(large);
            pipeline.send(letter(pipeline, 2, "LATE_EVENT", TEN));

            assertReplay(
                    pipeline.replayDeadLetters(),
                    "skipped  1 too large for the topic",
                    "sent     2 to " + pipeline.topic());

            assertThat(positions(pipeline)).containsExactly("0", "2");
        }
    }

    @Test
    void sendsEachOnceThoughItIsKilledInATransaction() throws Exception {
        int count = 8_000;
        try (Pipeline pipeline = Pipeline.create(1)) {
            sendLetters(pipeline, count);
            try (RunningProgram replay = pipeline.startReplay()) {
                await().until(() -> pipeline.recordCount() > 2_000 || !replay.isRunning());
            }
            leaveATransactionOpen(pipeline, count - 1);

            ProgramResult again = pipeline.replayDeadLetters();

            assertThat(again.exitCode()).as(again.output()).isZero();
            assertThat(positions(pipeline)).hasSize(count).doesNotHaveDuplicates();
        }
    }

    @Test
    void twoAtOnceSendEachOnce() throws Exception {
        int count = 6_000;
        try (Pipeline pipeline = Pipeline.create(1)) {
            sendLetters(pipeline, count);
            try (RunningProgram one = pipeline.startReplay();
                    RunningProgram other = pipeline.startReplay()) {
                // The one that was taken over from says so.
                assertThat(List.of(one.awaitEnd().exitCode(), other.awaitEnd().exitCode()))
                        .isSubsetOf(0, 1);
            }
            ProgramResult last = pipeline.replayDeadLetters();

            assertThat(last.exitCode()).as(last.output()).isZero();
            assertThat(positions(pipeline)).hasSize(count).doesNotHaveDuplicates();
        }
    }

    private static void sendWithKeyAndHeader(Pipeline pipeline, String value) {
        ProducerRecord<byte[], byte[]> record =
                new ProducerRecord<>(pipeline.topic(), 0, bytes("key"), bytes(value));
        record.headers().add("trace", bytes("7"));
        pipeline.send(record);
    }

    private static void assertOriginal(Pipeline pipeline) {
        ConsumerRecord<byte[], byte[]> replayed =
                pipeline.readAll(pipeline.topic()).stream()
                        .filter(record -> record.key() != null && record.offset() > 2)
                        .findFirst()
                        .orElseThrow();
        assertThat(replayed.partition()).isZero();
        assertThat(replayed.key()).isEqualTo(bytes("key"));
        assertThat(replayed.value()).isEqualTo(bytes(sale("2026-01-15T10:00:30Z", "Home", "2")));
        assertThat(replayed.headers().toArray())
                .extracting(header -> header.key() + "=" + new String(header.value(), UTF_8))
                .containsExactly("trace=7", "replayed.from=" + pipeline.topic() + "-0@2");
    }

    private static void awaitDeadLetters(Pipeline pipeline, int count) {
        await().untilAsserted(() -> assertThat(pipeline.deadLetters()).hasSize(count));
    }

    private static void assertReplay(ProgramResult replay, String... said) {
        assertThat(replay.exitCode()).as(replay.output()).isZero();
        assertThat(replay.output()).contains(said);
    }

    /** A dead letter as the job writes it. */
    private static ProducerRecord<byte[], byte[]> letter(
            Pipeline pipeline, long offset, String reason, Instant time) {
        ProducerRecord<byte[], byte[]> letter =
                new ProducerRecord<>(pipeline.deadLetterTopic(), null, bytes("{}"));
        Map.of(
                        "error.reason",
                        reason,
                        "error.detail",
                        "detail",
                        "source.topic",
                        pipeline.topic(),
                        "source.partition",
                        "0",
                        "source.offset",
                        String.valueOf(offset),
                        "source.timestamp",
                        String.valueOf(time.toEpochMilli()))
                .forEach((name, value) -> letter.headers().add(name, bytes(value)));
        return letter;
    }

    private static void sendLetters(Pipeline pipeline, int count) {
        IntStream.range(0, count)
                .forEach(i -> pipeline.sendAsync(letter(pipeline, i, "LATE_EVENT", TEN)));
        pipeline.flush();
    }

    /** A producer that is known by the replay's transactional id, as the replay's own is. */
    private static KafkaProducer<byte[], byte[]> replayer(Pipeline pipeline) {
        Properties settings = pipeline.kafkaProperties();
        settings.put("transactional.id", "replay-dead-letters-" + pipeline.deadLetterTopic());
        var producer =
                new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
        producer.initTransactions();
        return producer;
    }

    /** As a run that is killed between sending and committing. */
    private static void leaveATransactionOpen(Pipeline pipeline, long offset) {
        KafkaProducer<byte[], byte[]> killed = replayer(pipeline);
        killed.beginTransaction();
        ProducerRecord<byte[], byte[]> sent = letter(pipeline, offset, "LATE_EVENT", TEN);
        killed.send(new ProducerRecord<>(pipeline.topic(), 0, null, sent.value()));
        killed.send(
                new ProducerRecord<>(
                        pipeline.deadLetterTopic() + ".replayed",
                        bytes(pipeline.topic() + "-0@" + offset),
                        bytes("id")));
        killed.flush();
        killed.close(java.time.Duration.ZERO);
    }

    /** The original offsets of the records in the topic, in the order of the replay. */
    private static List<String> positions(Pipeline pipeline) {
        return pipeline.readAll(pipeline.topic()).stream()
                .map(record -> Pipeline.header(record, "replayed.from").split("@")[1])
                .toList();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }
}
