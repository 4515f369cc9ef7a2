package io.salespulse.datagen;

import java.time.Clock;

/** Where events lie in time before they are put out of order. */
@FunctionalInterface
interface EventTimes {

    /** Epoch milliseconds of the event with this index. */
    long millis(long index);

    /** Each event happens when it is made. */
    static EventTimes live(Clock clock) {
        return index -> clock.millis();
    }
}
