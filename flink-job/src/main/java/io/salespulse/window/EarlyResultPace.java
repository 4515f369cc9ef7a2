package io.salespulse.window;

import java.time.Duration;

/**
 * When early results of a subtask are due: at ticks that all its windows share, so that one tick's
 * rows reach the database in one batch.
 *
 * <p>The task thread waits in a tick for the database, as the sink is chained to the windows. Ticks
 * come less often when they would take more than a quarter of the thread's time: with thousands of
 * categories, or a slow database, rows are older but events are not held up.
 *
 * <p>A single tick that takes long says nothing: the database was away. Only what two ticks in a
 * row have taken counts, so that rows are fresh right after an outage.
 */
final class EarlyResultPace {

    private static final int STEP_TO_COST = 4;
    static final long LONGEST_STEP_MILLIS = 10_000;

    private final long intervalMillis;

    // Not in a checkpoint: after a restore the first ticks find out anew.
    private long costMillis;
    private long costBeforeMillis;

    EarlyResultPace(Duration interval) {
        this.intervalMillis = interval.toMillis();
    }

    /** The first tick after a time of the processing-time clock, in milliseconds. */
    long nextTick(long now) {
        long step = step();
        return now - Math.floorMod(now, step) + step;
    }

    private long step() {
        long wanted = Math.min(costMillis, costBeforeMillis) * STEP_TO_COST;
        long allowed = Math.min(wanted, LONGEST_STEP_MILLIS);
        return intervalMillis * Math.max(1, (allowed + intervalMillis - 1) / intervalMillis);
    }

    /**
     * All results of a tick are written.
     *
     * @param millis how long they have held the thread up; less than 0 if the clock was set back
     */
    void ticked(long millis) {
        costBeforeMillis = costMillis;
        costMillis = Math.max(0, millis);
    }
}
