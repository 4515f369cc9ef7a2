package io.salespulse.event;

/**
 * Parses records of the topic {@code transactions} to what the pipeline needs of them, and names
 * why a record is rejected, by the sections 1 (rules 1 to 6) to 4 of {@code docs/rules.md}.
 *
 * <p>Ordinary transactions are read by {@link TransactionScanner} without an object per record. All
 * others go to {@link FullTransactionParser}, the one place that judges: the scanner only ever
 * accepts, and only with the values that the reader would find.
 *
 * <p>Not thread-safe: one per subtask, reused for each record.
 */
public final class TransactionParser {

    private final TransactionScanner scanner = new TransactionScanner();
    private final FullTransactionParser reader = new FullTransactionParser();
    private final CategoryCache categories = new CategoryCache();

    private long eventTimeMillis;
    private long amountCents;
    private String category;
    private int categoryHash;
    private RejectionReason rejectionReason;
    private String rejectionDetail;
    private long fallbackCount;

    /** Creates a parser that knows no category yet. */
    public TransactionParser() {}

    /**
     * Parses one record value; afterwards the getters describe it. Never throws for bad input.
     *
     * @param value the record's value, null for a tombstone; neither changed nor kept
     * @return true if it is a valid transaction, false if it is rejected
     */
    public boolean parse(byte[] value) {
        if (value == null || !scanner.scan(value)) {
            return parseFully(value);
        }
        int slot = categories.find(value, scanner.categoryFrom(), scanner.categoryTo());
        String known = categories.category(slot);
        if (known == null) {
            return parseAndLearnCategory(value);
        }
        accept(scanner.eventTimeMillis(), scanner.amountCents(), known, slot);
        return true;
    }

    /** Parses without the fast path. */
    boolean parseFully(byte[] value) {
        fallbackCount++;
        Verdict verdict = reader.read(value);
        if (!verdict.isValid()) {
            reject(verdict.reason(), verdict.detail());
            return false;
        }
        String instance = categories.intern(verdict.category());
        accept(verdict.eventTimeMillis(), verdict.amountCents(), instance, instance.hashCode());
        return true;
    }

    /**
     * The full parser decides what a new spelling means and whether it is allowed; from then on the
     * scanner's word is enough.
     */
    private boolean parseAndLearnCategory(byte[] value) {
        boolean valid = parseFully(value);
        if (valid) {
            category =
                    categories.learn(value, scanner.categoryFrom(), scanner.categoryTo(), category);
        }
        return valid;
    }

    private void accept(long eventTimeMillis, long amountCents, String category, int categoryHash) {
        this.eventTimeMillis = eventTimeMillis;
        this.amountCents = amountCents;
        this.category = category;
        this.categoryHash = categoryHash;
        rejectionReason = null;
        rejectionDetail = null;
    }

    private void reject(RejectionReason reason, String detail) {
        eventTimeMillis = 0;
        amountCents = 0;
        category = null;
        categoryHash = 0;
        rejectionReason = reason;
        rejectionDetail = detail;
    }

    /** The event time in epoch milliseconds, UTC; valid only after {@link #parse} returned true. */
    public long eventTimeMillis() {
        return eventTimeMillis;
    }

    /**
     * The amount in cents, from 0 to 99,999,999,999; valid only after {@link #parse} returned true.
     */
    public long amountCents() {
        return amountCents;
    }

    /**
     * The category, exactly as the record has it; null after a rejection.
     *
     * <p>Interned: equal categories are the same instance as long as this parser's bounded cache
     * holds them.
     */
    public String category() {
        return category;
    }

    /**
     * A number to find the category by in a table, spread over its low bits; valid only after
     * {@link #parse} returned true. Mostly, but not always, the same for the same instance. With
     * thousands of categories even a look at the string's {@code hashCode()} would be a cache miss.
     */
    public int categoryHash() {
        return categoryHash;
    }

    /** Why the record was rejected; null if it is valid. */
    public RejectionReason rejectionReason() {
        return rejectionReason;
    }

    /**
     * What exactly is wrong: one line of printable text of at most 200 characters; null if the
     * record is valid.
     */
    public String rejectionDetail() {
        return rejectionDetail;
    }

    /**
     * How many values have gone to the full parser so far: rejected, unusual, or with a category
     * spelling not met before.
     */
    public long fallbackCount() {
        return fallbackCount;
    }
}
