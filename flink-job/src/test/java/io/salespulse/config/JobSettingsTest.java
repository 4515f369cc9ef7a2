package io.salespulse.config;

import static org.apache.flink.configuration.CheckpointingOptions.CHECKPOINTING_CONSISTENCY_MODE;
import static org.apache.flink.configuration.CheckpointingOptions.CHECKPOINTING_INTERVAL;
import static org.apache.flink.configuration.CheckpointingOptions.CHECKPOINTING_TIMEOUT;
import static org.apache.flink.configuration.CheckpointingOptions.ENABLE_UNALIGNED;
import static org.apache.flink.configuration.CheckpointingOptions.EXTERNALIZED_CHECKPOINT_RETENTION;
import static org.apache.flink.configuration.CheckpointingOptions.MAX_RETAINED_CHECKPOINTS;
import static org.apache.flink.configuration.CheckpointingOptions.TOLERABLE_FAILURE_NUMBER;
import static org.apache.flink.configuration.PipelineOptions.AUTO_GENERATE_UIDS;
import static org.apache.flink.configuration.PipelineOptions.GENERIC_TYPES;
import static org.apache.flink.configuration.PipelineOptions.MAX_PARALLELISM;
import static org.apache.flink.configuration.PipelineOptions.OBJECT_REUSE;
import static org.apache.flink.configuration.RestartStrategyOptions.RESTART_STRATEGY;
import static org.apache.flink.configuration.RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_INITIAL_BACKOFF;
import static org.apache.flink.configuration.RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_MAX_BACKOFF;
import static org.apache.flink.configuration.RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_RESET_BACKOFF_THRESHOLD;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ExternalizedCheckpointRetention;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.core.execution.CheckpointingMode;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.junit.jupiter.api.Test;

class JobSettingsTest {

    @Test
    void setsWhatExactResultsRestOn() {
        assertRequired(applyTo(new Configuration()));
    }

    @Test
    void exactResultsAreNotUpToTheCluster() {
        Configuration cluster = new Configuration();
        cluster.set(CHECKPOINTING_CONSISTENCY_MODE, CheckpointingMode.AT_LEAST_ONCE);
        cluster.set(ENABLE_UNALIGNED, true);
        cluster.set(MAX_PARALLELISM, 8);
        cluster.set(OBJECT_REUSE, false);
        cluster.set(GENERIC_TYPES, true);
        cluster.set(AUTO_GENERATE_UIDS, true);

        assertRequired(applyTo(cluster));
    }

    @Test
    void bringsDefaultsForRecovery() {
        ReadableConfig settings = applyTo(new Configuration());

        assertThat(settings.get(CHECKPOINTING_INTERVAL)).isEqualTo(Duration.ofSeconds(10));
        assertThat(settings.get(CHECKPOINTING_TIMEOUT)).isEqualTo(Duration.ofMinutes(2));
        assertThat(settings.get(TOLERABLE_FAILURE_NUMBER)).isEqualTo(10);
        assertThat(settings.get(MAX_RETAINED_CHECKPOINTS)).isEqualTo(3);
        assertThat(settings.get(EXTERNALIZED_CHECKPOINT_RETENTION))
                .isEqualTo(ExternalizedCheckpointRetention.RETAIN_ON_CANCELLATION);
        assertThat(settings.get(RESTART_STRATEGY)).isEqualTo("exponential-delay");
        assertThat(settings.get(RESTART_STRATEGY_EXPONENTIAL_DELAY_INITIAL_BACKOFF))
                .isEqualTo(Duration.ofMillis(500));
        assertThat(settings.get(RESTART_STRATEGY_EXPONENTIAL_DELAY_MAX_BACKOFF))
                .isEqualTo(Duration.ofSeconds(5));
        assertThat(settings.get(RESTART_STRATEGY_EXPONENTIAL_DELAY_RESET_BACKOFF_THRESHOLD))
                .isEqualTo(Duration.ofMinutes(1));
    }

    @Test
    void recoveryIsUpToTheCluster() {
        Configuration cluster = new Configuration();
        cluster.set(CHECKPOINTING_INTERVAL, Duration.ofSeconds(1));
        cluster.set(CHECKPOINTING_TIMEOUT, Duration.ofSeconds(2));
        cluster.set(TOLERABLE_FAILURE_NUMBER, 3);
        cluster.set(MAX_RETAINED_CHECKPOINTS, 4);
        cluster.set(
                EXTERNALIZED_CHECKPOINT_RETENTION,
                ExternalizedCheckpointRetention.DELETE_ON_CANCELLATION);
        cluster.set(RESTART_STRATEGY, "disable");
        cluster.set(RESTART_STRATEGY_EXPONENTIAL_DELAY_INITIAL_BACKOFF, Duration.ofMillis(5));
        cluster.set(RESTART_STRATEGY_EXPONENTIAL_DELAY_MAX_BACKOFF, Duration.ofMillis(6));
        cluster.set(
                RESTART_STRATEGY_EXPONENTIAL_DELAY_RESET_BACKOFF_THRESHOLD, Duration.ofSeconds(7));

        ReadableConfig settings = applyTo(cluster);

        assertThat(settings.get(CHECKPOINTING_INTERVAL)).isEqualTo(Duration.ofSeconds(1));
        assertThat(settings.get(CHECKPOINTING_TIMEOUT)).isEqualTo(Duration.ofSeconds(2));
        assertThat(settings.get(TOLERABLE_FAILURE_NUMBER)).isEqualTo(3);
        assertThat(settings.get(MAX_RETAINED_CHECKPOINTS)).isEqualTo(4);
        assertThat(settings.get(EXTERNALIZED_CHECKPOINT_RETENTION))
                .isEqualTo(ExternalizedCheckpointRetention.DELETE_ON_CANCELLATION);
        assertThat(settings.get(RESTART_STRATEGY)).isEqualTo("disable");
        assertThat(settings.get(RESTART_STRATEGY_EXPONENTIAL_DELAY_INITIAL_BACKOFF))
                .isEqualTo(Duration.ofMillis(5));
        assertThat(settings.get(RESTART_STRATEGY_EXPONENTIAL_DELAY_MAX_BACKOFF))
                .isEqualTo(Duration.ofMillis(6));
        assertThat(settings.get(RESTART_STRATEGY_EXPONENTIAL_DELAY_RESET_BACKOFF_THRESHOLD))
                .isEqualTo(Duration.ofSeconds(7));
    }

    @Test
    void oneSettingOfTheClusterLeavesTheOtherDefaults() {
        Configuration cluster = new Configuration();
        cluster.set(CHECKPOINTING_INTERVAL, Duration.ofSeconds(1));

        assertThat(applyTo(cluster).get(MAX_RETAINED_CHECKPOINTS)).isEqualTo(3);
    }

    private static void assertRequired(ReadableConfig settings) {
        assertThat(settings.get(CHECKPOINTING_CONSISTENCY_MODE))
                .isEqualTo(CheckpointingMode.EXACTLY_ONCE);
        assertThat(settings.get(ENABLE_UNALIGNED)).isFalse();
        assertThat(settings.get(MAX_PARALLELISM)).isEqualTo(720);
        assertThat(settings.get(OBJECT_REUSE)).isTrue();
        assertThat(settings.get(GENERIC_TYPES)).isFalse();
        assertThat(settings.get(AUTO_GENERATE_UIDS)).isFalse();
    }

    private static ReadableConfig applyTo(Configuration cluster) {
        StreamExecutionEnvironment environment = new StreamExecutionEnvironment(cluster);
        JobSettings.applyTo(environment);
        return environment.getConfiguration();
    }
}
