package io.salespulse.audit;

import io.salespulse.endtoend.ProgramResult;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;

/**
 * The audit without a JVM of its own, for the many tests that end with one: starting JVMs would be
 * most of their work. {@code AuditIT} runs the program itself.
 */
public final class InProcessAudit {

    private InProcessAudit() {}

    public static ProgramResult run(List<String> arguments, Map<String, String> environment) {
        StringWriter output = new StringWriter();
        PrintWriter writer = new PrintWriter(output);
        CommandLine audit = Audit.commandLine(environment).setOut(writer).setErr(writer);
        int exitCode = audit.execute(arguments.toArray(String[]::new));
        return new ProgramResult(exitCode, output.toString());
    }
}
