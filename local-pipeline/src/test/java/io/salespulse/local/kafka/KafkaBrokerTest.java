package io.salespulse.local.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class KafkaBrokerTest {

    /** One random id in 64 would begin with a dash. */
    @Test
    void clusterIdsAreNoOptions() {
        assertThat(Stream.generate(KafkaBroker::clusterId).limit(5_000))
                .noneMatch(id -> id.startsWith("-"));
    }
}
