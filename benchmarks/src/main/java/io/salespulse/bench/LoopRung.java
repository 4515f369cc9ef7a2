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
    public Slope run(Workload workload, long from, LongConsumer progress)
            throws IOException, InterruptedException {
        Path result = stack.folder().resolve("loop.csv");
        ChildProgram.start(
                        ConsumerLoop.class,
                        jvmOptions,
                        List.of(
                                work.name(),
                                stack.bootstrapServers(),
                                workload.topic(),
                                Long.toString(from),
                                Long.toString(workload.events()),
                                result.toString()),
                        stack.folder().resolve("loop.log"))
                .await(workload.events());
        check(Sums.read(result), workload);
        List<Sample> samples =
                Files.readAllLines(ConsumerLoop.samplesFile(result)).stream()
                        .map(LoopRung::sample)
                        .toList();
        return Slope.between(samples.get(0), samples.get(1));
    }

    private static Sample sample(String line) {
        String[] numbers = line.split(",");
        return new Sample(
                Long.parseLong(numbers[0]),
                Long.parseLong(numbers[1]) / 1e9,
                Long.parseLong(numbers[2]) / 1e9,
                Map.of());
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
