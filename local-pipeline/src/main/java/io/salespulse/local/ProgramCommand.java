package io.salespulse.local;

import io.salespulse.local.machine.ProjectLayout;
import io.salespulse.local.pipeline.PipelineAddresses;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Unmatched;

/**
 * A program of its own behind {@code ./run}: all arguments are passed on, and the exit code is the
 * program's.
 */
abstract class ProgramCommand implements Callable<Integer> {

    @Unmatched private List<String> arguments = new ArrayList<>();

    /** {@code ./run datagen}. */
    @Command(
            name = "datagen",
            description = "Sends made-up transactions; './run datagen --help' tells how.")
    static final class Datagen extends ProgramCommand {

        @Override
        Path jar(ProjectLayout layout) {
            return layout.datagenJar();
        }

        @Override
        void addDefaults(PipelineAddresses running) {
            addDefault("--bootstrap-servers", running.bootstrapServers());
        }
    }

    /** {@code ./run audit}. */
    @Command(
            name = "audit",
            description = "Compares the table with the topic; './run audit --help' tells how.")
    static final class Audit extends ProgramCommand {

        @Override
        Path jar(ProjectLayout layout) {
            return layout.auditJar();
        }

        @Override
        void addDefaults(PipelineAddresses running) {
            addDefault("--bootstrap-servers", running.bootstrapServers());
            addDefault("--jdbc-url", running.jdbcUrl());
        }
    }

    /** {@code ./run replay-dead-letters}. */
    @Command(
            name = "replay-dead-letters",
            description =
                    "Sends rejected records to the topic again; './run replay-dead-letters --help' tells how.")
    static final class ReplayDeadLetters extends ProgramCommand {

        @Override
        Path jar(ProjectLayout layout) {
            return layout.deadLetterReplayJar();
        }

        @Override
        void addDefaults(PipelineAddresses running) {
            addDefault("--bootstrap-servers", running.bootstrapServers());
        }
    }

    /** {@code ./run bench}; it starts everything it needs itself. */
    @Command(
            name = "bench",
            description =
                    "Measures throughput, latency and queries; './run bench --help' tells how.")
    static final class Bench extends ProgramCommand {

        @Override
        Path jar(ProjectLayout layout) {
            return layout.benchmarksJar();
        }

        @Override
        void addDefaults(PipelineAddresses running) {
            // The running pipeline is not what is measured.
        }
    }

    abstract Path jar(ProjectLayout layout);

    abstract void addDefaults(PipelineAddresses running);

    final void addDefault(String option, String value) {
        if (arguments.stream().noneMatch(argument -> argument.split("=", 2)[0].equals(option))) {
            arguments.add(0, option + "=" + value);
        }
    }

    @Override
    public final Integer call() {
        ProjectLayout layout = ProjectLayout.fromSystemProperty();
        Optional<PipelineAddresses> running =
                PipelineAddresses.read(new DataFolderOption().path(layout));
        running.ifPresent(this::addDefaults);
        return Programs.become(jar(layout), arguments);
    }
}
