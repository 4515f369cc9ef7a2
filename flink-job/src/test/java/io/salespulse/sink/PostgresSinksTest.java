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
        assertThat(inBatches())
                .extracting("delegate.executionOptions")
                .containsOnly(options(50, 1_000));
    }

    @Test
    void writeResultsWhenTheyAreHandedOver() {
        assertThat(sinks.categorySales())
                .extracting("delegate.delegate.executionOptions")
                .isEqualTo(options(0, 1));
    }

    /** Exactly-once would need prepared transactions, which show rows only after a checkpoint. */
    @Test
    void areAtLeastOnce() {
        assertThat(inBatches())
                .extracting("delegate.deliveryGuarantee")
                .containsOnly(DeliveryGuarantee.AT_LEAST_ONCE);
        assertThat(sinks.categorySales())
                .extracting("delegate.delegate.deliveryGuarantee")
                .isEqualTo(DeliveryGuarantee.AT_LEAST_ONCE);
    }

    private List<Sink<?>> inBatches() {
        return List.of(sinks.rejectedEvents(), sinks.repairs(), sinks.heartbeats());
    }

    private static JdbcExecutionOptions options(long intervalMillis, int batchSize) {
        return JdbcExecutionOptions.builder()
                .withBatchIntervalMs(intervalMillis)
                .withBatchSize(batchSize)
                .withMaxRetries(3)
                .build();
    }
}
