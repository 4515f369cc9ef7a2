package io.salespulse.window;

import java.io.Serializable;
import java.time.Duration;

/**
 * When early results of a subtask are due: at ticks that all its windows share, so that one tick's
 * rows reach the database in one batch.
 *
 * <p>The task thread fires a tick's windows one after the other and waits in between for the
 * database, as the sink is chained to the windows. The ticks therefore know what they cost, and
 * come less often when they would take more than a quarter of the thread's time: with thousands of
 * categories, or a slow database, rows are older but events are not held up.
 *
 * <p>A single tick that takes long says nothing: the database was away. Only what two ticks in a
 * row have taken counts, so that rows are fresh right after an outage.
 */
final class EarlyResultPace implements Serializable {

    private static final long serialVersionUID = 1L;

    private static final int STEP_TO_COST = 4;
    private static final long LONGEST_STEP_MILLIS = 10_000;

    private final long intervalMillis;

    // Not state: after a restore the first ticks find out anew.
    private transient long tick;
    private transient long began;
    private transient long costMillis;
    private transient long costBeforeMillis;

    EarlyResultPace(Duration interval) {
        this.intervalMillis = interval.toMillis();
    }

    Duration interval() {
        return Duration.ofMillis(intervalMillis);
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
     * A window fires.
     *
     * @param time of the tick that it was due at
     * @param now the processing-time clock, which may have been set back
     */
    void ticked(long time, long now) {
        if (time != tick) {
            tick = time;
            began = now;
            costBeforeMillis = costMillis;
        }
        costMillis = Math.max(0, now - began);
    }
}
