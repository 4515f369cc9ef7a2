package io.salespulse.sink;

import static org.assertj.core.api.Assertions.assertThat;

import io.salespulse.config.JdbcConfig;
import io.salespulse.config.Secret;
import java.util.List;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.jdbc.JdbcExecutionOptions;
import org.junit.jupiter.api.Test;

class PostgresSinksTest {

    private final PostgresSinks sinks =
            new PostgresSinks(
                    new JdbcConfig("jdbc:postgresql://db/sales", "me", new Secret(""), true));

    /** By its defaults the connector would write 5,000 rows at once or at a checkpoint. */
    @Test
    void writeAFewMillisecondsAfterARowCame() {
        JdbcExecutionOptions expected =
                JdbcExecutionOptions.builder()
                        .withBatchIntervalMs(50)
                        .withBatchSize(1_000)
                        .withMaxRetries(3)
                        .build();

        assertThat(all()).extracting("delegate.executionOptions").containsOnly(expected);
    }

    /** Exactly-once would need prepared transactions, which show rows only after a checkpoint. */
    @Test
    void areAtLeastOnce() {
        assertThat(all())
                .extracting("delegate.deliveryGuarantee")
                .containsOnly(DeliveryGuarantee.AT_LEAST_ONCE);
    }

    private List<Sink<?>> all() {
        return List.of(
                sinks.categorySales(), sinks.rejectedEvents(), sinks.repairs(), sinks.heartbeats());
    }
}
