package io.salespulse.backfill;

import static io.salespulse.window.Fixtures.RULES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.salespulse.config.BackfillConfig;
import io.salespulse.config.StartRefusedException;
import io.salespulse.window.WindowRange;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Which windows a range stands for. */
class BackfillPlanTest {

    private final List<String> notes = new ArrayList<>();

    @Test
    void takesARangeOfWholeWindowsAsItIs() {
        assertThat(range("2026-01-15T10:00:00Z", "2026-01-15T11:00:00Z", Instant.EPOCH, false))
                .isEqualTo(between("2026-01-15T10:00:00Z", "2026-01-15T11:00:00Z"));
        assertThat(notes).isEmpty();
    }

    @Test
    void widensARangeToWholeWindowsAndSaysSo() {
        assertThat(
                        range(
                                "2026-01-15T10:00:59.999Z",
                                "2026-01-15T11:00:00.001Z",
                                Instant.EPOCH,
                                false))
                .isEqualTo(between("2026-01-15T10:00:00Z", "2026-01-15T11:01:00Z"));
        assertThat(notes)
                .containsExactly(
                        "widened to whole windows: 2026-01-15T10:00:00Z to 2026-01-15T11:01:00Z");
    }

    @Test
    void hasAnOpenEndWithoutOne() {
        assertThat(range("2026-01-15T10:00:00Z", null, Instant.EPOCH, false).to())
                .isEqualTo(BackfillPlan.OPEN_END);
        assertThat(notes).isEmpty();
    }

    @Test
    void namesTheFirstCompleteWindowAndRefusesToBeginBeforeIt() {
        assertThatThrownBy(
                        () ->
                                range(
                                        "2026-01-15T10:00:00Z",
                                        "2026-01-15T11:00:00Z",
                                        Instant.parse("2026-01-15T10:30:00Z"),
                                        false))
                .isInstanceOf(StartRefusedException.class)
                .hasMessage(
                        "The first complete window is 2026-01-15T10:30:00Z (the topic or this pipeline does not reach"
                                + " back further), but the range begins at 2026-01-15T10:00:00Z. Give --from"
                                + " 2026-01-15T10:30:00Z, or --allow-partial to take what is complete.");
    }

    @Test
    void takesWhatIsCompleteIfThatIsAllowed() {
        assertThat(
                        range(
                                "2026-01-15T10:00:00Z",
                                "2026-01-15T11:00:00Z",
                                Instant.parse("2026-01-15T10:30:00Z"),
                                true))
                .isEqualTo(between("2026-01-15T10:30:00Z", "2026-01-15T11:00:00Z"));
        assertThat(notes)
                .containsExactly("begins with the first complete window, 2026-01-15T10:30:00Z");
    }

    @Test
    void refusesARangeOfWhichNothingIsComplete() {
        assertThatThrownBy(
                        () ->
                                range(
                                        "2026-01-15T10:00:00Z",
                                        "2026-01-15T10:30:00Z",
                                        Instant.parse("2026-01-15T10:30:00Z"),
                                        true))
                .hasMessageEndingWith(
                        "and the whole range lies before it. It cannot be backfilled.");
    }

    private WindowRange range(String from, String to, Instant first, boolean allowPartial) {
        return BackfillPlan.range(
                new BackfillConfig(
                        Optional.of(Instant.parse(from)),
                        Optional.ofNullable(to).map(Instant::parse),
                        allowPartial,
                        false,
                        false),
                RULES,
                first,
                notes);
    }

    private static WindowRange between(String from, String to) {
        return WindowRange.between(
                Instant.parse(from).toEpochMilli(), Instant.parse(to).toEpochMilli());
    }
}
