package io.salespulse.faults;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Each fault and then pairs of them at random for as long as asked, with true durations: {@code
 * ./mvnw verify -Psoak -Dsoak.minutes=120}. Once through takes half an hour. {@code
 * -Dsalespulse.faults.seed=} repeats a schedule.
 */
@Tag("soak")
class SoakIT {

    private static final long SEED =
            Long.getLong("salespulse.faults.seed", new SplittableRandom().nextLong());
    private static final Duration LENGTH = Duration.ofMinutes(Long.getLong("soak.minutes", 60));
    private static final int ALLOWED_GROWTH = 1_000;

    @Test
    void equalsTheTopicAfterEachFault() throws Exception {
        System.out.println("-Dsalespulse.faults.seed=" + SEED);
        SplittableRandom random = new SplittableRandom(SEED);
        Instant end = Instant.now().plus(LENGTH);
        try (Victim victim = new Victim(Pace.TRUE, random.nextLong())) {
            for (Fault fault : shuffled(random)) {
                if (Instant.now().isBefore(end)) {
                    survive(victim, fault);
                }
            }
            while (Instant.now().isBefore(end)) {
                if (random.nextBoolean()) {
                    survive(victim, random(random));
                } else {
                    survive(victim, random(random), random(random));
                }
            }
            victim.assertNothingAcknowledgedIsMissing();
            var classes = victim.loadedClassesOverRestarts(Pace.TRUE.restarts());
            if (classes.get(classes.size() - 1) > classes.get(1) + ALLOWED_GROWTH) {
                throw new AssertionError("loaded classes after each restart: " + classes);
            }
        }
    }

    private static List<Fault> shuffled(SplittableRandom random) {
        List<Fault> faults = new ArrayList<>(List.of(Fault.values()));
        Collections.shuffle(faults, new Random(random.nextLong()));
        return faults;
    }

    private static Fault random(SplittableRandom random) {
        return Fault.values()[random.nextInt(Fault.values().length)];
    }

    private static void survive(Victim victim, Fault... faults) throws Exception {
        Duration recovery = victim.survive(faults);
        StringBuilder line = new StringBuilder(Instant.now().toString());
        for (Fault fault : faults) {
            line.append(' ').append(fault).append(" (budget ").append(fault.budgetSeconds());
            line.append(" s)");
        }
        System.out.printf("%s: fresh rows after %.1f s%n", line, recovery.toMillis() / 1e3);
    }
}
