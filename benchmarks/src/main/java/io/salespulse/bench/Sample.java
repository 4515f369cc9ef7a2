package io.salespulse.bench;

import java.util.Map;

/**
 * What one run over a number of events took.
 *
 * @param cpuSeconds user and system time of the measured process
 * @param others CPU seconds of the processes beside it, by name; may be empty
 */
record Sample(long events, double cpuSeconds, double wallSeconds, Map<String, Double> others) {}
