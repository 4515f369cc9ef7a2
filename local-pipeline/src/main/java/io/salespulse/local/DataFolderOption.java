package io.salespulse.local;

import io.salespulse.local.machine.ProjectLayout;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** The option that names the data folder, the same in every command. */
final class DataFolderOption {

    private static final String DEFAULT = ".local";

    @Option(
            names = "--data-dir",
            paramLabel = "FOLDER",
            description = "Folder for data and logs. Default: .local in the checkout.")
    private Path folder;

    /** The folder as an absolute path. */
    Path path(ProjectLayout layout) {
        Path chosen = folder == null ? layout.root().resolve(DEFAULT) : folder;
        return chosen.toAbsolutePath().normalize();
    }
}
