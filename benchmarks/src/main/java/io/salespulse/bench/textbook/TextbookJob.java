package io.salespulse.bench.textbook;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.connector.jdbc.JdbcConnectionOptions;
import org.apache.flink.connector.jdbc.JdbcExecutionOptions;
import org.apache.flink.connector.jdbc.core.datastream.sink.JdbcSink;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.windowing.assigners.TumblingEventTimeWindows;

/**
 * The same sums as a tutorial would do them: Jackson databind into a POJO, {@code keyBy}, a window,
 * an aggregate function, and the JDBC sink. It does less than the job: no early results, no dead
 * letters, no late rule of its own, and it reads to the topic's present end and finishes.
 */
public final class TextbookJob {

    private static final String UPSERT =
            """
            INSERT INTO category_sales
              (window_start, window_end, category, total_sales, transaction_count, is_final)
            VALUES (?, ?, ?, ?, ?, true)
            ON CONFLICT (window_start, category) DO UPDATE SET
              total_sales = excluded.total_sales, transaction_count = excluded.transaction_count
            """;

    private TextbookJob() {}

    /**
     * @param arguments bootstrap servers, topic, JDBC URL; the role's password is its name
     */
    public static void main(String[] arguments) throws Exception {
        StreamExecutionEnvironment environment =
                StreamExecutionEnvironment.getExecutionEnvironment();
        environment.enableCheckpointing(10_000);
        KafkaSource<Transaction> source =
                KafkaSource.<Transaction>builder()
                        .setBootstrapServers(arguments[0])
                        .setTopics(arguments[1])
                        .setStartingOffsets(OffsetsInitializer.earliest())
                        .setBounded(OffsetsInitializer.latest())
                        .setValueOnlyDeserializer(new TransactionSchema())
                        .build();
        WatermarkStrategy<Transaction> watermarks =
                WatermarkStrategy.<Transaction>forBoundedOutOfOrderness(Duration.ofMinutes(1))
                        .withTimestampAssigner(
                                (transaction, recordTimestamp) -> transaction.eventTime());
        environment
                .fromSource(source, watermarks, "transactions")
                .keyBy(Transaction::getCategory)
                .window(TumblingEventTimeWindows.of(Duration.ofMinutes(1)))
                .aggregate(new SumSales(), new StampWindow())
                .sinkTo(sink(arguments[2]));
        environment.execute("textbook");
    }

    private static JdbcSink<CategoryTotal> sink(String url) {
        return JdbcSink.<CategoryTotal>builder()
                .withExecutionOptions(
                        JdbcExecutionOptions.builder()
                                .withBatchSize(1_000)
                                .withBatchIntervalMs(1_000)
                                .build())
                .withQueryStatement(
                        UPSERT,
                        (statement, total) -> {
                            statement.setObject(1, utc(total.windowStart));
                            statement.setObject(2, utc(total.windowEnd));
                            statement.setString(3, total.category);
                            statement.setBigDecimal(4, BigDecimal.valueOf(total.cents, 2));
                            statement.setLong(5, total.count);
                        })
                .buildAtLeastOnce(
                        new JdbcConnectionOptions.JdbcConnectionOptionsBuilder()
                                .withUrl(url)
                                .withDriverName("org.postgresql.Driver")
                                .withUsername("salespulse_writer")
                                .withPassword("salespulse_writer")
                                .build());
    }

    private static OffsetDateTime utc(long epochMillis) {
        return Instant.ofEpochMilli(epochMillis).atOffset(ZoneOffset.UTC);
    }
}
