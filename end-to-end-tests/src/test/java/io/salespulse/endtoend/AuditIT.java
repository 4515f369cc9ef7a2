package io.salespulse.endtoend;

import static io.salespulse.endtoend.Pipeline.await;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The audit can fail: one pipeline's tables and dead letters, known to be right and no longer
 * written to, are damaged in one place at a time. The audit names that place and no other.
 */
class AuditIT {

    private static final AtomicInteger COPIES = new AtomicInteger();
    private static Pipeline pipeline;

    /** A row of {@code category_sales}. */
    private record Sales(String windowStart, String category, BigDecimal total, long count) {

        static Sales parse(String line) {
            String[] fields = line.split("\\|");
            return new Sales(
                    fields[0], fields[1], new BigDecimal(fields[2]), Long.parseLong(fields[3]));
        }

        String name() {
            return "category_sales " + windowStart + " " + category;
        }

        String key() {
            return "window_start = '%s' AND category = '%s'".formatted(windowStart, category);
        }
    }

    /** A row of {@code rejected_events}. */
    private record Rejections(String minute, String reason, long count) {

        static Rejections parse(String line) {
            String[] fields = line.split("\\|");
            return new Rejections(fields[0], fields[1], Long.parseLong(fields[2]));
        }

        String name() {
            return "rejected_events " + minute + " " + reason;
        }

        String key() {
            return "minute = '%s' AND reason = '%s'".formatted(minute, reason);
        }
    }

    @BeforeAll
    static void fillOnce() throws Exception {
        pipeline = Pipeline.create(3);
        pipeline.startJob("--idle-timeout", "2s");
        ProgramResult sent =
                pipeline.datagen(
                        "--rate",
                        "max",
                        "--count",
                        "3000",
                        "--seed",
                        "7",
                        "--history",
                        "2026-01-15T10:00:00Z..2026-01-15T10:05:00Z",
                        "--max-out-of-orderness",
                        "30s",
                        "--late-ratio",
                        "0.02",
                        "--malformed-ratio",
                        "0.02",
                        "--duplicate-ratio",
                        "0.02",
                        "--future-ratio",
                        "0.01");
        assertThat(sent.exitCode()).as(sent.output()).isZero();
        pipeline.assertEqualToTopic();
        await().untilAsserted(
                        () -> assertThat(pipeline.rows()).allMatch(row -> row.contains(" final")));
        pipeline.cancelJob();
        assertThat(pipeline.deadLetters()).hasSizeGreaterThan(100);
        assertEqual(audit());
    }

    /** Each audit before has shown that all damages but one were repaired. */
    @AfterAll
    static void isEqualAgain() throws Exception {
        pipeline.close();
        assertEqual(auditProgram());
    }

    @Test
    void findsOneCentTooMuch() throws Exception {
        Sales row = someSales();
        assertFound(
                "UPDATE category_sales SET total_sales = total_sales + 0.01 WHERE " + row.key(),
                "UPDATE category_sales SET total_sales = total_sales - 0.01 WHERE " + row.key(),
                "wrong totals 1",
                "%s: the table has %s in %d records; the topic has %s in %d records"
                        .formatted(
                                row.name(),
                                row.total().add(new BigDecimal("0.01")),
                                row.count(),
                                row.total(),
                                row.count()));
    }

    @Test
    void findsOneCentMovedFromOneRowToAnother() throws Exception {
        List<Sales> rows = allSales();
        Sales taker = rows.get(1);
        Sales giver = rows.get(2);
        move("0.01", taker, giver);
        ProgramResult damaged = auditProgram();
        move("-0.01", taker, giver);

        assertDifferent(
                damaged,
                "wrong totals 2",
                "%s: the table has %s in %d records; the topic has %s in %d records"
                        .formatted(
                                taker.name(),
                                taker.total().add(new BigDecimal("0.01")),
                                taker.count(),
                                taker.total(),
                                taker.count()),
                "%s: the table has %s in %d records; the topic has %s in %d records"
                        .formatted(
                                giver.name(),
                                giver.total().subtract(new BigDecimal("0.01")),
                                giver.count(),
                                giver.total(),
                                giver.count()));
    }

