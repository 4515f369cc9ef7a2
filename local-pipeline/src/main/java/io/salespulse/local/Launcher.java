package io.salespulse.local;

import io.salespulse.local.terminal.Durations;
import io.salespulse.local.terminal.LocalPipelineException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** The program behind {@code ./run}. */
public final class Launcher {

    /** All went well; for an audit: equal. */
    static final int OK = 0;

    /** The audit found differences, the job failed, or the pipeline is not running. */
    static final int FAILURE = 1;

    /** The command or this machine is not as it should be. */
    static final int USAGE = 2;

    private Launcher() {}

    public static void main(String[] arguments) {
        // Addresses and numbers look the same on every machine.
        Locale.setDefault(Locale.ROOT);
        System.exit(commandLine().execute(arguments));
    }

    static CommandLine commandLine() {
        return new CommandLine(new RunCommand())
                .addSubcommand(new ProgramCommand.Datagen())
                .addSubcommand(new ProgramCommand.Audit())
                .addSubcommand(new ProgramCommand.ReplayDeadLetters())
                .addSubcommand(new BackfillCommand())
                .addSubcommand(new SqlCommand())
                .addSubcommand(new TopicCommand())
                .addSubcommand(new StatusCommand())
                .addSubcommand(new ProgramCommand.Bench())
                .setParameterExceptionHandler(Launcher::explain)
                .setExecutionExceptionHandler(
                        (failure, command, parsed) -> report(failure, command))
                .registerConverter(Duration.class, Durations::parse)
                .registerConverter(URI.class, HttpAddresses::parse);
    }

    private static int explain(ParameterException failure, String[] arguments) {
        CommandLine command = failure.getCommandLine();
        command.getErr().println(reason(failure));
        command.getErr()
                .println("Try '%s --help'.".formatted(command.getCommandSpec().qualifiedName()));
        return USAGE;
    }

    private static String reason(ParameterException failure) {
        if (failure instanceof UnmatchedArgumentException unmatched
                && isTopLevel(failure.getCommandLine())
                && !unmatched.getUnmatched().get(0).startsWith("-")) {
            List<String> commands = List.copyOf(failure.getCommandLine().getSubcommands().keySet());
            return "There is no command '%s'. Commands: %s; without one, ./run starts the pipeline."
                    .formatted(unmatched.getUnmatched().get(0), String.join(", ", commands));
        }
        return failure.getMessage();
    }

    private static boolean isTopLevel(CommandLine command) {
        return command.getParent() == null;
    }

    private static int report(Exception failure, CommandLine command) throws Exception {
        if (failure instanceof LocalPipelineException) {
            command.getErr().println(failure.getMessage());
            return USAGE;
        }
        throw failure;
    }
}
