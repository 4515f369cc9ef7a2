package io.salespulse.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.salespulse.bench.textbook.Transaction;
import io.salespulse.event.TransactionParser;
import java.io.IOException;
import java.time.Instant;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Nanoseconds to get time, category and cents out of one document in memory. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class ParserBenchmark {

    private static final int DOCUMENTS = 1_024;
    private static final Instant FIRST_EVENT = Instant.parse("2026-01-15T10:00:00.123Z");
    private static final String[] CATEGORIES = {
        "Electronics", "Fashion", "Grocery", "Home", "Beauty", "Sports"
    };

    private final TransactionParser parser = new TransactionParser();
    private final JsonFactory factory = new JsonFactory();
    private final ObjectMapper mapper = new ObjectMapper();
    private final JacksonTransaction streamed = new JacksonTransaction();
    private byte[][] usual;
    private byte[][] unusual;
    private int next;

    /** Makes documents as datagen does, and the same with an escape in a member's name. */
    @Setup
    public void makeDocuments() {
        usual = new byte[DOCUMENTS][];
        unusual = new byte[DOCUMENTS][];
        SplittableRandom random = new SplittableRandom(42);
        for (int i = 0; i < DOCUMENTS; i++) {
            String document =
                    """
                    {"transaction_id":"%s","timestamp":"%s","category":"%s","product_name":"Wireless Mouse","amount":%d.%02d,"user_id":"user_%d","payment_method":"Credit Card"}"""
                            .formatted(
                                    new UUID(random.nextLong(), random.nextLong()),
                                    FIRST_EVENT.plusMillis(random.nextInt(60_000)),
                                    CATEGORIES[random.nextInt(CATEGORIES.length)],
                                    random.nextInt(500),
                                    random.nextInt(100),
                                    random.nextInt(10_000));
            usual[i] = document.getBytes(UTF_8);
            unusual[i] = document.replace("user_id\"", "user\\u005fid\"").getBytes(UTF_8);
        }
    }

    private byte[] next(byte[][] documents) {
        next = (next + 1) % DOCUMENTS;
        return documents[next];
    }

    @Benchmark
    public long ours() {
        return parse(next(usual));
    }

    /** What the fast path leaves to the full parser. */
    @Benchmark
    public long oursInFull() {
        return parse(next(unusual));
    }

    private long parse(byte[] document) {
        if (!parser.parse(document)) {
            throw new IllegalStateException(parser.rejectionDetail());
        }
        return parser.eventTimeMillis() + parser.amountCents() + parser.category().length();
    }

    @Benchmark
    public long jacksonStreaming() throws IOException {
        streamed.read(factory.createParser(next(usual)));
        return streamed.eventTime + streamed.cents + streamed.category.length();
    }

    @Benchmark
    public long jacksonDatabind() throws IOException {
        Transaction transaction = mapper.readValue(next(usual), Transaction.class);
        return Instant.parse(transaction.getTimestamp()).toEpochMilli()
                + transaction.getAmount().movePointRight(2).longValueExact()
                + transaction.getCategory().length();
    }
}
