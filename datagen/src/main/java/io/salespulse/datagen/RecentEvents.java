package io.salespulse.datagen;

import java.util.Arrays;

/** Copies of the newest events, to send one of them again. */
final class RecentEvents {

    private static final int CAPACITY = 256;

    private final Event[] events = new Event[CAPACITY];
    private long added;

    boolean isEmpty() {
        return added == 0;
    }

    void add(Event event) {
        int slot = (int) (added++ % CAPACITY);
        if (events[slot] == null) {
            events[slot] = new Event();
        }
        copy(event, events[slot]);
        // The generator overwrites the array of an event with its next one.
        events[slot].value =
                event.value == null ? null : Arrays.copyOf(event.value, event.value.length);
    }

    /** Overwrites all of {@code target} but its kind. */
    void copyOne(EventRandom random, Event target) {
        copy(events[random.nextInt((int) Math.min(added, CAPACITY))], target);
    }

    private static void copy(Event source, Event target) {
        System.arraycopy(source.key, 0, target.key, 0, source.key.length);
        target.partition = source.partition;
        target.value = source.value;
        target.documentFault = source.documentFault;
        target.eventTime = source.eventTime;
        target.category = source.category;
        target.cents = source.cents;
    }
}
