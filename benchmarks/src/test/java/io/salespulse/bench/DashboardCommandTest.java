package io.salespulse.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import org.junit.jupiter.api.Test;

class DashboardCommandTest {

    @Test
    void asksWhereTheDayIsNearlyOver() {
        Instant midnight = Instant.parse("2026-01-15T00:30:00Z");
        for (int hour = 0; hour < 24; hour++) {
            Instant now = midnight.plus(Duration.ofHours(hour));

            ZoneId zone = ZoneId.of(DashboardCommand.zoneLateInTheDay(now));

            assertThat(now.atZone(zone).getHour()).as(now + " in " + zone).isEqualTo(23);
        }
    }
}
