package io.salespulse.local.process;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Objects;

/** Files that travel in this module's jar. */
public final class Resources {

    private Resources() {}

    /**
     * Writes one of them to a file, over an older one.
     *
     * @param resource its name; it lies in the package of this class
     */
    public static void copyTo(String resource, Path file) throws IOException {
        try (InputStream in =
                Objects.requireNonNull(Resources.class.getResourceAsStream(resource), resource)) {
            Files.createDirectories(file.getParent());
            Files.copy(in, file, StandardCopyOption.REPLACE_EXISTING);
        }
    }
}
