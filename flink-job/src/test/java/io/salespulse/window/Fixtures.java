package io.salespulse.window;

import io.salespulse.event.RejectionReason;
import io.salespulse.event.WindowRules;
import io.salespulse.source.TransactionRecord;
import java.time.Duration;
import java.time.Instant;

/** Named times and small transactions for the tests of the graph. */
public final class Fixtures {

    /** Windows: 10:00 to 10:01, 10:01 to 10:02, and so on. */
    public static final long TEN = Instant.parse("2026-01-15T10:00:00Z").toEpochMilli();

    public static final long SECOND = 1_000;
    public static final long MINUTE = 60 * SECOND;
    public static final long HOUR = 60 * MINUTE;

    /** The defaults of the job. */
    public static final WindowRules RULES =
            new WindowRules(
                    Duration.ofMinutes(1),
                    Duration.ofMinutes(1),
                    Duration.ofHours(1),
                    Duration.ofMinutes(1));

    private Fixtures() {}

    public static TransactionRecord sale(
            int partition, long eventTime, String category, long cents) {
        TransactionRecord record = new TransactionRecord();
        record.partition = partition;
        record.eventTime = eventTime;
        record.recordTimestamp = eventTime;
        record.category = category;
        record.cents = cents;
        return record;
    }

    /** A dead letter that was sent to the topic again. */
    public static TransactionRecord replayed(
            int partition, long eventTime, String category, long cents) {
        return sale(partition, eventTime, category, cents).replayed();
    }

    public static TransactionRecord rejected(int partition, long offset, RejectionReason reason) {
        TransactionRecord record = new TransactionRecord();
        record.partition = partition;
        record.offset = offset;
        record.recordTimestamp = TEN;
        record.rejectionReason = reason;
        record.rejectionDetail = "detail of " + reason;
        return record;
    }
}
