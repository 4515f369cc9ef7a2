package io.salespulse.local.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class PipelineStatusTest {

    @Test
    void isOneLine() {
        PipelineStatus status =
                new PipelineStatus(
                        OptionalLong.of(1_234_567),
                        OptionalLong.of(66),
                        Optional.of(Instant.parse("2026-01-15T10:07:00Z")),
                        OptionalDouble.of(0.34),
                        "RUNNING");

        assertThat(status.format(ZoneOffset.ofHours(1)))
                .isEqualTo(
                        "events 1,234,567 | rows 66 | latest window 2026-01-15 11:07 | freshness 0.3 s | job RUNNING");
    }

    @Test
    void leavesOutWhatIsNotKnown() {
        PipelineStatus status =
                new PipelineStatus(
                        OptionalLong.empty(),
                        OptionalLong.empty(),
                        Optional.empty(),
                        OptionalDouble.empty(),
                        "UNREACHABLE");

        assertThat(status.format(ZoneOffset.UTC))
                .isEqualTo("events - | rows - | latest window - | freshness - | job UNREACHABLE");
    }
}
