package io.salespulse.local.flink;

import io.salespulse.local.machine.Executables;
import io.salespulse.local.process.JavaCommand;
import io.salespulse.local.terminal.LocalPipelineException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/**
 * How a Flink process divides its memory, as Flink's own start scripts find it out: by asking
 * Flink.
 *
 * @param jvmOptions options for the JVM
 * @param arguments arguments for the main class
 */
record FlinkMemory(List<String> jvmOptions, List<String> arguments) {

    private static final String RESULT_PREFIX = "BASH_JAVA_UTILS_EXEC_RESULT:";

    /**
     * Asks Flink. The answer is kept, since a JVM takes a second of the start, under a name made of
     * what it depends on.
     *
     * @param command {@code GET_JM_RESOURCE_PARAMS} or {@code GET_TM_RESOURCE_PARAMS}
     */
    static FlinkMemory ask(
            String command,
            Path lib,
            Path configurationFolder,
            FlinkConfiguration configuration,
            Path cache) {
        try {
            Path answer =
                    cache.resolve("flink-memory")
                            .resolve(digest(command, version(lib), configuration.memorySettings()));
            if (!Files.exists(answer)) {
                Files.createDirectories(answer.getParent());
                Path unfinished = Files.createTempFile(answer.getParent(), "unfinished", "");
                Files.write(unfinished, askFlink(command, lib, configurationFolder));
                Files.move(unfinished, answer, StandardCopyOption.REPLACE_EXISTING);
            }
            List<String> lines = Files.readAllLines(answer);
            return new FlinkMemory(words(lines.get(0)), words(lines.get(1)));
        } catch (IOException e) {
            throw new LocalPipelineException("Flink's memory options cannot be kept: " + e, e);
        }
    }

    private static List<String> askFlink(String command, Path lib, Path configurationFolder) {
        String marker = configurationFolder + "/" + command;
        List<String> question =
                JavaCommand.mainClass(
                        marker,
                        List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"),
                        lib,
                        "org.apache.flink.runtime.util.bash.BashJavaUtils",
                        List.of(command, "--configDir", configurationFolder.toString()));
        List<String> lines =
                Executables.outputOf(question.toArray(String[]::new)).stream()
                        .flatMap(String::lines)
                        .filter(line -> line.startsWith(RESULT_PREFIX))
                        .map(line -> line.substring(RESULT_PREFIX.length()).strip())
                        .toList();
        if (lines.isEmpty()) {
            throw new LocalPipelineException(
                    "Flink does not accept the memory options in %s/config.yaml. Ask it why with:%n%s"
                            .formatted(configurationFolder, String.join(" ", question)));
        }
        return List.of(lines.get(0), lines.size() > 1 ? lines.get(1) : "");
    }

    private static String version(Path lib) throws IOException {
        try (Stream<Path> jars = Files.list(lib)) {
            return jars.map(jar -> jar.getFileName().toString())
                    .filter(name -> name.startsWith("flink-runtime-"))
                    .sorted()
                    .toList()
                    .toString();
        }
    }

    private static List<String> words(String line) {
        return Arrays.stream(line.split("\\s+")).filter(word -> !word.isEmpty()).toList();
    }

    private static String digest(String... parts) {
        try {
            byte[] digest =
                    MessageDigest.getInstance("SHA-256")
                            .digest(String.join("\n", parts).getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
