package io.salespulse.audit;

import java.math.BigDecimal;

/** A sum and a number of records. Where only records are counted, the cents are 0. */
record Total(long cents, long count) {
    static final Total NONE = new Total(0, 0);

    Total plusCount(long more) {
        return new Total(cents, Math.addExact(count, more));
    }

    BigDecimal amount() {
        return BigDecimal.valueOf(cents, 2);
    }
}
