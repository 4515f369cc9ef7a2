package io.salespulse.window;

import static io.salespulse.window.Fixtures.MINUTE;
import static io.salespulse.window.Fixtures.TEN;

import io.salespulse.event.WindowRules;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * A log and what happens to the job that reads it. Every action means something in every state of
 * the job, so that any part of a scenario is a scenario too: that is what makes it shrinkable.
 *
 * @param rules the rules to count by
 * @param stateRetentions how long windows are kept: each start of the job takes one of them
 * @param log the records of each partition
 * @param actions in the order in which they happen
 */
record Scenario(
        WindowRules rules,
        List<Duration> stateRetentions,
        List<List<Entry>> log,
        List<Action> actions) {

    private static final int MAX_PARTITIONS = 4;
    private static final int MAX_RECORDS = 60;
    private static final int MAX_ACTIONS = 150;
    private static final long LENGTH = 12 * MINUTE;
    private static final String[] CATEGORIES = {"Beauty", "Home", "Toys"};

    private static final WindowRules SHORT_RULES =
            new WindowRules(
                    Duration.ofMinutes(1),
                    Duration.ofSeconds(30),
                    Duration.ofMinutes(2),
                    Duration.ofMinutes(1));

    /** Never over while a scenario lasts. */
    private static final Duration LONG_RETENTION = Duration.ofDays(1);

    /**
     * One record of the log.
     *
     * @param eventTime epoch milliseconds
     * @param rejected by its content, so that it counts for nothing
     */
    record Entry(long eventTime, String category, long cents, boolean rejected) {}

    /** What can happen. The numbers are taken modulo what there is to choose from. */
    enum Kind {
        /** Subtasks read the next {@code b} records of partition {@code a}. */
        READ(30),
        /** Subtask {@code a} of the source promises no events before second {@code b}. */
        WATERMARK(10),
        IDLE(2),
        ACTIVE(2),
        /** {@code b} elements cross from one subtask to another; {@code a} names the pair. */
        DELIVER(30),
        /** The clock of operator {@code a} goes on by {@code b} milliseconds. */
        TICK(10),
        /** The sink of window subtask {@code a} writes its batch. */
        WRITE(8),
        CHECKPOINT(3),
        /** The barrier of the checkpoint under way reaches source subtask {@code a}. */
        BARRIER(8),
        /**
         * Everything dies and is restored from the checkpoint {@code a} before the newest, if there
         * is none from nothing, with a parallelism, an assignment of partitions and a state
         * retention by {@code b}.
         */
        CRASH(2),
        /** A subtask that was given up writes a result after all. */
        ZOMBIE(4);

        private final int weight;

        Kind(int weight) {
            this.weight = weight;
        }

        private static Kind draw(SplittableRandom random) {
            int total = 0;
            for (Kind kind : values()) {
                total += kind.weight;
            }
            int ticket = random.nextInt(total);
            for (Kind kind : values()) {
                ticket -= kind.weight;
                if (ticket < 0) {
                    return kind;
                }
            }
            throw new IllegalStateException("weights");
        }
    }

    /** Meaning of the numbers: {@link Kind}. */
    record Action(Kind kind, int a, int b) {}

    static Scenario generate(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        List<List<Entry>> log = new ArrayList<>();
        int partitions = 1 + random.nextInt(MAX_PARTITIONS);
        for (int partition = 0; partition < partitions; partition++) {
            log.add(partition(random, 1 + random.nextInt(MAX_RECORDS)));
        }
        List<Action> actions = new ArrayList<>();
        int count = 1 + random.nextInt(MAX_ACTIONS);
        for (int i = 0; i < count; i++) {
            actions.add(action(random));
        }
        Duration shortRetention = SHORT_RULES.allowedLateness();
        List<Duration> retentions =
                switch (random.nextInt(3)) {
                    case 0 -> List.of(LONG_RETENTION);
                    case 1 -> List.of(shortRetention);
                    default -> List.of(shortRetention, LONG_RETENTION);
                };
        return new Scenario(SHORT_RULES, retentions, log, actions);
    }

    /** Event times go forward on the whole, with a spread that makes some of them late. */
    private static List<Entry> partition(SplittableRandom random, int count) {
        List<Entry> entries = new ArrayList<>();
        long begin = TEN + random.nextLong(2 * MINUTE);
        long spread = random.nextBoolean() ? MINUTE : 5 * MINUTE;
        for (int i = 0; i < count; i++) {
            long time = begin + LENGTH * i / count - random.nextLong(spread);
            entries.add(
                    new Entry(
                            time,
                            CATEGORIES[random.nextInt(CATEGORIES.length)],
                            random.nextLong(10_000),
                            random.nextInt(20) == 0));
        }
        return entries;
    }

    private static Action action(SplittableRandom random) {
        Kind kind = Kind.draw(random);
        int b =
                switch (kind) {
                    case READ, DELIVER -> 1 + random.nextInt(10);
                    case WATERMARK -> random.nextInt(15 * 60);
                    case TICK -> random.nextInt(700);
                    default -> random.nextInt(100);
                };
        return new Action(kind, random.nextInt(100), b);
    }

    Scenario withActions(List<Action> fewer) {
        return new Scenario(rules, stateRetentions, log, fewer);
    }

    Scenario withPartition(int partition, List<Entry> fewer) {
        List<List<Entry>> changed = new ArrayList<>(log);
        changed.set(partition, fewer);
        return new Scenario(rules, stateRetentions, changed, actions);
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        text.append("state retention ").append(stateRetentions).append('\n');
        for (int partition = 0; partition < log.size(); partition++) {
            for (Entry entry : log.get(partition)) {
                text.append("partition ").append(partition).append(": ").append(entry).append('\n');
            }
        }
        actions.forEach(action -> text.append(action).append('\n'));
        return text.toString();
    }
}
