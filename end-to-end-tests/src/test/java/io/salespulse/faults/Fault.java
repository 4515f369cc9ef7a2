package io.salespulse.faults;

import java.time.Duration;
import java.util.Optional;

/** What can happen to the pipeline. */
enum Fault {
    TASK_MANAGER_KILLED(15) {
        @Override
        void strike(Victim victim) {
            victim.busyTaskManager().kill();
        }
    },

    TASK_MANAGER_FROZEN_THEN_A_ZOMBIE(15) {
        @Override
        void strike(Victim victim) throws Exception {
            var zombie = victim.busyTaskManager();
            zombie.freeze();
            victim.awaitRunsWithout(zombie);
            zombie.thaw();
        }
    },

    JOB_MANAGER_KILLED(30) {
        @Override
        void strike(Victim victim) {
            victim.stack().flink().jobManager().kill();
            victim.startTheClock();
            victim.stack().flink().jobManager().start();
            // Tasks of the old one still write for a while, which proves nothing.
            victim.awaitRunsSince(victim.clock());
        }
    },

    /** The cluster has no leader without it. */
    ZOOKEEPER_KILLED(30) {
        @Override
        void strike(Victim victim) throws Exception {
            victim.stack().zooKeeper().kill();
            victim.pass(victim.pace().noZooKeeper());
            victim.stack().zooKeeper().start();
            victim.startTheClock();
            victim.awaitAllUp();
        }
    },

    POSTGRES_STOPPED(15, true) {
        @Override
        void strike(Victim victim) throws Exception {
            victim.stack().postgres().stop();
            victim.pass(victim.pace().outage());
            victim.stack().postgres().start();
        }
    },

    POSTGRES_KILLED(15, true) {
        @Override
        void strike(Victim victim) throws Exception {
            victim.stack().postgres().kill();
            victim.pass(victim.pace().outage());
            victim.stack().postgres().start();
        }
    },

    POSTGRES_FROZEN(15, true) {
        @Override
        void strike(Victim victim) throws Exception {
            victim.stack().postgres().freeze();
            victim.pass(victim.pace().freeze());
            victim.stack().postgres().thaw();
        }
    },

    POSTGRES_BACKENDS_TERMINATED_IN_A_LOOP(15, true) {
        @Override
        void strike(Victim victim) throws Exception {
            victim.terminateBackends(victim.pace().outage());
        }
    },

    POSTGRES_ROW_LOCKED(15, true) {
        @Override
        void strike(Victim victim) throws Exception {
            // Longer than the writer's lock time-out.
            victim.lockRows(victim.pace().freeze());
        }
    },

    NETWORK_TO_POSTGRES_CUT(15, true) {
        @Override
        void strike(Victim victim) throws Exception {
            victim.proxy().refuse();
            victim.pass(victim.pace().outage());
            victim.proxy().heal();
        }
    },

    NETWORK_TO_POSTGRES_SWALLOWS_EVERYTHING(15, true) {
        @Override
        void strike(Victim victim) throws Exception {
            victim.proxy().blackHole();
            victim.pass(victim.pace().freeze());
            victim.proxy().heal();
        }
    },

    NETWORK_TO_POSTGRES_SLOW(15, true) {
        @Override
        void strike(Victim victim) throws Exception {
            victim.proxy().delay(Duration.ofMillis(300));
            victim.pass(victim.pace().outage());
            victim.proxy().heal();
        }
    },

    TASK_MANAGER_FROZEN_WITH_ROW_LOCKS(30) {
        @Override
        void strike(Victim victim) throws Exception {
            var zombie = victim.busyTaskManager();
            victim.proxy().stopWithinABatch(PATIENCE);
            zombie.freeze();
            victim.awaitRunsWithout(zombie);
            // The database ends its transaction, and with it the locks; nobody else would.
            victim.awaitFreshRows();
            zombie.thaw();
        }
    },

    KAFKA_KILLED(15, true) {
        @Override
        void strike(Victim victim) {
            victim.stack().kafka().kill();
            victim.stack().kafka().start();
        }
    },

