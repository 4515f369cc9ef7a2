package io.salespulse.bench;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.OperatingSystemMXBean;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** What results depend on. */
final class Machine {

    private static final Path CPU_INFO = Path.of("/proc/cpuinfo");
    private static final Path MEMORY_INFO = Path.of("/proc/meminfo");
    private static final List<String> LIBRARIES =
            List.of("flink-runtime", "kafka-clients", "postgresql", "jackson-core");

    private Machine() {}

    /** Machine, versions and commit, by name. */
    static Map<String, String> describe(Path root, List<Path> libraries) throws IOException {
        Map<String, String> facts = new LinkedHashMap<>();
        OperatingSystemMXBean system = ManagementFactory.getOperatingSystemMXBean();
        facts.put("cpu", cpuModel() + ", " + system.getAvailableProcessors() + " processors");
        facts.put("memory", memory());
        facts.put(
                "load before",
                "%.2f processes (average of the last minute)"
                        .formatted(system.getSystemLoadAverage()));
        facts.put("system", system.getName() + " " + system.getVersion() + " " + system.getArch());
        facts.put(
                "java",
                System.getProperty("java.vm.name") + " " + System.getProperty("java.vm.version"));
        facts.put("versions", versions(libraries));
        facts.put("commit", commit(root));
        return facts;
    }

    private static String cpuModel() throws IOException {
        if (Files.exists(CPU_INFO)) {
            return Files.readAllLines(CPU_INFO).stream()
                    .filter(line -> line.startsWith("model name"))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse("unknown");
        }
        return output(Path.of("."), "sysctl", "-n", "machdep.cpu.brand_string");
    }

    private static String memory() throws IOException {
        if (Files.exists(MEMORY_INFO)) {
            return Files.readAllLines(MEMORY_INFO).get(0).replaceAll("MemTotal:\\s*", "");
        }
        return output(Path.of("."), "sysctl", "-n", "hw.memsize") + " bytes";
    }

    private static String versions(List<Path> folders) throws IOException {
        StringBuilder versions = new StringBuilder();
        for (String library : LIBRARIES) {
            for (Path folder : folders) {
                try (Stream<Path> files = Files.list(folder)) {
                    files.map(file -> file.getFileName().toString())
                            .filter(name -> name.matches(library + "-\\d.*\\.jar"))
                            .limit(versions.indexOf(library) < 0 ? 1 : 0)
                            .forEach(
                                    name ->
                                            versions.append(versions.isEmpty() ? "" : ", ")
                                                    .append(name.replace(".jar", "")));
                }
            }
        }
        return versions.toString();
    }

    private static String commit(Path root) {
        String commit = output(root, "git", "rev-parse", "--short=12", "HEAD");
        boolean changed = !output(root, "git", "status", "--porcelain", "-uno").isEmpty();
        return changed ? commit + " with changes" : commit;
    }

    /** What a small command prints; "unknown" where it does not work. */
    private static String output(Path folder, String... command) {
        try {
            Process process =
                    new ProcessBuilder(command)
                            .directory(folder.toFile())
                            .redirectError(ProcessBuilder.Redirect.DISCARD)
                            .start();
            process.getOutputStream().close();
            String output =
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return process.waitFor() == 0 ? output.strip() : "unknown";
        } catch (IOException e) {
            return "unknown";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "unknown";
        }
    }
}
