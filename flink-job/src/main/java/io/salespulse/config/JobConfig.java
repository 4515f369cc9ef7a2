package io.salespulse.config;

import io.salespulse.event.WindowRules;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Everything that the job can be told, validated. Made by {@link JobOptions}.
 *
 * @param stateRetention how long after its end, in event time, a window's sums are kept
 * @param idleTimeout after how long without a valid record a partition holds nobody up
 * @param earlyInterval a changed window is written at most once in this time, and once more at its
 *     end and before a checkpoint
 * @param startingOffsets where a start without state begins; empty for the beginning of the log
 * @param print each result also on the TaskManagers' standard output
 * @param backfill what to recompute; empty for the live job
 */
public record JobConfig(
        KafkaConfig kafka,
        JdbcConfig jdbc,
        WindowRules rules,
        Duration stateRetention,
        Duration idleTimeout,
        Duration earlyInterval,
        Optional<Instant> startingOffsets,
        boolean print,
        Optional<BackfillConfig> backfill) {}
