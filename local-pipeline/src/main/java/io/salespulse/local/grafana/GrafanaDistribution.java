package io.salespulse.local.grafana;

import io.salespulse.local.machine.Folders;
import io.salespulse.local.machine.TarArchive;
import io.salespulse.local.process.Backoff;
import io.salespulse.local.terminal.LocalPipelineException;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.zip.GZIPInputStream;

/**
 * A release of Grafana in a folder that all checkouts' data folders share: fetched from the network
 * once, verified before it is unpacked, and there as a whole or not at all. Processes that want it
 * at the same time wait for the first one.
 */
final class GrafanaDistribution {

    private final GrafanaRelease release;
    private final String platform;
    private final URI source;
    private final Path downloads;

    /**
     * @param source where the archive is fetched from, see {@link GrafanaRelease#archive}
     * @param downloads folder that keeps it
     */
    GrafanaDistribution(GrafanaRelease release, String platform, URI source, Path downloads) {
        this.release = release;
        this.platform = platform;
        this.source = source;
        this.downloads = downloads;
    }

    /** The release's and the platform's name, for messages. */
    String name() {
        return "Grafana %s for %s".formatted(release.version(), platform);
    }

    URI archive() {
        return release.archive(source, platform);
    }

    /** What was fetched before; empty if nothing was. */
    Optional<GrafanaInstallation> installed() {
        return GrafanaInstallation.in(target());
    }

    /**
     * Fetches and unpacks it, if nobody has.
     *
     * @throws LocalPipelineException if it cannot be had; one line that says why and what to do
     */
    GrafanaInstallation fetch(Download.Progress progress) {
        String checksum =
                release.checksum(platform)
                        .orElseThrow(
                                () ->
                                        new LocalPipelineException(
                                                "%s is not fetched, as its checksum is not known here. %s"
                                                        .formatted(name(), waysOn())));
        try (FileChannel channel = lockFile();
                FileLock lock = channel.lock()) {
            if (installed().isEmpty()) {
                Path archive = downloads.resolve(target().getFileName() + ".tar.gz");
                new Download(archive(), checksum, progress, new Backoff()::next).fetchTo(archive);
                unpack(archive);
                Files.delete(archive);
            }
        } catch (IOException e) {
            throw new LocalPipelineException(
                    "%s could not be fetched from %s: %s. Install it yourself and set %s to its folder, or name a mirror with --grafana-mirror."
                            .formatted(
                                    name(),
                                    archive(),
                                    e.getMessage(),
                                    GrafanaInstallation.HOME_VARIABLE),
                    e);
        }
        return installed()
                .orElseThrow(
                        () ->
                                new LocalPipelineException(
                                        "%s from %s has no bin/grafana or no conf/defaults.ini. %s"
                                                .formatted(name(), archive(), waysOn())));
    }

    private static String waysOn() {
        return "Install it yourself and set %s to its folder."
                .formatted(GrafanaInstallation.HOME_VARIABLE);
    }

    private FileChannel lockFile() throws IOException {
        Files.createDirectories(downloads);
        return FileChannel.open(
                downloads.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    }

    private void unpack(Path archive) throws IOException {
        Path unfinished = downloads.resolve(target().getFileName() + "-unfinished");
        Folders.delete(unfinished);
        try (InputStream file = new BufferedInputStream(Files.newInputStream(archive), 1 << 16);
                InputStream tar = new GZIPInputStream(file, 1 << 16)) {
            TarArchive.extract(tar, unfinished);
        }
        // A folder of that name is complete: an interrupted unpacking is done again.
        Files.move(unfinished.resolve(release.folder()), target());
        Folders.delete(unfinished);
    }

    private Path target() {
        return downloads.resolve(release.folder() + "-" + platform);
    }
}
