package io.salespulse.datagen;

import java.time.Duration;
import java.util.Locale;

/** Words for how a run goes, from the counts of two moments. */
final class Status {

    private static final int BAR_WIDTH = 30;

    private Status() {}

    /**
     * @param between the two counts; positive
     * @param quiet how long nothing has been acknowledged although events are on their way
     * @param behind how far the events lag behind the schedule
     */
    static String line(
            EventSender.Counts before,
            EventSender.Counts now,
            Duration between,
            Duration quiet,
            Duration behind) {
        String line =
                String.format(
                        Locale.ROOT,
                        "%,d/s, %,d sent, %,d acknowledged, %,d failed",
                        rate(before, now, between),
                        now.sent(),
                        now.acknowledged(),
                        now.failed());
        return line + trouble(quiet, behind);
    }

    /** The same with a bar, for a known number of events. */
    static String bar(
            long count,
            EventSender.Counts before,
            EventSender.Counts now,
            Duration between,
            Duration quiet,
            Duration behind) {
        int filled = (int) (BAR_WIDTH * now.acknowledged() / count);
        long rate = rate(before, now, between);
        String left = rate == 0 ? "-" : (count - now.acknowledged() + rate - 1) / rate + " s";
        String line =
                String.format(
                        Locale.ROOT,
                        "[%s%s] %3d %%  %,d of %,d acknowledged, %,d failed, %,d/s, %s left",
                        "#".repeat(filled),
                        " ".repeat(BAR_WIDTH - filled),
                        100 * now.acknowledged() / count,
                        now.acknowledged(),
                        count,
                        now.failed(),
                        rate,
                        left);
        return line + trouble(quiet, behind);
    }

    /**
     * @param sending from the first event to the last acknowledgement
     * @param cpu of the whole process since its start; zero if unknown
     */
    static String totals(EventSender.Counts counts, Duration sending, Duration cpu) {
        String line =
                String.format(
                        Locale.ROOT,
                        "sent %,d events in %.2f s (%,.1f/s): %,d acknowledged, %,d failed",
                        counts.sent(),
                        sending.toNanos() / 1e9,
                        perSecond(counts.acknowledged(), sending),
                        counts.acknowledged(),
                        counts.failed());
        return cpu.isZero()
                ? line
                : line
                        + String.format(
                                Locale.ROOT,
                                "; %.2f CPU s, %,.0f events per CPU s",
                                cpu.toNanos() / 1e9,
                                perSecond(counts.acknowledged(), cpu));
    }

    private static String trouble(Duration quiet, Duration behind) {
        String text = "";
        if (quiet.toSeconds() >= 2) {
            text += ", no acknowledgement for " + quiet.toSeconds() + " s";
        }
        if (!behind.isZero()) {
            text += String.format(Locale.ROOT, ", %.1f s behind the rate", behind.toMillis() / 1e3);
        }
        return text;
    }

    private static long rate(EventSender.Counts before, EventSender.Counts now, Duration between) {
        return Math.round(perSecond(now.acknowledged() - before.acknowledged(), between));
    }

    private static double perSecond(long events, Duration duration) {
        return duration.isZero() ? 0 : events * 1e9 / duration.toNanos();
    }
}
