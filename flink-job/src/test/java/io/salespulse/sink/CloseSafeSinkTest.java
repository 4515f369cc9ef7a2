package io.salespulse.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.apache.flink.api.common.JobInfo;
import org.apache.flink.api.common.TaskInfo;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.operators.MailboxExecutor;
import org.apache.flink.api.common.operators.ProcessingTimeService;
import org.apache.flink.api.common.serialization.SerializationSchema;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.SimpleCounter;
import org.apache.flink.metrics.groups.OperatorIOMetricGroup;
import org.apache.flink.metrics.groups.SinkWriterMetricGroup;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.apache.flink.util.UserCodeClassLoader;
import org.junit.jupiter.api.Test;

class CloseSafeSinkTest {

    private static final SinkWriter.Context CONTEXT =
            new SinkWriter.Context() {
                @Override
                public long currentWatermark() {
                    return 41;
                }

                @Override
                public Long timestamp() {
                    return 42L;
                }
            };

    private final InitContext context = new InitContext(new Metrics());
    private final Writer delegate = new Writer();
    private final CloseSafeSink<String> sink = new CloseSafeSink<>(given -> delegate, "records");

    @Test
    void passesEverythingOn() throws Exception {
        SinkWriter<String> writer = sink.createWriter(context);
        writer.write("a", CONTEXT);
        writer.writeWatermark(new Watermark(43));
        writer.flush(false);
        writer.flush(true);
        writer.close();

        assertThat(delegate.calls)
                .containsExactly(
                        "write a at 42 behind 41",
                        "watermark 43",
                        "flush",
                        "flush at the end",
                        "close");
        assertThat(swallowed()).isZero();
        assertThat(context.metricGroup().counters.get("records").getCount()).isOne();
    }

    @Test
    void anExceptionInCloseIsSwallowedAndCounted() throws Exception {
        SinkWriter<String> writer = sink.createWriter(context);
        delegate.failure = new IOException("database is gone");

        assertThatCode(writer::close).doesNotThrowAnyException();

        // The second time the JDBC writer no longer flushes, and gets as far as its connection.
        assertThat(delegate.calls).containsExactly("close", "close");
        assertThat(swallowed()).isEqualTo(1);
    }

    @Test
    void anUncheckedExceptionInCloseIsSwallowedToo() throws Exception {
        SinkWriter<String> writer = sink.createWriter(context);
        delegate.failure = new IllegalStateException("ps is null");

        assertThatCode(writer::close).doesNotThrowAnyException();

        assertThat(swallowed()).isEqualTo(1);
    }

    @Test
    void anErrorInCloseIsNotSwallowed() throws Exception {
        SinkWriter<String> writer = sink.createWriter(context);
        delegate.error = new OutOfMemoryError("told to");

        assertThatThrownBy(writer::close).isSameAs(delegate.error);

        assertThat(swallowed()).isZero();
    }

    @Test
    void anExceptionInWriteFailsTheJob() throws Exception {
        SinkWriter<String> writer = sink.createWriter(context);
        delegate.failure = new IOException("database is gone");

        assertThatThrownBy(() -> writer.write("a", CONTEXT)).isSameAs(delegate.failure);
        assertThat(swallowed()).isZero();
    }

    @Test
    void anExceptionInFlushFailsTheCheckpoint() throws Exception {
        SinkWriter<String> writer = sink.createWriter(context);
        delegate.failure = new InterruptedException("cancelled");

        assertThatThrownBy(() -> writer.flush(false)).isSameAs(delegate.failure);
        assertThat(swallowed()).isZero();
    }

    @Test
    void anExceptionForAWatermarkFailsTheJob() throws Exception {
        SinkWriter<String> writer = sink.createWriter(context);
        delegate.failure = new IOException("database is gone");

        assertThatThrownBy(() -> writer.writeWatermark(new Watermark(43)))
                .isSameAs(delegate.failure);
    }

