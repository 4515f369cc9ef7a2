package io.salespulse.datagen;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RateLimiterTest {

    private static final long SECOND = 1_000_000_000;

    private final ManualTicker ticker = new ManualTicker();
    private final long start = ticker.nanoTime();

    @ParameterizedTest
    @ValueSource(doubles = {0.5, 1, 3, 1_000, 2_000})
    void everyEventIsReleasedWhenItIsDue(double rate) {
        RateLimiter limiter = new RateLimiter(rate, Long.MAX_VALUE, ticker);

        for (int i = 0; i < 200_000; i++) {
            assertThat(limiter.awaitNext()).isTrue();
            assertThat(elapsed()).isEqualTo((long) (i * 1e9 / rate));
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {3_000, 100_000, 1_000_000})
    void eventsOfHighRatesAreReleasedUpToTheShortestSleepLater(double rate) {
        RateLimiter limiter = new RateLimiter(rate, Long.MAX_VALUE, ticker);

        for (int i = 0; i < 200_000; i++) {
            limiter.awaitNext();
            assertThat(elapsed() - (long) (i * 1e9 / rate))
                    .isBetween(0L, RateLimiter.MIN_SLEEP_NANOS);
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {1, 1_000, 100_000})
    void wakingLateDelaysEventsButNotTheRate(double rate) {
        ticker.oversleep(60_000);
        RateLimiter limiter = new RateLimiter(rate, Long.MAX_VALUE, ticker);

        for (int i = 0; i < 200_000; i++) {
            limiter.awaitNext();
            assertThat(elapsed() - (long) (i * 1e9 / rate))
                    .isBetween(0L, RateLimiter.MIN_SLEEP_NANOS + 60_000);
        }
        assertThat(limiter.behindNanos()).isZero();
    }

    @Test
    void stallIsCaughtUpAtTwiceTheRateAndTold() {
        RateLimiter limiter = new RateLimiter(1_000, Long.MAX_VALUE, ticker);
        await(limiter, 1_000);
        ticker.advanceMillis(2_001);

        // Event 1000 was due at 1.000 s and goes at 3.000 s; then one each half millisecond.
        limiter.awaitNext();
        assertThat(elapsed()).isEqualTo(3 * SECOND);
        assertThat(limiter.behindNanos()).isEqualTo(2 * SECOND);
        await(limiter, 2_000);
        assertThat(elapsed()).isEqualTo(4 * SECOND);
        assertThat(limiter.behindNanos()).isEqualTo(SECOND);
        await(limiter, 2_000);
        assertThat(elapsed()).isEqualTo(5 * SECOND);
        assertThat(limiter.behindNanos()).isZero();
        await(limiter, 1_000);
        assertThat(elapsed()).isEqualTo(6 * SECOND);
    }

    @Test
    void stallDuringCatchingUpIsCaughtUpToo() {
        RateLimiter limiter = new RateLimiter(1_000, Long.MAX_VALUE, ticker);
        await(limiter, 1_000);
        ticker.advanceMillis(2_000);
        await(limiter, 1_000);
        ticker.advanceMillis(1_000);
        await(limiter, 1);
        long resumed = elapsed();
        long missed = (resumed - 2_000_000_000) / 1_000_000;

        await(limiter, (int) (2 * missed));

        assertThat(elapsed()).isEqualTo(resumed + missed * 1_000_000);
        assertThat(limiter.behindNanos()).isZero();
    }

    @Test
    void shortStallIsCaughtUpAtOnce() {
        RateLimiter limiter = new RateLimiter(1_000, Long.MAX_VALUE, ticker);
        await(limiter, 1_000);
        ticker.advanceMillis(51);

        await(limiter, 51);

        assertThat(elapsed()).isEqualTo(1_050_000_000L);
        assertThat(limiter.behindNanos()).isZero();
    }

    @Test
    void timeLimitReleasesExactlyTheEventsThatAreDueByThen() {
        assertThat(released(new RateLimiter(1_000, 10 * SECOND, ticker))).isEqualTo(10_000);
        assertThat(elapsed()).isLessThan(10 * SECOND);
    }

    @Test
    void missedEventsAreGivenUpAfterTheTimeLimitAndItsGrace() {
        RateLimiter limiter = new RateLimiter(1_000, 10 * SECOND, ticker);
        await(limiter, 5_000);
        ticker.advanceMillis(4_001);

        // At 9 s 5,000 events are missing of which 4,000 can be sent in the 2 s that are left.
        long caughtUp = released(limiter);
        assertThat(caughtUp).isBetween(3_999L, 4_001L);
        assertThat(limiter.givenUp()).isEqualTo(5_000 - caughtUp);
    }

    @Test
    void missedEventsAreSentWithinTheGrace() {
        RateLimiter limiter = new RateLimiter(1_000, 10 * SECOND, ticker);
        await(limiter, 9_500);
        ticker.advanceMillis(600);

        assertThat(released(limiter)).isEqualTo(500);
        assertThat(limiter.givenUp()).isZero();
    }

    @Test
    void interruptedThreadIsNotKeptWaiting() {
        RateLimiter limiter = new RateLimiter(1, Long.MAX_VALUE, ticker);
        Thread.currentThread().interrupt();
        try {
            assertThat(limiter.awaitNext()).isFalse();
            assertThat(new FullSpeed(Long.MAX_VALUE, ticker).awaitNext()).isFalse();
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    @Test
    void fullSpeedEndsWithItsTime() {
        FullSpeed fullSpeed = new FullSpeed(2 * SECOND, ticker);

        assertThat(fullSpeed.awaitNext()).isTrue();
        ticker.advanceMillis(1_999);
        assertThat(fullSpeed.awaitNext()).isTrue();
        ticker.advanceMillis(1);
        assertThat(fullSpeed.awaitNext()).isFalse();
    }

    private static void await(RateLimiter limiter, int events) {
        for (int i = 0; i < events; i++) {
            assertThat(limiter.awaitNext()).isTrue();
        }
    }

    private static long released(RateLimiter limiter) {
        long events = 0;
        while (limiter.awaitNext()) {
            events++;
        }
        return events;
    }

    private long elapsed() {
        return ticker.nanoTime() - start;
    }
}
