package io.salespulse.dashboards;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MacroExpanderTest {

    private static final MacroExpander EXPANDER =
            new MacroExpander(
                    Instant.parse("2026-01-15T10:00:00Z"),
                    Instant.parse("2026-01-15T11:40:00.250Z"),
                    Duration.ofSeconds(90));

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "$__timeFilter(t) | t BETWEEN '2026-01-15T10:00:00Z' AND '2026-01-15T11:40:00.250Z'",
                "$__timeFrom() | '2026-01-15T10:00:00Z'",
                "$__timeTo()::timestamptz | '2026-01-15T11:40:00.250Z'::timestamptz",
                "$__time( t ) | t AS \"time\"",
                "$__timeEpoch(t) | extract(epoch from t) as \"time\"",
                "$__timeGroup(t,'1h') | floor(extract(epoch from t)/3600)*3600",
                "$__timeGroupAlias(t, $__interval) | floor(extract(epoch from t)/60)*60 AS \"time\"",
                "$__timeGroup(t, 500ms) | floor(extract(epoch from t)/0.5)*0.5",
                "$__unixEpochFilter(e) | e >= 1768471200 AND e <= 1768477200",
                "$__unixEpochFrom() | 1768471200",
                "$__interval_ms $__interval | 90000 1m",
                "a -- gone, '$__nothing(x)' | a",
                "'--stays' /* gone */ | '--stays'",
            })
    void expandsMacros(String sql, String expected) {
        assertThat(EXPANDER.expand(sql, Map.of()).strip()).isEqualTo(expected);
    }

    @Test
    void replacesVariablesBeforeMacros() {
        Map<String, String> variables =
                Map.of(
                        "category",
                        MacroExpander.several(List.of("Home", "Kids' (--) $1")),
                        "__timezone",
                        MacroExpander.single("Europe/Rome"));

        assertThat(EXPANDER.expand("c IN ($category) AT '${__timezone}'", variables))
                .isEqualTo("c IN ('Home','Kids'' (--) $1') AT 'Europe/Rome'");
    }

    @Test
    void refusesWhatItDoesNotKnow() {
        assertThatThrownBy(() -> EXPANDER.expand("$__timeGruop(t)", Map.of()))
                .hasMessage("Unknown macro $__timeGruop");
        assertThatThrownBy(() -> EXPANDER.expand("x = $region", Map.of()))
                .hasMessage("Unknown variable $region");
        assertThatThrownBy(() -> EXPANDER.expand("$__timeGroup(t, soon)", Map.of()))
                .hasMessage("Not an interval: soon");
    }
}
