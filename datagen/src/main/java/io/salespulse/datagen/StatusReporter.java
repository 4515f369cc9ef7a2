package io.salespulse.datagen;

import java.io.PrintStream;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Reports once a second how a run goes: a line, or on a terminal and with a known number of events
 * a bar.
 */
final class StatusReporter implements AutoCloseable {

    private final EventSender sender;
    private final Pacer pacer;
    private final OptionalLong barOf;
    private final Runnable everySecond;
    private final PrintStream out;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread thread = new Thread(this::run, "status");
    private int barLength;

    /**
     * @param barOf the number of events of the bar; empty for lines
     * @param everySecond is run beside each report
     */
    StatusReporter(
            EventSender sender,
            Pacer pacer,
            OptionalLong barOf,
            Runnable everySecond,
            PrintStream out) {
        this.sender = sender;
        this.pacer = pacer;
        this.barOf = barOf;
        this.everySecond = everySecond;
        this.out = out;
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    @Override
    public void close() {
        closed.countDown();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        EventSender.Counts before = new EventSender.Counts(0, 0, 0);
        long beforeNanos = System.nanoTime();
        long lastProgressNanos = beforeNanos;
        long nextNanos = beforeNanos;
        while (true) {
            nextNanos += TimeUnit.SECONDS.toNanos(1);
            if (awaitClosed(nextNanos - System.nanoTime())) {
                break;
            }
            EventSender.Counts now = sender.counts();
            long nowNanos = System.nanoTime();
            if (now.acknowledged() > before.acknowledged() || now.onTheirWay() == 0) {
                lastProgressNanos = nowNanos;
            }
            report(before, now, nowNanos - beforeNanos, nowNanos - lastProgressNanos);
            everySecond.run();
            before = now;
            beforeNanos = nowNanos;
        }
        endBar();
    }

    private boolean awaitClosed(long nanos) {
        try {
            return closed.await(nanos, TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            return true;
        }
    }

    private void report(
            EventSender.Counts before, EventSender.Counts now, long betweenNanos, long quietNanos) {
        Duration between = Duration.ofNanos(betweenNanos);
        Duration quiet = Duration.ofNanos(quietNanos);
        Duration behind = Duration.ofNanos(pacer.behindNanos());
        if (barOf.isEmpty()) {
            out.println(Status.line(before, now, between, quiet, behind));
            return;
        }
        String bar = Status.bar(barOf.getAsLong(), before, now, between, quiet, behind);
        out.print("\r" + bar + " ".repeat(Math.max(0, barLength - bar.length())));
        out.flush();
        barLength = bar.length();
    }

    private void endBar() {
        if (barLength > 0) {
            out.println();
        }
    }
}