    private static void move(String amount, Sales taker, Sales giver) {
        String add = "UPDATE category_sales SET total_sales = total_sales + %s WHERE %s";
        assertThat(pipeline.update(add.formatted(amount, taker.key()))).isEqualTo(1);
        assertThat(pipeline.update(add.formatted("-(" + amount + ")", giver.key()))).isEqualTo(1);
    }

    @Test
    void findsARowThatIsMissing() throws Exception {
        Sales row = someSales();
        assertFound(
                "DELETE FROM category_sales WHERE " + row.key(),
                insert(row),
                "missing rows 1",
                "%s: not in the table; the topic has %s in %d records"
                        .formatted(row.name(), row.total(), row.count()));
    }

    @Test
    void findsARowThatNoEventAccountsFor() throws Exception {
        Sales invented = new Sales(someSales().windowStart(), "Nowhere", new BigDecimal("0.01"), 1);
        assertFound(
                insert(invented),
                "DELETE FROM category_sales WHERE " + invented.key(),
                "extra rows 1",
                invented.name() + ": not in the topic; the table has 0.01 in 1 record");
    }

    @Test
    void findsOneTransactionTooFewOrTooMany() throws Exception {
        Sales row = someSales();
        String line = "%s: the table has %s in %d records; the topic has %s in %d records";
        String fewer =
                "UPDATE category_sales SET transaction_count = transaction_count - 1 WHERE "
                        + row.key();
        String more =
                "UPDATE category_sales SET transaction_count = transaction_count + 1 WHERE "
                        + row.key();
        assertFound(
                fewer,
                more,
                "wrong counts 1",
                line.formatted(row.name(), row.total(), row.count() - 1, row.total(), row.count()));
        assertFound(
                more,
                fewer,
                "wrong counts 1",
                line.formatted(row.name(), row.total(), row.count() + 1, row.total(), row.count()));
    }

    @Test
    void findsAnotherNumberOfRejections() throws Exception {
        Rejections row = someRejections();
        assertFound(
                "UPDATE rejected_events SET event_count = event_count + 1 WHERE " + row.key(),
                "UPDATE rejected_events SET event_count = event_count - 1 WHERE " + row.key(),
                "wrong rejection counts 1",
                "%s: the table has %d; the topic has %d"
                        .formatted(row.name(), row.count() + 1, row.count()));
    }

    @Test
    void findsRejectionsThatAreMissingOrInvented() throws Exception {
        Rejections row = someRejections();
        assertFound(
                "DELETE FROM rejected_events WHERE " + row.key(),
                insert(row),
                "missing rejection rows 1",
                "%s: the table has 0; the topic has %d".formatted(row.name(), row.count()));
        Rejections invented = new Rejections("2026-01-15T10:00:00Z", row.reason(), 1);
        assertFound(
                insert(invented),
                "DELETE FROM rejected_events WHERE " + invented.key(),
                "extra rejection rows 1",
                invented.name() + ": the table has 1; the topic has 0");
    }

    // ---- dead letters: a broker cannot change them, so the audit is shown changed copies ----

    @Test
    void takesADeadLetterThatCameTwice() throws Exception {
        List<ProducerRecord<byte[], byte[]>> letters = letters();
        letters.add(letters.get(3));

        ProgramResult audit = auditOf(letters);

        assertEqual(audit);
        assertThat(audit.output())
                .contains(
                        "compared %d rejected records with the dead letters, 1 of them repeated"
                                .formatted(letters.size() - 1));
    }

    @Test
    void findsADeadLetterThatWasDropped() throws Exception {
        List<ProducerRecord<byte[], byte[]>> letters = letters();
        Headers dropped = letters.remove(letters.size() / 2).headers();

        assertDifferent(
                auditOf(letters),
                "missing dead letters 1",
                "%s: no dead letter; the record was rejected with %s"
                        .formatted(source(dropped), text(dropped, "error.reason")));
    }

