package io.salespulse.local.grafana;

import io.salespulse.local.process.Await;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.concurrent.CancellationException;
import java.util.function.Supplier;

/**
 * One file over HTTP, verified. A transfer that breaks goes on where it broke, also in a later run.
 */
final class Download {

    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);

    /** A transfer that brings nothing for this long is broken. */
    private static final Duration READ_TIMEOUT = Duration.ofSeconds(30);

    private static final int ATTEMPTS = 5;
    private static final int BUFFER_BYTES = 1 << 16;

    private final URI source;
    private final String sha256;
    private final Progress progress;
    private final Supplier<Duration> pauses;

    /** Is told how far a transfer is. */
    interface Progress {

        /**
         * Called after each piece.
         *
         * @param bytes received so far, earlier attempts included
         * @param total size of the file; -1 if the server does not say
         */
        void received(long bytes, long total);
    }

    /**
     * @param sha256 expected checksum in lower-case hexadecimal digits
     * @param pauses before each attempt
     */
    Download(URI source, String sha256, Progress progress, Supplier<Duration> pauses) {
        this.source = source;
        this.sha256 = sha256;
        this.progress = progress;
        this.pauses = pauses;
    }

    /**
     * Fetches the file. If that fails, what was received stays for the next attempt, unless it is
     * complete and wrong: then it is deleted.
     *
     * @throws IOException if it cannot be had or is not the expected one; the message is a phrase
     *     that says why
     * @throws CancellationException if the thread is interrupted; noticed at the latest after 30 s
     */
    void fetchTo(Path file) throws IOException {
        Files.createDirectories(file.getParent());
        boolean resumed = Files.exists(file) && Files.size(file) > 0;
        transfer(file);
        if (resumed && !sha256Of(file).equals(sha256)) {
            // What an earlier run left may be of a file that the server has replaced.
            Files.delete(file);
            transfer(file);
        }
        String actual = sha256Of(file);
        if (!actual.equals(sha256)) {
            Files.delete(file);
            throw new IOException(
                    "its SHA-256 is %s instead of %s, so it was not used"
                            .formatted(actual, sha256));
        }
    }

    private void transfer(Path file) throws IOException {
        for (int attempt = 1; ; attempt++) {
            Await.sleep(pauses.get());
            try {
                transferOnce(file);
                return;
            } catch (BrokenTransferException e) {
                if (attempt == ATTEMPTS) {
                    throw e;
                }
            }
        }
    }

    private void transferOnce(Path file) throws IOException {
        long offset = Files.exists(file) ? Files.size(file) : 0;
        HttpURLConnection connection = open(offset);
        try {
            switch (connection.getResponseCode()) {
                case HttpURLConnection.HTTP_PARTIAL -> receive(connection, file, offset);
                case HttpURLConnection.HTTP_OK -> receive(connection, file, 0);
                case 416 -> {
                    // Nothing is left to send: the file is complete, or another one.
                    if (offset == 0) {
                        throw new IOException("the server answered with status 416");
                    }
                }
                default ->
                        throw new IOException(
                                "the server answered with status " + connection.getResponseCode());
            }
        } catch (UnknownHostException e) {
            throw new IOException("unknown host " + source.getHost(), e);
        } finally {
            connection.disconnect();
        }
    }

    /** Not the newer HTTP client: it has no time-out for a body that stops coming. */
    private HttpURLConnection open(long offset) throws IOException {
        HttpURLConnection connection = (HttpURLConnection) source.toURL().openConnection();
        connection.setConnectTimeout((int) CONNECT_TIMEOUT.toMillis());
        connection.setReadTimeout((int) READ_TIMEOUT.toMillis());
        if (offset > 0) {
            connection.setRequestProperty("Range", "bytes=" + offset + "-");
        }
        return connection;
    }

    private void receive(HttpURLConnection connection, Path file, long offset) throws IOException {
        long length = connection.getContentLengthLong();
        long total = length < 0 ? -1 : offset + length;
        long received = offset;
        try (InputStream in = connection.getInputStream();
                OutputStream out = openAt(file, offset)) {
            byte[] buffer = new byte[BUFFER_BYTES];
            for (int count = read(in, buffer); count >= 0; count = read(in, buffer)) {
                out.write(buffer, 0, count);
                received += count;
                progress.received(received, total);
            }
        }
        if (total >= 0 && received < total) {
            throw new BrokenTransferException(
                    "the transfer broke off after %,d of %,d bytes".formatted(received, total));
        }
    }

    private static OutputStream openAt(Path file, long offset) throws IOException {
        return offset == 0
                ? Files.newOutputStream(file)
                : Files.newOutputStream(file, StandardOpenOption.APPEND);
    }

    private static int read(InputStream in, byte[] buffer) throws BrokenTransferException {
        if (Thread.currentThread().isInterrupted()) {
            throw new CancellationException("interrupted");
        }
        try {
            return in.read(buffer);
        } catch (SocketTimeoutException e) {
            throw new BrokenTransferException(
                    "nothing came for " + READ_TIMEOUT.toSeconds() + " s", e);
        } catch (IOException e) {
            throw new BrokenTransferException("the transfer broke off: " + e.getMessage(), e);
        }
    }

    static String sha256Of(Path file) throws IOException {
        try (DigestInputStream in =
                new DigestInputStream(
                        Files.newInputStream(file), MessageDigest.getInstance("SHA-256"))) {
            in.transferTo(OutputStream.nullOutputStream());
            return HexFormat.of().formatHex(in.getMessageDigest().digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A transfer that began and did not end; another attempt may go on with it. */
    private static final class BrokenTransferException extends IOException {

        private static final long serialVersionUID = 1L;

        BrokenTransferException(String message) {
            super(message);
        }

        BrokenTransferException(String message, Throwable cause) {
            super(message, cause);
        }
    }
}
