package io.salespulse.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a Java process keeps on its heap, told by the JDK's {@code jcmd}. */
record HeapWatch(long pid) {

    private static final Pattern TOTAL = Pattern.compile("Total\\s+\\d+\\s+(\\d+)");

    /** Mebibytes in use after a full collection, which this causes. */
    double usedMiB() throws IOException, InterruptedException {
        Process process =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                                Long.toString(pid),
                                "GC.class_histogram")
                        .redirectErrorStream(true)
                        .start();
        process.getOutputStream().close();
        String histogram =
                new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        Matcher total = TOTAL.matcher(histogram);
        if (!total.find()) {
            throw new IOException("jcmd told nothing of process " + pid + ": " + histogram);
        }
        return Long.parseLong(total.group(1)) / (1024.0 * 1024);
    }
}