    @Test
    void findsADeadLetterOfARecordThatWasCounted() throws Exception {
        List<ProducerRecord<byte[], byte[]>> letters = letters();
        Set<String> rejected = pipeline.deadLetters().keySet();
        long counted =
                LongStream.iterate(0, offset -> offset + 1)
                        .filter(offset -> !rejected.contains("0/" + offset))
                        .findFirst()
                        .orElseThrow();
        ProducerRecord<byte[], byte[]> foreign = letters.get(0);
        letters.add(
                withHeader(
                        withHeader(foreign, "source.partition", "0"),
                        "source.offset",
                        String.valueOf(counted)));

        ProgramResult audit = auditOf(letters);

        assertDifferent(
                audit,
                "dead letters of records that were not rejected 1",
                "%s-0@%d, the dead letter of %s-0@%d: that record was not rejected, here it has reason %s"
                        .formatted(
                                lastCopy(),
                                letters.size() - 1,
                                pipeline.topic(),
                                counted,
                                text(foreign.headers(), "error.reason")));
    }

    @Test
    void findsADeadLetterWithoutASource() throws Exception {
        List<ProducerRecord<byte[], byte[]>> letters = letters();
        letters.add(new ProducerRecord<>("", "no letter of ours".getBytes(UTF_8)));

        ProgramResult audit = auditOf(letters);

        assertDifferent(
                audit,
                "dead letters without a source position 1",
                "%s-0@%d: no readable source.topic, source.partition and source.offset"
                        .formatted(lastCopy(), letters.size() - 1));
    }

    @Test
    void findsChangedDeadLettersEachByWhatWasChanged() throws Exception {
        List<ProducerRecord<byte[], byte[]>> letters = letters();
        String reason = text(letters.get(0).headers(), "error.reason");
        letters.set(0, withHeader(letters.get(0), "error.reason", "NO_REASON"));
        letters.set(1, withValue(letters.get(1), "{}".getBytes(UTF_8)));
        letters.set(2, withKey(letters.get(2), "key".getBytes(UTF_8)));
        letters.set(3, withHeader(letters.get(3), "trace", "not there before"));
        letters.set(4, withHeader(letters.get(4), "source.timestamp", "0"));

        ProgramResult audit = auditOf(letters);

        assertDifferent(
                audit,
                "dead letters with a wrong reason 1, dead letters with other bytes 2, dead letters with other headers 2",
                nameOfCopy(letters, 0) + ": reason NO_REASON, expected " + reason,
                nameOfCopy(letters, 1) + ": its value differs from the original",
                nameOfCopy(letters, 2) + ": its key differs from the original",
                nameOfCopy(letters, 3) + ": the original headers are missing or changed",
                nameOfCopy(letters, 4) + ": error.detail or source.timestamp is missing or wrong");
    }

    @Test
    void saysWhichDeadLettersRetentionMayHaveRemoved() throws Exception {
        copy(letters());
        TopicPartition copy = new TopicPartition(lastCopy(), 0);
        pipeline.withAdmin(
                admin ->
                        admin.deleteRecords(Map.of(copy, RecordsToDelete.beforeOffset(3)))
                                .all()
                                .get());

        ProgramResult audit = pipeline.auditInProcess("--dead-letter-topic", lastCopy());

        assertEqual(audit);
        assertThat(audit.output())
                .contains("left out 3 rejected records, whose dead letters may have been removed");
    }

    // ---- could not run ----

    @Test
    void saysInOneLineWhyItCouldNotRun(@TempDir Path folder) throws Exception {
        Path wrongPassword = Files.writeString(folder.resolve("password"), "wrong\n");
        assertCouldNotRun(
                pipeline.audit("--jdbc-password-file", wrongPassword.toString()),
                "audit: cannot read PostgreSQL at %s: FATAL: password authentication failed for user \"grafana_reader\""
                                .formatted(pipeline.jdbcUrl())
                        + " (check --jdbc-user and SALESPULSE_JDBC_PASSWORD or --jdbc-password-file)");
        assertCouldNotRun(
                pipeline.audit("--jdbc-url", pipeline.jdbcUrl() + "_missing"),
                "audit: cannot read PostgreSQL at %s_missing: FATAL: database \"%s_missing\" does not exist (check --jdbc-url)"
                        .formatted(pipeline.jdbcUrl(), pipeline.jdbcUrl().replaceFirst(".*/", "")));
        assertCouldNotRun(
                pipeline.audit("--topic", "another"),
                "audit: the tables were counted from topic %s, not another: give --topic %s"
                        .formatted(pipeline.topic(), pipeline.topic()));
        assertCouldNotRun(
                pipeline.audit("--dead-letter-topic", "missing"),
                "audit: topic missing does not exist");
    }

