package io.salespulse.bench;

import io.salespulse.local.terminal.Durations;
import io.salespulse.local.terminal.LocalPipelineException;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CancellationException;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/** The program behind {@code ./run bench}. */
public final class Bench {

    static final int OK = 0;

    /** A run was void: its rows were wrong. */
    static final int VOID = 1;

    /** The command or this machine is not as it should be. */
    static final int USAGE = 2;

    private Bench() {}

    public static void main(String[] arguments) {
        // Numbers look the same, and can be parsed, on every machine.
        Locale.setDefault(Locale.ROOT);
        System.setProperty("log4j2.configurationFile", "launcher-log4j2.properties");
        System.exit(commandLine().execute(arguments));
    }

    static CommandLine commandLine() {
        CommandLine commands =
                new CommandLine(new AllCommand())
                        .addSubcommand(new ThroughputCommand())
                        .addSubcommand(new SeriesCommand())
                        .addSubcommand(new LatencyCommand())
                        .addSubcommand(new CatchUpCommand())
                        .addSubcommand(new DashboardCommand())
                        .addSubcommand(new ParserCommand());
        return PositiveNumbers.registerAt(commands)
                .setParameterExceptionHandler(Bench::explain)
                .setExecutionExceptionHandler(
                        (failure, command, parsed) -> report(failure, command))
                .registerConverter(Duration.class, Durations::parse);
    }

    private static int explain(ParameterException failure, String[] arguments) {
        CommandLine command = failure.getCommandLine();
        command.getErr().println(failure.getMessage());
        command.getErr()
                .println("Try '%s --help'.".formatted(command.getCommandSpec().qualifiedName()));
        return USAGE;
    }

    private static int report(Exception failure, CommandLine command) throws Exception {
        if (failure instanceof VoidRunException) {
            command.getErr().println(failure.getMessage());
            return VOID;
        }
        if (failure instanceof LocalPipelineException) {
            command.getErr().println(failure.getMessage());
            return USAGE;
        }
        if (failure instanceof CancellationException || failure instanceof InterruptedException) {
            return 130;
        }
        throw failure;
    }
}
