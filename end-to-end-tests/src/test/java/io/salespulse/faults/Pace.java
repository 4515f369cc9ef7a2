package io.salespulse.faults;

import java.time.Duration;

/**
 * How long outages last.
 *
 * @param outage of a part that is down
 * @param freeze of a database that hangs
 * @param idleTimeout of the job; a frozen broker is silent for twice as long
 * @param noZooKeeper outage of ZooKeeper, at least as long as a session
 * @param restarts of the job that must not leave classes behind
 */
record Pace(
        Duration outage,
        Duration freeze,
        Duration idleTimeout,
        Duration noZooKeeper,
        int restarts) {

    /**
     * For every build. ZooKeeper is back when the sessions have just ended, before the JobManager
     * gives up: so it comes to lead by a node of a session that is no more.
     */
    static final Pace SHORT =
            new Pace(
                    Duration.ofSeconds(4),
                    Duration.ofSeconds(6),
                    Duration.ofSeconds(4),
                    Duration.ofSeconds(6),
                    5);

    /** For the soak test. */
    static final Pace TRUE =
            new Pace(
                    Duration.ofSeconds(60),
                    Duration.ofSeconds(30),
                    Duration.ofSeconds(60),
                    Duration.ofSeconds(60),
                    50);
}