    @Test
    void saysInOneLineThatKafkaDoesNotAnswer() throws Exception {
        ProgramResult audit =
                pipeline.audit(
                        "--bootstrap-servers",
                        "127.0.0.1:1",
                        "--kafka-property",
                        "default.api.timeout.ms=1000",
                        "--kafka-property",
                        "request.timeout.ms=1000");

        assertThat(audit.output().lines())
                .singleElement()
                .asString()
                .startsWith("audit: cannot read Kafka at 127.0.0.1:1: Timed out ")
                .endsWith(" (is it up, and is --bootstrap-servers right?)");
        assertThat(audit.exitCode()).isEqualTo(2);
    }

    @Test
    void saysThatNoJobHasStartedYet() throws Exception {
        try (Pipeline empty = Pipeline.create(1)) {
            assertCouldNotRun(
                    empty.audit(),
                    "audit: table pipeline is empty: no job has started yet, so there is nothing to compare");
        }
    }

    // ---- beside a live job ----

    @Test
    void callsALivePipelineEqualWhileRecordsArrive() throws Exception {
        try (Pipeline live = Pipeline.create(4)) {
            live.startJob();
            try (RunningProgram datagen =
                    live.startDatagen(
                            "--rate",
                            "500",
                            "--late-ratio",
                            "0.01",
                            "--malformed-ratio",
                            "0.01",
                            "--max-out-of-orderness",
                            "5s")) {
                await().until(() -> !live.rows().isEmpty());
                for (int i = 0; i < 3; i++) {
                    long before = live.recordCount();
                    assertEqual(live.audit());
                    assertThat(live.recordCount()).isGreaterThan(before);
                }
                assertThat(datagen.terminate().exitCode()).isZero();
            }
            live.assertEqualToTopic();
        }
    }

    // ---- helpers ----

    private static ProgramResult audit() {
        return pipeline.auditInProcess("--include-open", "--wait", "0s");
    }

    /** What the program adds is how it is started, and its exit code: one of each is enough. */
    private static ProgramResult auditProgram() throws IOException, InterruptedException {
        return pipeline.audit("--include-open", "--wait", "0s");
    }

    /**
     * @param damage SQL that changes one row
     * @param repair SQL that changes it back
     */
    private static void assertFound(String damage, String repair, String summary, String line)
            throws IOException, InterruptedException {
        assertThat(pipeline.update(damage)).as(damage).isEqualTo(1);
        ProgramResult damaged = audit();
        assertThat(pipeline.update(repair)).as(repair).isEqualTo(1);

        assertDifferent(damaged, summary, line);
    }

    private static void assertDifferent(ProgramResult audit, String summary, String... lines) {
        List<String> output = audit.output().lines().toList();
        assertThat(output)
                .filteredOn(line -> line.startsWith("differs"))
                .containsExactly(
                        List.of(lines).stream()
                                .map(line -> "differs  " + line)
                                .toArray(String[]::new));
        assertThat(output).last().isEqualTo("different: " + summary);
        assertThat(audit.exitCode()).isEqualTo(1);
    }

    private static void assertEqual(ProgramResult audit) {
        assertThat(audit.exitCode()).as(audit.output()).isZero();
        assertThat(audit.output().lines()).last().asString().startsWith("equal: ");
    }

    private static void assertCouldNotRun(ProgramResult audit, String line) {
        assertThat(audit.output().lines()).containsExactly(line);
        assertThat(audit.exitCode()).isEqualTo(2);
    }

    private static Sales someSales() {
        return allSales().get(0);
    }

    private static List<Sales> allSales() {
        return pipeline
                .query(
                        """
                SELECT to_char(window_start, 'YYYY-MM-DD"T"HH24:MI:SS"Z"') || '|' || category || '|' || total_sales
                  || '|' || transaction_count
                FROM category_sales ORDER BY window_start, category
                """)
                .stream()
                .map(Sales::parse)
                .toList();
    }