    KAFKA_KILLED_DURING_A_CHECKPOINT(15, true) {
        @Override
        void strike(Victim victim) throws Exception {
            victim.beginCheckpoint();
            KAFKA_KILLED.strike(victim);
        }
    },

    KAFKA_FROZEN_FOR_TWICE_THE_IDLE_TIMEOUT(15, true) {
        @Override
        void strike(Victim victim) throws Exception {
            victim.stack().kafka().freeze();
            victim.pass(victim.pace().idleTimeout().multipliedBy(2));
            victim.stack().kafka().thaw();
        }
    },

    PARTITIONS_ADDED(25) {
        @Override
        void strike(Victim victim) {
            victim.addPartition();
        }
    },

    CHECKPOINT_FOLDER_NOT_WRITABLE(15) {
        @Override
        void strike(Victim victim) throws Exception {
            victim.failCheckpoints();
        }
    },

    DEAD_LETTER_TOPIC_REFUSES(15, true) {
        @Override
        void strike(Victim victim) throws Exception {
            victim.refuseDeadLetters(victim.pace().outage());
        }
    },

    RESTARTED_FROM_THE_OLDEST_CHECKPOINT_WHILE_THE_TABLE_IS_NEWER(30) {
        @Override
        void strike(Victim victim) throws Exception {
            victim.awaitCheckpointsBehindTheTable();
            victim.cancelJob();
            victim.startJob(2, Optional.of(victim.oldestCheckpoint()));
        }
    },

    RESTARTED_WITHOUT_STATE(30) {
        @Override
        void strike(Victim victim) {
            victim.cancelJob();
            victim.startJob(2, Optional.empty());
        }
    },

    RESUMED_FROM_A_SAVEPOINT_WITH_MORE_SUBTASKS(30) {
        @Override
        void strike(Victim victim) {
            victim.startJob(4, Optional.of(victim.pipeline().stopJobWithSavepoint()));
        }
    },

    RESUMED_FROM_A_SAVEPOINT_WITH_FEWER_SUBTASKS(30) {
        @Override
        void strike(Victim victim) {
            victim.startJob(1, Optional.of(victim.pipeline().stopJobWithSavepoint()));
        }
    },

    POSTGRES_STOPPED_WHILE_A_TASK_MANAGER_DIES(20) {
        @Override
        void strike(Victim victim) throws Exception {
            victim.stack().postgres().stop();
            victim.busyTaskManager().kill();
            victim.pass(victim.pace().outage());
            victim.stack().postgres().start();
        }
    },

    TASK_MANAGER_KILLED_AGAIN_DURING_RECOVERY(30) {
        @Override
        void strike(Victim victim) {
            var first = victim.busyTaskManager();
            first.kill();
            victim.awaitRunsWithout(first);
            first.start();
            victim.busyTaskManager().kill();
        }
    },

    BAD_EVENTS_DURING_RECOVERY(20) {
        @Override
        void strike(Victim victim) throws Exception {
            TASK_MANAGER_KILLED.strike(victim);
            victim.load().burst(LATE_EVENTS);
        }
    };

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int LATE_EVENTS = 100_000;

    private final int budgetSeconds;
    private final boolean taskManagersSurvive;

    Fault(int budgetSeconds) {
        this(budgetSeconds, false);
    }

    Fault(int budgetSeconds, boolean taskManagersSurvive) {
        this.budgetSeconds = budgetSeconds;
        this.taskManagersSurvive = taskManagersSurvive;
    }

    /** Does the damage; returns when the part is back, or is not going to be. */
    abstract void strike(Victim victim) throws Exception;

    /** To fresh rows from the return of {@link #strike}, or from when it started the clock. */
    int budgetSeconds() {
        return budgetSeconds;
    }

    /** Whether no TaskManager's process may end because of it. */
    boolean taskManagersSurvive() {
        return taskManagersSurvive;
    }
}
