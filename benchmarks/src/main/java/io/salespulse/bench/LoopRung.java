package io.salespulse.bench;

import io.salespulse.bench.ConsumerLoop.Work;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;

/** A bare consumer loop; see {@link ConsumerLoop}. */
record LoopRung(Work work, BenchStack stack, List<String> jvmOptions) implements Rung {

    @Override
    public String name() {
        return work.text();
    }

    @Override
    public Sample run(Workload workload, LongConsumer progress)
            throws IOException, InterruptedException {
        Path result = stack.folder().resolve("loop.csv");
        Sample sample =
                ChildProgram.start(
                                ConsumerLoop.class,
                                jvmOptions,
                                List.of(
                                        work.name(),
                                        stack.bootstrapServers(),
                                        workload.topic(),
                                        Long.toString(workload.events()),
                                        result.toString()),
                                stack.folder().resolve("loop.log"))
                        .await(workload.events());
        check(Sums.read(result), workload);
        double cpuSeconds = Long.parseLong(Files.readString(ConsumerLoop.cpuFile(result))) / 1e9;
        return new Sample(workload.events(), cpuSeconds, sample.wallSeconds(), Map.of());
    }

    private void check(Sums sums, Workload workload) {
        switch (work) {
            case CONSUME, TOUCH -> {
                Sums expected = new Sums();
                expected.of(0).put("records", new Sums.Sum(0, workload.events()));
                sums.requireEqual(expected, name());
            }
            case PARSE, JACKSON -> sums.requireEqual(workload.expected(), name());
        }
    }
}
