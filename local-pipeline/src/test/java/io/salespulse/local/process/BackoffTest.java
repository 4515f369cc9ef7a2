package io.salespulse.local.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class BackoffTest {

    @Test
    void growsFromNothingToHalfAMinute() {
        Backoff backoff = new Backoff();

        assertThat(Stream.generate(backoff::next).limit(8).map(Duration::toSeconds))
                .containsExactly(0L, 1L, 2L, 4L, 8L, 16L, 30L, 30L);

        backoff.reset();
        assertThat(backoff.next()).isZero();
    }
}
