package io.salespulse.guards;

import static org.assertj.core.api.Assertions.assertThat;

import io.salespulse.local.machine.ProjectLayout;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Amounts are whole cents in a long: no floating point where they are read, summed or written. */
class MoneyCodeTest {

    private static final Path ROOT = ProjectLayout.fromSystemProperty().root();
    private static final Pattern COMMENT = Pattern.compile("/\\*.*?\\*/|//[^\\n]*", Pattern.DOTALL);
    private static final Pattern FLOATING_POINT =
            Pattern.compile("\\b(double|float|Double|Float)\\b");

    /** They measure time. */
    private static final Set<String> WITHOUT_MONEY = Set.of("Progress.java", "Report.java");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "flink-job/src/main/java",
                "audit/src/main/java",
                "dead-letter-replay/src/main/java",
                "datagen/src/main/java/io/salespulse/datagen/DocumentWriter.java",
                "datagen/src/main/java/io/salespulse/datagen/Event.java",
                "datagen/src/main/java/io/salespulse/datagen/ExpectedOutput.java",
                "datagen/src/main/java/io/salespulse/datagen/Product.java"
            })
    void holdsNoFloatingPoint(String path) throws IOException {
        List<String> found = new ArrayList<>();
        try (Stream<Path> files = Files.walk(ROOT.resolve(path))) {
            files.filter(file -> file.toString().endsWith(".java"))
                    .filter(file -> !WITHOUT_MONEY.contains(file.getFileName().toString()))
                    .forEach(file -> found.addAll(floatingPoint(file)));
        }

        assertThat(found)
                .as(
                        "A double does not hold cents: use a long of cents (docs/rules.md section 3)."
                                + " If no money is meant, name the class in %s.",
                        MoneyCodeTest.class.getSimpleName())
                .isEmpty();
    }

    private static List<String> floatingPoint(Path file) {
        try {
            String code =
                    COMMENT.matcher(Files.readString(file)).replaceAll(MoneyCodeTest::newlines);
            return FLOATING_POINT
                    .matcher(code)
                    .results()
                    .map(found -> "%s:%d".formatted(ROOT.relativize(file), line(code, found)))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String newlines(MatchResult comment) {
        return "\n".repeat((int) comment.group().lines().count() - 1);
    }

    private static long line(String code, MatchResult found) {
        return code.substring(0, found.start()).chars().filter(c -> c == '\n').count() + 1;
    }
}
