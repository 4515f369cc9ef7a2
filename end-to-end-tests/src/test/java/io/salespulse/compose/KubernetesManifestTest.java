package io.salespulse.compose;

import static org.assertj.core.api.Assertions.assertThat;

import io.salespulse.local.machine.ProjectLayout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** What can be said of {@code flink-deployment.yaml} without a Kubernetes cluster. */
class KubernetesManifestTest {

    private static final Path JOB = ProjectLayout.fromSystemProperty().root().resolve("flink-job");

    private static String dockerfile;
    private static Map<?, ?> spec;

    @BeforeAll
    static void read() throws IOException {
        dockerfile = Files.readString(JOB.resolve("Dockerfile"));
        String manifest = Files.readString(JOB.resolve("kubernetes/flink-deployment.yaml"));
        Map<?, ?> content = new Yaml(new SafeConstructor(new LoaderOptions())).load(manifest);
        spec = (Map<?, ?>) content.get("spec");
    }

    @Test
    void startsTheJarThatTheImageHolds() throws IOException {
        Map<?, ?> job = (Map<?, ?>) spec.get("job");
        Path jar = Path.of(((String) job.get("jarURI")).replaceFirst("^local://", ""));

        assertThat(dockerfile)
                .containsPattern(
                        "COPY --from=build \\S*/%s %s/\n"
                                .formatted(jar.getFileName(), jar.getParent()));
        assertThat(Files.readString(JOB.resolve("pom.xml")))
                .contains("<main.class>" + job.get("entryClass") + "</main.class>");
    }

    @Test
    void isForTheFlinkOfTheImage() {
        String version = ((String) spec.get("flinkVersion")).substring(1).replace('_', '.');

        assertThat(dockerfile).contains("FROM flink:" + version + ".");
    }

    @Test
    void hasNoSettingThatIsNotText() {
        // The operator's schema takes numbers and truth values only in quotation marks.
        assertThat(((Map<?, ?>) spec.get("flinkConfiguration")).values())
                .allMatch(String.class::isInstance);
    }

    @Test
    void keepsThePasswordOutOfTheArguments() {
        Map<?, ?> job = (Map<?, ?>) spec.get("job");

        assertThat((List<?>) job.get("args"))
                .noneMatch(text -> text.toString().contains("assword"));
        assertThat(spec.get("podTemplate").toString())
                .contains("name=SALESPULSE_JDBC_PASSWORD, valueFrom={secretKeyRef=");
    }
}
