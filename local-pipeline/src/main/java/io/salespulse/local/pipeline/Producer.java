package io.salespulse.local.pipeline;

import io.salespulse.local.machine.ProjectLayout;
import io.salespulse.local.process.JavaCommand;
import io.salespulse.local.process.ManagedProcess;
import io.salespulse.local.process.PidFile;
import io.salespulse.local.process.ProcessService;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** datagen, sending events until it is stopped. */
final class Producer extends ProcessService {

    private static final List<String> JVM_OPTIONS = List.of("-XX:+UseSerialGC", "-Xmx256m");

    private final Path jar;
    private final Path folder;
    private final List<String> arguments;

    /**
     * @param folder for the log
     * @param arguments as on datagen's command line
     */
    Producer(ProjectLayout layout, Path folder, List<String> arguments) {
        super("datagen");
        jar = layout.datagenJar();
        this.folder = folder;
        this.arguments = new ArrayList<>(arguments);
    }

    @Override
    protected ManagedProcess launch() {
        String marker = folder + "/datagen";
        return ManagedProcess.builder(
                        name(), marker, JavaCommand.jar(marker, JVM_OPTIONS, jar, arguments))
                .output(folder.resolve("datagen.log"))
                .pidFile(folder.resolve("datagen" + PidFile.SUFFIX))
                .start();
    }

    /** datagen waits for the broker itself. */
    @Override
    protected void awaitReady(ManagedProcess process) {}
}
