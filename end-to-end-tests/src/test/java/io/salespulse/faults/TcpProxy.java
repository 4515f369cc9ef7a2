package io.salespulse.faults;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * A bad network in front of a server on this machine: it refuses and cuts connections, delays what
 * they carry, or swallows it without a word. Each returns when it holds; {@link #heal} undoes all.
 */
final class TcpProxy implements AutoCloseable {

    /** A batch of rows is longer than this; log-in, pings and single statements are not. */
    private static final int LENGTH_OF_A_BATCH = 800;

    private final ServerSocket listener;
    private final int serverPort;
    private final Set<Link> links = ConcurrentHashMap.newKeySet();
    private final ExecutorService threads =
            Executors.newCachedThreadPool(
                    task -> {
                        Thread thread = new Thread(task, "proxy");
                        thread.setDaemon(true);
                        return thread;
                    });

    private volatile boolean refusing;
    private volatile boolean holding;
    private volatile long delayMillis;
    private volatile CountDownLatch halfABatch;

    TcpProxy(int serverPort) throws IOException {
        this.serverPort = serverPort;
        listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        threads.execute(this::listen);
    }

    int port() {
        return listener.getLocalPort();
    }

    /** Cuts every connection; new ones are cut too until {@link #heal}. */
    void refuse() {
        refusing = true;
        cut();
    }

    /** Cuts every connection; new ones work. */
    void cut() {
        links.forEach(Link::close);
    }

    /** Holds back everything, as a network that loses all packets does. */
    void blackHole() {
        holding = true;
    }

    /** Holds back everything for this long. */
    void delay(Duration time) {
        delayMillis = time.toMillis();
    }

    /**
     * Lets one connection send half a batch of rows and then nothing, for ever: the server holds
     * the locks of a transaction whose client has stopped. Other connections work.
     */
    void stopWithinABatch(Duration patience) throws InterruptedException {
        CountDownLatch stopped = new CountDownLatch(1);
        halfABatch = stopped;
        if (!stopped.await(patience.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new IllegalStateException("no batch within " + patience);
        }
    }

    void heal() {
        refusing = false;
        delayMillis = 0;
        halfABatch = null;
        synchronized (this) {
            holding = false;
            notifyAll();
        }
    }

    private void listen() {
        while (!listener.isClosed()) {
            try {
                accept(listener.accept());
            } catch (IOException e) {
                if (!listener.isClosed()) {
                    throw new UncheckedIOException(e);
                }
            }
        }
    }

    private void accept(Socket client) throws IOException {
        Socket server;
        try {
            if (refusing) {
                client.close();
                return;
            }
            server = new Socket(InetAddress.getLoopbackAddress(), serverPort);
        } catch (IOException e) {
            // The server is down: so is the connection.
            client.close();
            return;
        }
        Link link = new Link(client, server);
        links.add(link);
        threads.execute(() -> link.carry(client, server, true));
        threads.execute(() -> link.carry(server, client, false));
    }

    private synchronized void awaitPassage() throws InterruptedException {
        while (holding) {
            wait();
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
        heal();
        cut();
        threads.shutdownNow();
    }

    private final class Link {

        private final Socket client;
        private final Socket server;

        Link(Socket client, Socket server) {
            this.client = client;
            this.server = server;
        }

        void carry(Socket from, Socket to, boolean toServer) {
            byte[] buffer = new byte[64 * 1024];
            try {
                from.setTcpNoDelay(true);
                InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream();
                for (int length = in.read(buffer); length > 0; length = in.read(buffer)) {
                    awaitPassage();
                    Thread.sleep(delayMillis);
                    CountDownLatch wanted = halfABatch;
                    if (wanted != null && toServer && length > LENGTH_OF_A_BATCH) {
                        halfABatch = null;
                        out.write(buffer, 0, length / 2);
                        wanted.countDown();
                        return;
                    }
                    out.write(buffer, 0, length);
                }
                close();
            } catch (IOException | InterruptedException e) {
                // One side is gone, which the other must see.
                close();
            }
        }

        void close() {
            links.remove(this);
            for (Socket socket : new Socket[] {client, server}) {
                try {
                    socket.close();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        }
    }
}
