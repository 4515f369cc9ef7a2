package io.salespulse.audit;

import java.time.Instant;

/** A row of {@code rejected_events} as it stands in the table. */
record RejectionRow(Instant minute, String reason, long eventCount) {}
