package io.salespulse.config;

import java.time.Duration;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ExternalizedCheckpointRetention;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.core.execution.CheckpointingMode;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** The Flink settings that the job brings along. */
public final class JobSettings {

    /**
     * Key groups: the most subtasks that state can be spread over. Fixed for the life of the state.
     */
    private static final int MAX_PARALLELISM = 720;

    private JobSettings() {}

    /**
     * Sets what exact results rest on, and defaults for what an operator may choose: where the
     * cluster's configuration or {@code flink run -D…} says something about recovery, that stands.
     */
    public static void applyTo(StreamExecutionEnvironment environment) {
        Configuration settings = new Configuration();
        setRequired(settings);
        setDefaults(new Defaults(environment.getConfiguration(), settings));
        environment.configure(settings);
    }

    /**
     * Sets what a bounded run needs. It takes no checkpoints: it writes absolute values, so after a
     * failure it reads its range again from the start, and is done as soon as the last record is.
     */
    public static void applyToBackfill(StreamExecutionEnvironment environment) {
        Configuration settings = new Configuration();
        setShared(settings);
        settings.set(RestartStrategyOptions.RESTART_STRATEGY, "fixed-delay");
        settings.set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_ATTEMPTS, 5);
        settings.set(
                RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_DELAY, Duration.ofSeconds(2));
        environment.configure(settings);
        environment.getCheckpointConfig().disableCheckpointing();
    }

    private static void setRequired(Configuration settings) {
        setShared(settings);
        settings.set(
                CheckpointingOptions.CHECKPOINTING_CONSISTENCY_MODE,
                CheckpointingMode.EXACTLY_ONCE);
        // Replayed records that were in flight would come before the restored watermark.
        settings.set(CheckpointingOptions.ENABLE_UNALIGNED, false);
    }

    private static void setShared(Configuration settings) {
        settings.set(PipelineOptions.MAX_PARALLELISM, MAX_PARALLELISM);
        settings.set(PipelineOptions.OBJECT_REUSE, true);
        settings.set(PipelineOptions.GENERIC_TYPES, false);
        settings.set(PipelineOptions.AUTO_GENERATE_UIDS, false);
    }

    private static void setDefaults(Defaults defaults) {
        defaults.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ofSeconds(10));
        defaults.set(CheckpointingOptions.CHECKPOINTING_TIMEOUT, Duration.ofMinutes(2));
        defaults.set(CheckpointingOptions.TOLERABLE_FAILURE_NUMBER, 10);
        defaults.set(CheckpointingOptions.MAX_RETAINED_CHECKPOINTS, 3);
        defaults.set(
                CheckpointingOptions.EXTERNALIZED_CHECKPOINT_RETENTION,
                ExternalizedCheckpointRetention.RETAIN_ON_CANCELLATION);
        defaults.set(RestartStrategyOptions.RESTART_STRATEGY, "exponential-delay");
        defaults.set(
                RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_INITIAL_BACKOFF,
                Duration.ofMillis(500));
        defaults.set(
                RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_MAX_BACKOFF,
                Duration.ofSeconds(5));
        defaults.set(
                RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_RESET_BACKOFF_THRESHOLD,
                Duration.ofMinutes(1));
    }

    private record Defaults(ReadableConfig given, Configuration settings) {
        <T> void set(ConfigOption<T> option, T value) {
            if (given.getOptional(option).isEmpty()) {
                settings.set(option, value);
            }
        }
    }
}