    private static String insert(Sales row) {
        return """
               INSERT INTO category_sales (window_start, window_end, category, total_sales, transaction_count, is_final)
               VALUES ('%s', timestamptz '%s' + interval '1 min', '%s', %s, %d, true)
               """
                .formatted(
                        row.windowStart(),
                        row.windowStart(),
                        row.category(),
                        row.total(),
                        row.count());
    }

    private static Rejections someRejections() {
        return Rejections.parse(
                pipeline.query(
                                """
                SELECT to_char(minute, 'YYYY-MM-DD"T"HH24:MI:SS"Z"') || '|' || reason || '|' || event_count
                FROM rejected_events WHERE event_count > 1 ORDER BY minute, reason
                """)
                        .get(0));
    }

    private static String insert(Rejections row) {
        return "INSERT INTO rejected_events (minute, reason, event_count) VALUES ('%s', '%s', %d)"
                .formatted(row.minute(), row.reason(), row.count());
    }

    /** The dead letters as the job wrote them, to be changed and sent to another topic. */
    private static List<ProducerRecord<byte[], byte[]>> letters() {
        List<ProducerRecord<byte[], byte[]>> letters = new ArrayList<>();
        for (ConsumerRecord<byte[], byte[]> letter : pipeline.readAll(pipeline.deadLetterTopic())) {
            letters.add(letter(letter.key(), letter.value(), letter.headers()));
        }
        return letters;
    }

    private static ProducerRecord<byte[], byte[]> letter(
            byte[] key, byte[] value, Headers headers) {
        return new ProducerRecord<>("", null, key, value, headers);
    }

    private static ProducerRecord<byte[], byte[]> withKey(
            ProducerRecord<byte[], byte[]> letter, byte[] key) {
        return letter(key, letter.value(), letter.headers());
    }

    private static ProducerRecord<byte[], byte[]> withValue(
            ProducerRecord<byte[], byte[]> letter, byte[] value) {
        return letter(letter.key(), value, letter.headers());
    }

    private static ProducerRecord<byte[], byte[]> withHeader(
            ProducerRecord<byte[], byte[]> letter, String name, String value) {
        Headers headers = new RecordHeaders(letter.headers());
        headers.remove(name).add(name, value.getBytes(UTF_8));
        return letter(letter.key(), letter.value(), headers);
    }

    private static ProgramResult auditOf(List<ProducerRecord<byte[], byte[]>> letters)
            throws IOException, InterruptedException {
        copy(letters);
        return pipeline.auditInProcess(
                "--include-open", "--wait", "0s", "--dead-letter-topic", lastCopy());
    }

    /** Sends the letters, in this order, to a new topic: {@link #lastCopy()}. */
    private static void copy(List<ProducerRecord<byte[], byte[]>> letters) {
        COPIES.incrementAndGet();
        pipeline.createTopic(
                new NewTopic(lastCopy(), 1, (short) 1)
                        .configs(Map.of("message.timestamp.type", "LogAppendTime")));
        for (ProducerRecord<byte[], byte[]> letter : letters) {
            pipeline.send(
                    new ProducerRecord<>(
                            lastCopy(), 0, letter.key(), letter.value(), letter.headers()));
        }
    }

    private static String lastCopy() {
        return pipeline.deadLetterTopic() + ".copy-" + COPIES.get();
    }

    private static String nameOfCopy(List<ProducerRecord<byte[], byte[]>> letters, int index) {
        return "%s-0@%d, the dead letter of %s"
                .formatted(lastCopy(), index, source(letters.get(index).headers()));
    }

    /** A record's position as {@code <topic>-<partition>@<offset>}. */
    private static String source(Headers headers) {
        return "%s-%s@%s"
                .formatted(
                        text(headers, "source.topic"),
                        text(headers, "source.partition"),
                        text(headers, "source.offset"));
    }

    private static String text(Headers headers, String name) {
        return new String(headers.lastHeader(name).value(), UTF_8);
    }
}
