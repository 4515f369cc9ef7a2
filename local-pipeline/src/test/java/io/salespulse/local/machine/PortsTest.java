package io.salespulse.local.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.salespulse.local.terminal.LocalPipelineException;
import java.io.IOException;
import java.net.BindException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PortsTest {

    @Test
    void namesATakenPortAndTheOptionThatMovesIt() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int port = taken.getLocalPort();
            assertThatThrownBy(() -> Ports.requireFree(port, "Kafka", "--kafka-port"))
                    .isInstanceOf(LocalPipelineException.class)
                    .hasMessageStartingWith("Port " + port + ", which Kafka needs, is taken")
                    .hasMessageEndingWith(
                            ". Stop that program or choose another port with --kafka-port.");
        }
    }

    @Test
    void keepsAGivenPort() {
        assertThat(Ports.orFree(9093)).isEqualTo(9093);
    }

    @Test
    void givesEachFreePortOutOnceAndNoneThatClientsGet() {
        assertThat(IntStream.range(0, 20).map(i -> Ports.orFree(0)))
                .doesNotHaveDuplicates()
                .allMatch(port -> port >= 15_000 && port < 32_000);
    }

    @Test
    void tellsOtherJvmsThatAFreePortIsGivenOut() {
        InetSocketAddress port =
                new InetSocketAddress(InetAddress.getLoopbackAddress(), Ports.orFree(0));

        assertThatThrownBy(() -> new DatagramSocket(port)).isInstanceOf(BindException.class);
    }
}
