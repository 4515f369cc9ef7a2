package io.salespulse.bench;

import java.io.IOException;
import java.sql.SQLException;
import java.util.function.LongConsumer;

/** One of the programs that do the work, or a part of it. */
interface Rung {

    /** What it does, in words. */
    String name();

    /**
     * Works through a workload from its beginning, in a process of its own.
     *
     * @param from how many events are done before the cost is counted, so that starting and most of
     *     the compiling do not count
     * @param progress is told from time to time how many events are done
     * @throws VoidRunException if what came out is wrong
     */
    Slope run(Workload workload, long from, LongConsumer progress)
            throws IOException, InterruptedException, SQLException;
}
