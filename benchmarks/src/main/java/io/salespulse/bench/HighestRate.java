package io.salespulse.bench;

import java.io.IOException;
import java.sql.SQLException;

/**
 * The highest rate that a job sustains on this machine, beside a producer at full speed that shares
 * the machine with it: what it counts a second while more than that is offered.
 */
final class HighestRate {

    private static final long WARM_UP_MILLIS = 15_000;
    private static final long MEASURE_MILLIS = 15_000;
    private static final long LOOK_EVERY_MILLIS = 100;

    private HighestRate() {}

    /** Events a second; returns when the job has nothing left to read. */
    static double measure(LiveJob job, Progress progress)
            throws IOException, InterruptedException, SQLException {
        progress.begin("highest rate");
        ChildProgram load = job.produce("--rate", "max");
        double rate;
        try {
            Thread.sleep(WARM_UP_MILLIS);
            long begin = System.nanoTime();
            long before = job.counted();
            Thread.sleep(MEASURE_MILLIS);
            long counted = job.counted() - before;
            rate = counted / ((System.nanoTime() - begin) / 1e9);
        } finally {
            load.stop();
        }
        awaitQuiet(job);
        return rate;
    }

    /** Waits until the number of counted events stays the same for two seconds. */
    static void awaitQuiet(LiveJob job) throws InterruptedException, SQLException {
        long last = -1;
        long sinceNanos = System.nanoTime();
        while (System.nanoTime() - sinceNanos < 2_000_000_000L) {
            long counted = job.counted();
            if (counted != last) {
                last = counted;
                sinceNanos = System.nanoTime();
            }
            Thread.sleep(LOOK_EVERY_MILLIS);
        }
    }
}
