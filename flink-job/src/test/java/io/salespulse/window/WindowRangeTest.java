package io.salespulse.window;

import static io.salespulse.window.Fixtures.MINUTE;
import static io.salespulse.window.Fixtures.TEN;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.Test;

class WindowRangeTest {

    @Test
    void holdsTheWindowsThatBeginInIt() {
        WindowRange range = WindowRange.between(TEN, TEN + 2 * MINUTE);

        assertThat(range.contains(TEN - MINUTE)).isFalse();
        assertThat(range.contains(TEN)).isTrue();
        assertThat(range.contains(TEN + MINUTE)).isTrue();
        assertThat(range.contains(TEN + 2 * MINUTE)).isFalse();
    }

    @Test
    void holdsSingleWindows() {
        WindowRange range = WindowRange.of(Set.of(TEN + 2 * MINUTE, TEN), MINUTE);

        assertThat(range.from()).isEqualTo(TEN);
        assertThat(range.to()).isEqualTo(TEN + 3 * MINUTE);
        assertThat(range.contains(TEN)).isTrue();
        assertThat(range.contains(TEN + MINUTE)).isFalse();
        assertThat(range.contains(TEN + 2 * MINUTE)).isTrue();
    }
}
