package io.salespulse.bench;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.function.LongConsumer;

/**
 * How many events the rows hold: a job's own count of what it has done.
 *
 * <p>Rows come in bursts, and what is taken is looked up when one has just come. What the job has
 * read meanwhile (a tenth of a second's events, or what its windows hold back) is in the first
 * sample but not among its events, and so the cost of an event comes out lower by the part that
 * this is of the whole.
 */
final class CountedRows {

    /** A large table is not asked more often than it can bear. */
    private static final long SHARE = 20;

    private static final String COUNT =
            "SELECT coalesce(sum(transaction_count), 0) FROM category_sales WHERE window_start < '2100-01-01'";

    private final Connection reader;
    private long nextNanos = System.nanoTime();

    CountedRows(Connection reader) {
        this.reader = reader;
    }

    /** Waits for all events of a workload, and measures what comes after the first. */
    Slope slope(ClusterJob job, Workload workload, long from, LongConsumer progress)
            throws SQLException, InterruptedException {
        Sample begin = job.sample(0);
        if (from > 0) {
            long counted = await(job, Math.min(from, workload.counted()), progress);
            // Of events that are late, none is in a row.
            double share = (double) counted / workload.counted();
            begin = job.sample(Math.round(share * workload.events()));
        }
        await(job, workload.counted(), progress);
        return Slope.between(begin, job.sample(workload.events()));
    }

    private long await(ClusterJob job, long events, LongConsumer progress)
            throws SQLException, InterruptedException {
        long[] counted = new long[1];
        job.await(
                () -> {
                    long begin = System.nanoTime();
                    if (begin - nextNanos >= 0) {
                        counted[0] = read();
                        long end = System.nanoTime();
                        nextNanos = end + SHARE * (end - begin);
                        progress.accept(counted[0]);
                    }
                    return counted[0] >= events;
                });
        return counted[0];
    }

    private long read() throws SQLException {
        try (var statement = reader.createStatement();
                var rows = statement.executeQuery(COUNT)) {
            rows.next();
            return rows.getLong(1);
        }
    }
}
