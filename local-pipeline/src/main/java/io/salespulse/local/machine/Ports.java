package io.salespulse.local.machine;

import io.salespulse.local.terminal.LocalPipelineException;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/** TCP ports on the loopback interface. */
public final class Ports {

    /**
     * Free ports come from below the ranges that Linux (32768) and macOS (49152) give to outgoing
     * connections. From within them, a client that keeps dialling a stopped server can be given the
     * server's own port as its local one, and the server could not come back.
     */
    private static final int LOWEST = 15_000;

    private static final int HIGHEST = 32_000;

    private static final Set<Integer> GIVEN_OUT = new HashSet<>();

    /**
     * UDP sockets with the numbers of the free ports that were given out, open as long as this JVM:
     * so another one sees that a port is taken before its server listens, or while that is down.
     * None of the servers uses UDP.
     */
    private static final List<DatagramSocket> RESERVATIONS = new ArrayList<>();

    private Ports() {}

    /**
     * Returns {@code port}, or if that is 0 a free port that no other caller has been given, in
     * this JVM or in another that runs.
     */
    public static int orFree(int port) {
        return port == 0 ? free() : port;
    }

    private static synchronized int free() {
        for (int attempt = 0; attempt < 1_000; attempt++) {
            int port = ThreadLocalRandom.current().nextInt(LOWEST, HIGHEST);
            if (!GIVEN_OUT.contains(port) && isFree(port) && reserve(port)) {
                GIVEN_OUT.add(port);
                return port;
            }
        }
        throw new LocalPipelineException(
                "No free port between " + LOWEST + " and " + HIGHEST + ".");
    }

    private static boolean reserve(int port) {
        try {
            RESERVATIONS.add(
                    new DatagramSocket(
                            new InetSocketAddress(InetAddress.getLoopbackAddress(), port)));
            return true;
        } catch (SocketException e) {
            return false;
        }
    }

    /** Whether a server could listen on the port at this moment. */
    public static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket()) {
            // As the servers do; without it a port stays taken for a minute after its last
            // connection.
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /**
     * Checks that a server could listen on the port, and does not give it to anybody else from now
     * on.
     *
     * @param user what needs the port, for the message
     * @param option the command-line option that moves it
     * @throws LocalPipelineException if the port is taken; names port, owner where it can be found,
     *     and option
     */
    public static synchronized void requireFree(int port, String user, String option) {
        GIVEN_OUT.add(port);
        if (!isFree(port)) {
            String owner = PortOwner.of(port).map(" by "::concat).orElse("");
            throw new LocalPipelineException(
                    "Port %d, which %s needs, is taken%s. Stop that program or choose another port with %s."
                            .formatted(port, user, owner, option));
        }
    }

    /** Who listens on a port, as far as the machine's tools tell. */
    private static final class PortOwner {

        static Optional<String> of(int port) {
            return Executables.find("lsof")
                    .flatMap(
                            lsof ->
                                    Executables.outputOf(
                                            lsof.toString(),
                                            "-nP",
                                            "-t",
                                            "-iTCP:" + port,
                                            "-sTCP:LISTEN"))
                    .flatMap(pids -> pids.lines().findFirst())
                    .flatMap(PortOwner::describe);
        }

        private static Optional<String> describe(String pid) {
            return Optional.of(pid)
                    .filter(text -> text.matches("\\d+"))
                    .flatMap(text -> ProcessHandle.of(Long.parseLong(text)))
                    .map(
                            process ->
                                    process.info()
                                            .command()
                                            .map(command -> command + " (process " + pid + ")")
                                            .orElse("process " + pid));
        }
    }
}
