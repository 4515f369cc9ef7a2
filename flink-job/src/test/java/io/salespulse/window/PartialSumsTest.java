package io.salespulse.window;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class PartialSumsTest {

    private static final long TEN = 1_768_471_200_000L;
    private static final long MINUTE = 60_000;

    private final PartialSums sums = new PartialSums();

    @Test
    void addsUpPerWindowAndCategory() {
        add(TEN, "Home", 100);
        add(TEN, "Toys", 5);
        add(TEN + MINUTE, "Home", 7);
        add(TEN, "Home", 50);

        assertThat(sums.size()).isEqualTo(3);
        assertThat(drain())
                .containsExactlyInAnyOrder("10:00 Home 150/2", "10:00 Toys 5/1", "10:01 Home 7/1");
    }

    @Test
    void forgetsWhatItHasGivenOut() {
        add(TEN, "Home", 100);
        drain();
        assertThat(sums.size()).isZero();
        assertThat(drain()).isEmpty();

        add(TEN, "Home", 1);

        assertThat(drain()).containsExactly("10:00 Home 1/1");
    }

    /** Whoever parses forgets its instances now and then. */
    @Test
    void takesAnotherInstanceForTheSameCategory() {
        add(TEN, "Home", 100);
        add(TEN, new String("Home"), 1);

        assertThat(drain()).containsExactly("10:00 Home 101/2");
    }

    @Test
    void tellsCategoriesOfOneHashApart() {
        assertThat("Aa").hasSameHashCodeAs("BB");
        add(TEN, "Aa", 1);
        add(TEN, "BB", 2);
        add(TEN, "Aa", 3);

        assertThat(drain()).containsExactlyInAnyOrder("10:00 Aa 4/2", "10:00 BB 2/1");
    }

    @Test
    void failsBeforeASumOverflows() {
        add(TEN, "Home", Long.MAX_VALUE);

        assertThatThrownBy(() -> add(TEN, "Home", 1)).isInstanceOf(ArithmeticException.class);
    }

    @Test
    void addsUpAsAHashMapDoesWhateverItsSize() {
        SplittableRandom random = new SplittableRandom(42);
        for (int categories : List.of(1, 7, 8, 9, 16, 17, 1_000, 10_000, 30_000, 3)) {
            Map<String, Long> expected = new HashMap<>();
            for (int i = 0; i < 50_000; i++) {
                String category = "Category " + random.nextInt(categories);
                long cents = random.nextInt(1_000);
                add(TEN, category, cents);
                expected.merge(category, cents, Long::sum);
            }

            assertThat(sums.size()).isEqualTo(expected.size());
            Map<String, Long> drained = new HashMap<>();
            sums.drainTo(sum -> drained.merge(sum.category, sum.cents, Long::sum));
            assertThat(drained).isEqualTo(expected);
        }
    }

    @Test
    void knowsWhichWindowsAWatermarkEnds() {
        assertThat(sums.hasWindowEndedBy(Long.MAX_VALUE, MINUTE)).isFalse();
        add(TEN, "Home", 1);

        assertThat(sums.hasWindowEndedBy(TEN + MINUTE - 2, MINUTE)).isFalse();
        assertThat(sums.hasWindowEndedBy(TEN + MINUTE - 1, MINUTE)).isTrue();
    }

    private void add(long windowStart, String category, long cents) {
        sums.add(windowStart, category, category.hashCode(), cents);
    }

    private List<String> drain() {
        List<String> drained = new ArrayList<>();
        sums.drainTo(
                sum ->
                        drained.add(
                                "10:%02d %s %d/%d"
                                        .formatted(
                                                (sum.windowStart - TEN) / MINUTE,
                                                sum.category,
                                                sum.cents,
                                                sum.count)));
        return drained;
    }
}
