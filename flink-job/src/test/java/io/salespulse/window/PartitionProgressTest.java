package io.salespulse.window;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class PartitionProgressTest {

    private final PartitionProgress progress = new PartitionProgress();

    @Test
    void knowsNothingOfPartitionsWithoutEvents() {
        progress.advance(2, 50);

        assertThat(progress.newestEventTime(0)).isEqualTo(Long.MIN_VALUE);
        assertThat(progress.newestEventTime(2)).isEqualTo(50);
        assertThat(progress.newestEventTime(3)).isEqualTo(Long.MIN_VALUE);
        assertThat(progress.newestEventTime()).isEqualTo(50);
    }

    @Test
    void neverGoesBack() {
        progress.advance(0, 50);
        progress.advance(0, 40);
        assertThat(progress.newestEventTime(0)).isEqualTo(50);

        progress.advance(0, 51);
        assertThat(progress.newestEventTime(0)).isEqualTo(51);
    }

    @Test
    void doesNotGoBackBehindWhatWasRestored() {
        progress.restore(List.of(new PartitionProgress.Newest(0, 50)));
        progress.advance(0, 40);

        assertThat(progress.newestEventTime(0)).isEqualTo(50);
    }

    @Test
    void restoresTheNewestOfWhatSeveralSubtasksKnew() {
        progress.restore(
                List.of(
                        new PartitionProgress.Newest(1, 50),
                        new PartitionProgress.Newest(1, 70),
                        new PartitionProgress.Newest(1, 60)));

        assertThat(progress.newestEventTime(1)).isEqualTo(70);
    }

    @Test
    void writesWhatItHasReadAndItsShareOfTheRest() {
        progress.restore(
                List.of(
                        new PartitionProgress.Newest(0, 10),
                        new PartitionProgress.Newest(1, 11),
                        new PartitionProgress.Newest(2, 12),
                        new PartitionProgress.Newest(3, 13),
                        new PartitionProgress.Newest(5, 15)));
        progress.advance(2, 1);

        assertThat(progress.snapshot(1, 4))
                .extracting(newest -> newest.partition + "@" + newest.eventTime)
                .containsExactly("1@11", "2@12", "5@15");
    }
}
