package io.salespulse.datagen;

import java.util.Locale;

/** What the generator meant an event to be; whether it counts follows from the rules alone. */
enum EventKind {
    ORDINARY,
    LATE,
    MALFORMED,
    DUPLICATE,
    FUTURE;

    String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
