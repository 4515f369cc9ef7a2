package io.salespulse.bench;

import java.time.Duration;
import java.util.stream.Stream;

/** User and system time of processes, as the operating system counts it (Linux: in 10 ms). */
final class ProcessCpu {

    private ProcessCpu() {}

    /** Seconds that a living process and its living descendants have used since they started. */
    static double seconds(long pid) {
        return ProcessHandle.of(pid).stream()
                .flatMap(process -> Stream.concat(Stream.of(process), process.descendants()))
                .mapToDouble(ProcessCpu::seconds)
                .sum();
    }

    private static double seconds(ProcessHandle process) {
        return process.info().totalCpuDuration().map(Duration::toNanos).orElse(0L) / 1e9;
    }
}
