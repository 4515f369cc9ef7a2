package io.salespulse.audit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Properties;
import java.util.regex.Pattern;
import org.postgresql.Driver;

/** Where and as whom to connect. The password is in no text that this class gives out. */
record DatabaseLogin(String url, String user, String password) {
    private static final String PASSWORD_VARIABLE = "SALESPULSE_JDBC_PASSWORD";
    private static final Pattern LOOPBACK_ADDRESS = Pattern.compile("127(\\.\\d{1,3}){3}");

    /**
     * Finds the password: in the file, in the environment, or, on this machine only, the user's
     * name, which is the local stack's fixed login.
     *
     * @param passwordFile null if there is none
     * @param environmentPassword null if there is none
     */
    static DatabaseLogin of(String url, String user, Path passwordFile, String environmentPassword)
            throws CannotRunException {
        Properties parsed = Driver.parseURL(url, null);
        if (parsed == null) {
            throw new CannotRunException(
                    "--jdbc-url '"
                            + shown(url)
                            + "' is no PostgreSQL URL: use jdbc:postgresql://HOST:PORT/DATABASE");
        }
        if (parsed.containsKey("password")) {
            throw new CannotRunException(
                    "--jdbc-url holds a password: give it in "
                            + PASSWORD_VARIABLE
                            + " or with --jdbc-password-file");
        }
        if (passwordFile != null) {
            return new DatabaseLogin(url, user, read(passwordFile));
        }
        if (environmentPassword != null) {
            return new DatabaseLogin(url, user, environmentPassword);
        }
        if (Arrays.stream(parsed.getProperty("PGHOST").split(","))
                .allMatch(DatabaseLogin::isLoopback)) {
            return new DatabaseLogin(url, user, user);
        }
        throw new CannotRunException(
                "no password for "
                        + user
                        + " at "
                        + shown(url)
                        + ": set "
                        + PASSWORD_VARIABLE
                        + " or give --jdbc-password-file");
    }

    private static String read(Path passwordFile) throws CannotRunException {
        try {
            return Files.readString(passwordFile).stripTrailing();
        } catch (IOException e) {
            throw new CannotRunException(
                    "--jdbc-password-file " + passwordFile + " cannot be read: " + e, e);
        }
    }

    private static boolean isLoopback(String host) {
        return host.equals("localhost")
                || LOOPBACK_ADDRESS.matcher(host).matches()
                || host.equals("::1")
                || host.equals("[::1]");
    }

    /** The URL without its parameters, which may hold secrets. */
    String shownUrl() {
        return shown(url);
    }

    private static String shown(String url) {
        return url.split("\\?", 2)[0];
    }

    @Override
    public String toString() {
        return user + " at " + shownUrl();
    }
}
