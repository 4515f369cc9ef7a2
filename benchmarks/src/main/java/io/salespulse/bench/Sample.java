package io.salespulse.bench;

import java.util.Map;

/**
 * What a run had taken when it had done a number of events.
 *
 * @param cpuSeconds user and system time of the measured process
 * @param others CPU seconds of the processes beside it, by name; may be empty
 */
record Sample(long events, double cpuSeconds, double wallSeconds, Map<String, Double> others) {}
