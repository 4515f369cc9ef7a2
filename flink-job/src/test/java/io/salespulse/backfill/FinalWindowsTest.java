package io.salespulse.backfill;

import static io.salespulse.window.Fixtures.HOUR;
import static io.salespulse.window.Fixtures.MINUTE;
import static io.salespulse.window.Fixtures.RULES;
import static io.salespulse.window.Fixtures.SECOND;
import static io.salespulse.window.Fixtures.TEN;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class FinalWindowsTest {

    private static final long NOW = TEN + 5 * HOUR;

    @Test
    void endWhereTheSlowestPartitionIsLessTheOutOfOrderness() {
        assertThat(end(active(0, TEN + 3 * MINUTE), active(1, TEN + 5 * MINUTE)))
                .isEqualTo(TEN + 2 * MINUTE);
        assertThat(end(active(0, TEN + 3 * MINUTE - 1))).isEqualTo(TEN + MINUTE);
    }

    @Test
    void doNotWaitForASilentPartition() {
        assertThat(end(silent(0, TEN), active(1, TEN + 5 * MINUTE))).isEqualTo(TEN + 4 * MINUTE);
    }

    @Test
    void endWithTheNewestWindowOfASilentTopic() {
        assertThat(end(silent(0, TEN), silent(1, TEN + 5 * MINUTE + SECOND)))
                .isEqualTo(TEN + 6 * MINUTE);
    }

    @Test
    void areNoneWithoutAValidRecord() {
        assertThat(end(new ReadProgress(0, 10, 10, ReadProgress.NONE, ReadProgress.NONE)))
                .isEqualTo(Long.MIN_VALUE);
        assertThat(end()).isEqualTo(Long.MIN_VALUE);
    }

    private static long end(ReadProgress... partitions) {
        return FinalWindows.end(List.of(partitions), RULES, Duration.ofSeconds(60), NOW);
    }

    private static ReadProgress active(int partition, long newestEventTime) {
        return new ReadProgress(partition, 1, 1, newestEventTime, NOW - 59 * SECOND);
    }

    private static ReadProgress silent(int partition, long newestEventTime) {
        return new ReadProgress(partition, 1, 1, newestEventTime, NOW - 60 * SECOND);
    }
}
