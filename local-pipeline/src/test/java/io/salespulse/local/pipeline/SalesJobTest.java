package io.salespulse.local.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.salespulse.local.flink.FlinkRest;
import io.salespulse.local.machine.Ports;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SalesJobTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    sales-analytics RUNNING                             | RUNNING
                    sales-analytics CANCELED,sales-analytics RESTARTING | RESTARTING
                    sales-analytics RUNNING,sales-analytics CREATED     | RUNNING, CREATED
                    other RUNNING,sales-analytics FINISHED              | none
                    """)
    void findsTheStateByTheJobsName(String jobs, String state) throws IOException {
        HttpServer jobManager =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        byte[] overview = overviewOf(jobs).getBytes(StandardCharsets.UTF_8);
        jobManager.createContext(
                "/jobs/overview",
                exchange -> {
                    exchange.sendResponseHeaders(200, overview.length);
                    exchange.getResponseBody().write(overview);
                    exchange.close();
                });
        jobManager.start();
        try {
            assertThat(SalesJob.stateOn(new FlinkRest(jobManager.getAddress().getPort())))
                    .isEqualTo(state);
        } finally {
            jobManager.stop(0);
        }
    }

    @Test
    void saysThatTheJobManagerDoesNotAnswer() {
        assertThat(SalesJob.stateOn(new FlinkRest(Ports.orFree(0)))).isEqualTo("UNREACHABLE");
    }

    private static String overviewOf(String jobs) {
        return "{\"jobs\":["
                + jobs.replaceAll(
                        "([a-z-]+) ([A-Z]+)", "{\"jid\":\"0f\",\"name\":\"$1\",\"state\":\"$2\"}")
                + "]}";
    }
}
