package io.salespulse.local.flink;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a JobManager says only now and then; the rest is tested on real ones. */
class FlinkRestTest {

    private static final String JOB = "18fb63b4d9da2d657372ced348104902";

    private final List<String> requests = new CopyOnWriteArrayList<>();
    private volatile String jobs = "";
    private HttpServer jobManager;
    private FlinkRest rest;

    @BeforeEach
    void start() throws IOException {
        jobManager =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        jobManager.createContext("/", this::answer);
        jobManager.start();
        rest = new FlinkRest(jobManager.getAddress().getPort());
    }

    @AfterEach
    void stop() {
        jobManager.stop(0);
    }

    private void answer(HttpExchange exchange) throws IOException {
        requests.add(exchange.getRequestMethod() + " " + exchange.getRequestURI());
        byte[] body = ("{\"jobs\":[%s]}".formatted(jobs)).getBytes(UTF_8);
        exchange.sendResponseHeaders(200, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    /** A job that was suspended while its JobManager was not the leader, and ends later. */
    @Test
    void takesACancelledJobThatFlinkHasForgottenForEnded() {
        rest.cancel(JOB, Duration.ofSeconds(10));

        assertThat(requests)
                .containsExactly("PATCH /jobs/" + JOB + "?mode=cancel", "GET /jobs/overview");
    }

    @Test
    void namesTheStateOfAJobThatDoesNotEnd() {
        jobs = "{\"jid\":\"%s\",\"name\":\"sales\",\"state\":\"CANCELLING\"}".formatted(JOB);

        assertThatThrownBy(() -> rest.cancel(JOB, Duration.ofMillis(1)))
                .isInstanceOf(FlinkRestException.class)
                .hasMessage("Job " + JOB + " is not cancelled after PT0.001S (state CANCELLING)");
    }
}
