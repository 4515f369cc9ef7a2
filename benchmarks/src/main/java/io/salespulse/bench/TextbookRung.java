package io.salespulse.bench;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.salespulse.bench.textbook.TextbookJob;
import io.salespulse.local.postgres.PostgresServer;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.function.LongConsumer;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;

/** The textbook Flink job on the same cluster; see {@link TextbookJob}. */
final class TextbookRung implements Rung {

    static final String NAME = "a textbook Flink job";

    private static final String PACKAGE = TextbookJob.class.getPackageName().replace('.', '/');

    private final BenchStack stack;
    private final int parallelism;
    private final Path jar;

    TextbookRung(BenchStack stack, int parallelism) throws IOException {
        this.stack = stack;
        this.parallelism = parallelism;
        jar = stack.folder().resolve("textbook-job.jar");
        packJar();
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Slope run(Workload workload, long from, LongConsumer progress)
            throws IOException, InterruptedException, SQLException {
        ClusterJob job = ClusterJob.prepare(stack);
        try (BenchStack.Database database = stack.createDatabase();
                Connection reader = database.connect(PostgresServer.READER)) {
            job.submit(
                    jar,
                    List.of(stack.bootstrapServers(), workload.topic(), database.jdbcUrl()),
                    parallelism);
            Slope slope = new CountedRows(reader).slope(job, workload, from, progress);
            Sums.read(reader).requireEqual(workload.expected(), name());
            return slope;
        } finally {
            job.cancel();
        }
    }

    /** Flink takes the jars below {@code lib/} of a job's jar for parts of it. */
    private void packJar() throws IOException {
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().put(Attributes.Name.MAIN_CLASS, TextbookJob.class.getName());
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar), manifest)) {
            addClasses(out);
            // The connectors are in the job's jar.
            add(out, "lib/connectors.jar", stack.layout().jobJar());
            add(out, "lib/databind.jar", placeOf(ObjectMapper.class));
            add(out, "lib/annotations.jar", placeOf(JsonProperty.class));
        }
    }

    private static void addClasses(JarOutputStream out) throws IOException {
        Path own = placeOf(TextbookJob.class);
        if (Files.isDirectory(own)) {
            addClasses(out, own.resolve(PACKAGE));
        } else {
            try (FileSystem content = FileSystems.newFileSystem(own)) {
                addClasses(out, content.getPath(PACKAGE));
            }
        }
    }

    private static void addClasses(JarOutputStream out, Path folder) throws IOException {
        try (Stream<Path> classes = Files.list(folder)) {
            for (Path file : classes.toList()) {
                add(out, PACKAGE + "/" + file.getFileName(), file);
            }
        }
    }

    private static void add(JarOutputStream out, String name, Path file) throws IOException {
        out.putNextEntry(new ZipEntry(name));
        Files.copy(file, out);
    }

    private static Path placeOf(Class<?> type) {
        URI place;
        try {
            place = type.getProtectionDomain().getCodeSource().getLocation().toURI();
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
        return Path.of(place);
    }
}
