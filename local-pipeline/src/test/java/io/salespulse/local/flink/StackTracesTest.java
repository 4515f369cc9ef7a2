package io.salespulse.local.flink;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class StackTracesTest {

    @Test
    void findsTheInnermostMessage() {
        String trace =
                """
                org.apache.flink.runtime.rest.handler.RestHandlerException: Could not execute application.
                \tat org.apache.flink.Handler.handle(Handler.java:1)
                Caused by: java.lang.IllegalStateException
                \tat a.B.c(B.java:2)
                Caused by: java.lang.IllegalArgumentException: --window-size is 0s: it must be above 0
                \tat a.B.d(B.java:3)
                \t... 12 more
                """;
        assertThat(StackTraces.rootCause(trace))
                .isEqualTo("--window-size is 0s: it must be above 0");
    }

    @Test
    void prefersAMessageOfThePipelinesOwn() {
        String trace =
                """
                org.apache.flink.runtime.JobException: Recovery is suppressed
                \tat org.apache.flink.Handler.handle(Handler.java:1)
                Caused by: io.salespulse.source.LostRecordsException: submit the job again
                \tat io.salespulse.source.TransactionSource.pollNext(TransactionSource.java:2)
                Caused by: org.apache.kafka.clients.consumer.OffsetOutOfRangeException: out of range
                \tat a.B.d(B.java:3)
                """;
        assertThat(StackTraces.rootCause(trace)).isEqualTo("submit the job again");
    }

    @Test
    void keepsTheClassOfAnExceptionWithoutMessage() {
        assertThat(StackTraces.rootCause("java.lang.NullPointerException\n\tat a.B.c(B.java:1)\n"))
                .isEqualTo("java.lang.NullPointerException");
    }

    @Test
    void skipsTheHeadingOfAnErrorList() {
        String errors =
                "Internal server error.\njava.io.IOException: disk full\n\tat a.B.c(B.java:1)\n";
        assertThat(StackTraces.rootCause(errors)).isEqualTo("disk full");
    }

    @Test
    void takesAPlainMessageAsItIs() {
        assertThat(StackTraces.rootCause("Job could not be found.\n"))
                .isEqualTo("Job could not be found.");
        assertThat(StackTraces.rootCause("")).isEqualTo("no reason given");
    }
}
