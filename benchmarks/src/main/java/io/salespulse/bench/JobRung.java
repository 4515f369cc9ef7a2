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
    public Slope run(Workload workload, long from, LongConsumer progress)
            throws IOException, InterruptedException, SQLException {
        try (BenchStack.Database database = stack.createDatabase()) {
            return run(workload, from, database, progress);
        }
    }

    /** The same, with rows that are in the database already (of windows after 2100). */
    Slope run(Workload workload, long from, BenchStack.Database database, LongConsumer progress)
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
            Slope slope = new CountedRows(reader).slope(job, workload, from, progress);
            Sums.read(reader).requireEqual(workload.expected(), name());
            return slope;
        } finally {
            job.cancel();
        }
    }
}
