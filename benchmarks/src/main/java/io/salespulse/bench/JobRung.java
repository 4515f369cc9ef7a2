package io.salespulse.bench;

import io.salespulse.local.postgres.PostgresServer;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;

/** The whole job: the built jar on the cluster, with sink, checkpoints and early results. */
record JobRung(BenchStack stack, int parallelism, List<String> options) implements Rung {

    static final String NAME = "the whole job";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Sample run(Workload workload, LongConsumer progress)
            throws IOException, InterruptedException, SQLException {
        try (BenchStack.Database database = stack.createDatabase()) {
            return run(workload, database, progress);
        }
    }

    /** The same, with rows that are in the database already (of windows after 2100). */
    Sample run(Workload workload, BenchStack.Database database, LongConsumer progress)
            throws SQLException, InterruptedException {
        List<String> arguments = new ArrayList<>(options);
        arguments.addAll(
                List.of(
                        "--bootstrap-servers",
                        stack.bootstrapServers(),
                        "--topic",
                        workload.topic(),
                        "--dead-letter-topic",
                        workload.deadLetterTopic(),
                        "--jdbc-url",
                        database.jdbcUrl()));
        ClusterJob job = ClusterJob.prepare(stack);
        try (Connection reader = database.connect(PostgresServer.READER)) {
            job.submit(stack.layout().jobJar(), arguments, parallelism);
            // The newest rows tell when everything is there; until then they are not looked at.
            Counted counted = new Counted(reader);
            long events = workload.counted();
            job.await(() -> counted.hasReached(events, progress));
            Sample sample = job.sample(workload.events());
            Sums.read(reader).requireEqual(workload.expected(), name());
            return sample;
        } finally {
            job.cancel();
        }
    }

    /** How many events the rows hold. A large table is not asked more often than it can bear. */
    private static final class Counted {

        private static final long SHARE = 20;

        private final Connection reader;
        private long nextNanos = System.nanoTime();

        Counted(Connection reader) {
            this.reader = reader;
        }

        boolean hasReached(long events, LongConsumer progress) throws SQLException {
            long begin = System.nanoTime();
            if (begin - nextNanos < 0) {
                return false;
            }
            long counted = read();
            progress.accept(counted);
            long end = System.nanoTime();
            nextNanos = end + SHARE * (end - begin);
            return counted >= events;
        }

        private long read() throws SQLException {
            try (var statement = reader.createStatement();
                    var rows =
                            statement.executeQuery(
                                    "SELECT coalesce(sum(transaction_count), 0) FROM category_sales WHERE window_start < '2100-01-01'")) {
                rows.next();
                return rows.getLong(1);
            }
        }
    }
}
