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

    /** The emptied table of the last window is used again, by the first window that comes. */
    @Test
    void keepsAWindowThatComesBackApartFromTheOneAfterIt() {
        add(TEN, "Home", 100);
        drain();

        add(TEN + MINUTE, "Home", 7);
        add(TEN, "Home", 50);

        assertThat(sums.hasWindowEndedBy(TEN + MINUTE - 1, MINUTE)).isTrue();
        assertThat(drain()).containsExactlyInAnyOrder("10:01 Home 7/1", "10:00 Home 50/1");
        assertThat(sums.hasWindowEndedBy(Long.MAX_VALUE, MINUTE)).isFalse();
    }

    /** Whoever parses forgets its instances now and then. */
    @Test
    void anotherInstanceOfACategoryMayHaveASumOfItsOwn() {
        add(TEN, "Home", 100);
        add(TEN, new String("Home"), 1);

        assertThat(drain()).containsExactlyInAnyOrder("10:00 Home 100/1", "10:00 Home 1/1");
    }

    @Test
    void losesNothingWhenTheSameInstanceComesWithAnotherNumber() {
        for (int i = 0; i < 1_000; i++) {
            sums.add(TEN, "Home", i % 2 == 0 ? 7 : 8_000, 1, 1);
            sums.add(TEN, "filler " + i, i * 37, 0, 1);
        }

        long[] drained = new long[2];
        sums.drainTo(
                sum -> {
                    if (sum.category.equals("Home")) {
                        drained[0] += sum.cents;
                        drained[1] += sum.count;
                    }
                });
        assertThat(drained).containsExactly(1_000, 1_000);
    }

    @Test
    void tellsCategoriesOfOneNumberApart() {
        sums.add(TEN, "Home", 5, 1, 1);
        sums.add(TEN, "Toys", 5, 2, 1);
        sums.add(TEN, "Home", 5, 3, 4);

        assertThat(drain()).containsExactlyInAnyOrder("10:00 Home 4/5", "10:00 Toys 2/1");
    }

    @Test
    void failsBeforeASumOverflows() {
        add(TEN, "Home", Long.MAX_VALUE);

        assertThatThrownBy(() -> add(TEN, "Home", 1)).isInstanceOf(ArithmeticException.class);
    }

    @Test
    void addsUpAsAHashMapDoesWhateverItsSize() {
        SplittableRandom random = new SplittableRandom(42);
        Map<String, String> instances = new HashMap<>();
        for (int categories : List.of(1, 7, 8, 9, 16, 17, 1_000, 10_000, 30_000, 3)) {
            Map<String, Long> expected = new HashMap<>();
            for (int i = 0; i < 50_000; i++) {
                String category =
                        instances.computeIfAbsent(
                                "Category " + random.nextInt(categories), name -> name);
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
        sums.add(windowStart, category, category.hashCode(), cents, 1);
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
