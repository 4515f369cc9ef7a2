package io.salespulse.local.grafana;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A web server with one file that can be made to break transfers off. */
final class FileServer implements AutoCloseable {

    private final HttpServer server;
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private volatile byte[] file;
    private volatile int status = 200;
    private volatile int brokenTransfers;
    private volatile int bytesBeforeBreak;
    private volatile boolean ranges = true;

    FileServer(byte[] file) throws IOException {
        this.file = file;
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.start();
    }

    /** Path and Range header of each request so far. */
    List<String> requests() {
        return List.copyOf(requests);
    }

    URI uri() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    void replaceFile(byte[] content) {
        file = content;
    }

    void answerWithStatus(int code) {
        status = code;
    }

    void ignoreRanges() {
        ranges = false;
    }

    /** The next transfers end after so many bytes, without the rest that was promised. */
    void breakTransfers(int count, int afterBytes) {
        brokenTransfers = count;
        bytesBeforeBreak = afterBytes;
    }

    private void answer(HttpExchange exchange) throws IOException {
        String range = exchange.getRequestHeaders().getFirst("Range");
        requests.add(exchange.getRequestURI() + (range == null ? "" : " " + range));
        if (status != 200) {
            exchange.sendResponseHeaders(status, -1);
            exchange.close();
            return;
        }
        int offset = range == null || !ranges ? 0 : Integer.parseInt(range.replaceAll("\\D", ""));
        if (offset >= file.length) {
            exchange.sendResponseHeaders(416, -1);
            exchange.close();
            return;
        }
        send(exchange, offset);
    }

    private void send(HttpExchange exchange, int offset) throws IOException {
        byte[] rest = Arrays.copyOfRange(file, offset, file.length);
        Headers headers = exchange.getResponseHeaders();
        headers.set("Content-Type", "application/gzip");
        exchange.sendResponseHeaders(offset > 0 ? 206 : 200, rest.length);
        if (brokenTransfers > 0) {
            brokenTransfers--;
            exchange.getResponseBody().write(rest, 0, Math.min(rest.length, bytesBeforeBreak));
            exchange.getResponseBody().flush();
        } else {
            exchange.getResponseBody().write(rest);
        }
        exchange.close();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