    @Test
    void aWriterThatCannotBeMadeFailsTheJob() {
        IOException failure = new IOException("unable to open JDBC writer");
        CloseSafeSink<String> broken =
                new CloseSafeSink<>(
                        given -> {
                            throw failure;
                        },
                        "records");

        assertThatThrownBy(() -> broken.createWriter(context)).isSameAs(failure);
    }

    private long swallowed() {
        return context.metricGroup().counters.get("swallowedCloseFailures").getCount();
    }

    /** Writes down what it is told, and fails with what it is given. */
    private static final class Writer implements SinkWriter<String> {

        private final List<String> calls = new ArrayList<>();
        private Exception failure;
        private Error error;

        @Override
        public void write(String element, Context context)
                throws IOException, InterruptedException {
            call(
                    "write %s at %d behind %d"
                            .formatted(element, context.timestamp(), context.currentWatermark()));
        }

        @Override
        public void flush(boolean endOfInput) throws IOException, InterruptedException {
            call(endOfInput ? "flush at the end" : "flush");
        }

        @Override
        public void writeWatermark(Watermark watermark) throws IOException, InterruptedException {
            call("watermark " + watermark.getTimestamp());
        }

        @Override
        public void close() throws Exception {
            call("close");
        }

        private void call(String what) throws IOException, InterruptedException {
            calls.add(what);
            if (error != null) {
                throw error;
            }
            if (failure instanceof IOException problem) {
                throw problem;
            }
            if (failure instanceof InterruptedException problem) {
                throw problem;
            }
            if (failure instanceof RuntimeException problem) {
                throw problem;
            }
        }
    }

    /** Keeps its counters by name. */
    private static final class Metrics extends UnregisteredMetricsGroup
            implements SinkWriterMetricGroup {

        private final Map<String, Counter> counters = new HashMap<>();

        @Override
        public Counter counter(String name) {
            return counters.computeIfAbsent(name, unknown -> new SimpleCounter());
        }

        @Override
        public OperatorIOMetricGroup getIOMetricGroup() {
            throw new UnsupportedOperationException();
        }

        @Override
        public Counter getNumRecordsOutErrorsCounter() {
            throw new UnsupportedOperationException();
        }

        @Override
        public Counter getNumRecordsSendErrorsCounter() {
            throw new UnsupportedOperationException();
        }

        @Override
        public Counter getNumRecordsSendCounter() {
            throw new UnsupportedOperationException();
        }

        @Override
        public Counter getNumBytesSendCounter() {
            throw new UnsupportedOperationException();
        }

        @Override
        public void setCurrentSendTimeGauge(Gauge<Long> gauge) {
            throw new UnsupportedOperationException();
        }
    }

    /** Has a metric group and nothing else. */
    private record InitContext(Metrics metricGroup) implements WriterInitContext {

        @Override
        public UserCodeClassLoader getUserCodeClassLoader() {
            throw new UnsupportedOperationException();
        }

        @Override
        public MailboxExecutor getMailboxExecutor() {
            throw new UnsupportedOperationException();
        }

        @Override
        public ProcessingTimeService getProcessingTimeService() {
            throw new UnsupportedOperationException();
        }

        @Override
        public SerializationSchema.InitializationContext
                asSerializationSchemaInitializationContext() {
            throw new UnsupportedOperationException();
        }

        @Override
        public boolean isObjectReuseEnabled() {
            throw new UnsupportedOperationException();
        }

        @Override
        public <T> TypeSerializer<T> createInputSerializer() {
            throw new UnsupportedOperationException();
        }

        @Override
        public OptionalLong getRestoredCheckpointId() {
            throw new UnsupportedOperationException();
        }

        @Override
        public JobInfo getJobInfo() {
            throw new UnsupportedOperationException();
        }

        @Override
        public TaskInfo getTaskInfo() {
            throw new UnsupportedOperationException();
        }
    }
}
