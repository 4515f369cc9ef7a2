package io.salespulse.guards;

import static org.assertj.core.api.Assertions.assertThat;

import io.salespulse.local.machine.ProjectLayout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The change that docs/backfill.md tells its readers to apply still fits the sources. */
class ExamplePatchTest {

    private static final Path ROOT = ProjectLayout.fromSystemProperty().root();
    private static final Pattern SOURCE = Pattern.compile("(?m)^--- a/(\\S+)");

    @Test
    void fitsTheSources() throws IOException {
        String patch = Files.readString(ROOT.resolve("docs/highest-sale.patch"));
        List<String> files =
                Pattern.compile("(?m)^diff --git .*\\R")
                        .splitAsStream(patch)
                        .filter(file -> !file.isEmpty())
                        .toList();

        assertThat(files).hasSizeGreaterThan(1);
        for (String file : files) {
            assertFits(file);
        }
    }

    private static void assertFits(String patch) throws IOException {
        String[] hunks = patch.split("(?m)^@@ .*\\R");
        Matcher source = SOURCE.matcher(hunks[0]);
        if (!source.find()) {
            return; // a new file
        }
        for (int i = 1; i < hunks.length; i++) {
            assertThat(Files.readString(ROOT.resolve(source.group(1))))
                    .as(
                            "docs/highest-sale.patch no longer applies to %s: make the change there again and 'git diff' it",
                            source.group(1))
                    .contains(before(hunks[i]));
        }
    }

    /** What the hunk expects to find. */
    private static String before(String hunk) {
        return hunk.lines()
                .filter(line -> !line.startsWith("+"))
                .map(line -> (line.isEmpty() ? line : line.substring(1)) + "\n")
                .reduce("", String::concat);
    }
}
