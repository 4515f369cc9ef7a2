package io.salespulse.endtoend;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * A certificate authority, and a server's key and certificate for 127.0.0.1 that it signed, made by
 * the JDK's keytool.
 *
 * @param authority PEM file with the authority's certificate
 * @param server PEM file with the server's key and certificate chain, readable by its owner only
 */
record Certificates(Path authority, Path server) {

    private static final String STORE_PASSWORD = "not-a-secret";

    /**
     * Makes new ones in a folder, which is created if it is missing and whose name is the
     * authority's.
     */
    static Certificates create(Path folder)
            throws IOException, InterruptedException, GeneralSecurityException {
        Files.createDirectories(folder);
        Path store = folder.resolve("keys.p12");
        String name = "CN=" + folder.getFileName();
        generateKey(store, "authority", name, "-ext", "bc:critical=ca:true");
        generateKey(
                store, "server", "CN=server", "-ext", "san=ip:127.0.0.1", "-signer", "authority");
        KeyStore keys = load(store);
        Certificates certificates =
                new Certificates(
                        folder.resolve("authority.pem"),
                        Files.createFile(
                                folder.resolve("server.pem"),
                                PosixFilePermissions.asFileAttribute(
                                        PosixFilePermissions.fromString("rw-------"))));
        Files.writeString(certificates.authority(), pem(keys.getCertificate("authority")));
        StringBuilder server = new StringBuilder();
        server.append(
                pem(
                        "PRIVATE KEY",
                        keys.getKey("server", STORE_PASSWORD.toCharArray()).getEncoded()));
        for (Certificate certificate : keys.getCertificateChain("server")) {
            server.append(pem(certificate));
        }
        Files.writeString(certificates.server(), server);
        return certificates;
    }

    private static void generateKey(Path store, String alias, String name, String... options)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        command.addAll(List.of("-genkeypair", "-alias", alias, "-dname", name));
        command.addAll(List.of("-keyalg", "EC", "-groupname", "secp256r1", "-validity", "2"));
        command.addAll(List.of("-storetype", "PKCS12", "-keystore", store.toString()));
        command.addAll(List.of("-storepass", STORE_PASSWORD));
        command.addAll(List.of(options));
        Process keytool = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(keytool.getInputStream().readAllBytes(), UTF_8);
        if (keytool.waitFor() != 0) {
            throw new IllegalStateException("keytool: " + output);
        }
    }

    private static KeyStore load(Path store) throws IOException, GeneralSecurityException {
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, STORE_PASSWORD.toCharArray());
        }
        return keys;
    }

    private static String pem(Certificate certificate) throws GeneralSecurityException {
        return pem("CERTIFICATE", certificate.getEncoded());
    }

    private static String pem(String type, byte[] encoded) {
        String lines = Base64.getMimeEncoder(64, "\n".getBytes(US_ASCII)).encodeToString(encoded);
        return "-----BEGIN %s-----\n%s\n-----END %s-----\n".formatted(type, lines, type);
    }
}
