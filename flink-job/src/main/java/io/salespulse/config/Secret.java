package io.salespulse.config;

import java.io.Serializable;

/** A value that must not appear in a log: only {@link #value()} shows it. */
public record Secret(String value) implements Serializable {

    @Override
    public String toString() {
        return "(hidden)";
    }
}
