package io.salespulse.sink;

import io.salespulse.window.CategorySales;
import java.io.IOException;
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
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.flink.metrics.groups.SinkWriterMetricGroup;
import org.apache.flink.util.UserCodeClassLoader;

/**
 * Hands results over in lists that hold each row once, as it was last: one statement must not meet
 * a row twice (SQLSTATE 21000), and nobody misses what was replaced after some milliseconds.
 *
 * <p>Results come in bursts, all of a tick or of a watermark at once. So a list waits only for the
 * rest of its burst, {@value #MAX_DELAY_MILLIS} ms.
 */
final class NewestResultsSink implements Sink<CategorySales> {

    static final int MAX_RESULTS = 1_000;
    static final long MAX_DELAY_MILLIS = 10;

    private final Sink<List<CategorySales>> delegate;

    /**
     * @param delegate at least once and without writer state, as this one is
     */
    NewestResultsSink(Sink<List<CategorySales>> delegate) {
        this.delegate = delegate;
    }

    @Override
    public SinkWriter<CategorySales> createWriter(WriterInitContext context) throws IOException {
        return new Writer(
                delegate.createWriter(new ListContext(context)),
                context.getProcessingTimeService());
    }

    /** The key of a table's row. */
    private record Row(long windowStart, String category) {}

    private static final class Writer implements SinkWriter<CategorySales> {

        private final SinkWriter<List<CategorySales>> delegate;
        private final ProcessingTimeService timers;
        private final Map<Row, CategorySales> newest = new HashMap<>();

        private Context newestContext;
        private boolean timerIsSet;

        Writer(SinkWriter<List<CategorySales>> delegate, ProcessingTimeService timers) {
            this.delegate = delegate;
            this.timers = timers;
        }

        @Override
        public void write(CategorySales result, Context context)
                throws IOException, InterruptedException {
            newest.put(new Row(result.windowStart, result.category), result);
            newestContext = context;
            if (newest.size() >= MAX_RESULTS) {
                handOver();
            } else if (!timerIsSet) {
                timerIsSet = true;
                timers.registerTimer(
                        timers.getCurrentProcessingTime() + MAX_DELAY_MILLIS, this::onTimer);
            }
        }

        private void onTimer(long time) throws IOException, InterruptedException {
            timerIsSet = false;
            handOver();
        }

        private void handOver() throws IOException, InterruptedException {
            if (newest.isEmpty()) {
                return;
            }
            List<CategorySales> results = List.copyOf(newest.values());
            newest.clear();
            delegate.write(results, newestContext);
        }

        @Override
        public void flush(boolean endOfInput) throws IOException, InterruptedException {
            handOver();
            delegate.flush(endOfInput);
        }

        @Override
        public void writeWatermark(Watermark watermark) throws IOException, InterruptedException {
            delegate.writeWatermark(watermark);
        }

        /** What has not been handed over is not in a checkpoint either, and comes again. */
        @Override
        public void close() throws Exception {
            delegate.close();
        }
    }

    /**
     * The delegate's surroundings. Under object reuse the JDBC writer would copy each list with the
     * serializer of a result; the lists are new and nobody else's.
     */
    private record ListContext(WriterInitContext outer) implements WriterInitContext {

        @Override
        public boolean isObjectReuseEnabled() {
            return false;
        }

        @Override
        public <T> TypeSerializer<T> createInputSerializer() {
            return outer.createInputSerializer();
        }

        @Override
        public UserCodeClassLoader getUserCodeClassLoader() {
            return outer.getUserCodeClassLoader();
        }

        @Override
        public MailboxExecutor getMailboxExecutor() {
            return outer.getMailboxExecutor();
        }

        @Override
        public ProcessingTimeService getProcessingTimeService() {
            return outer.getProcessingTimeService();
        }

        @Override
        public SinkWriterMetricGroup metricGroup() {
            return outer.metricGroup();
        }

        @Override
        public SerializationSchema.InitializationContext
                asSerializationSchemaInitializationContext() {
            return outer.asSerializationSchemaInitializationContext();
        }

        @Override
        public OptionalLong getRestoredCheckpointId() {
            return outer.getRestoredCheckpointId();
        }

        @Override
        public JobInfo getJobInfo() {
            return outer.getJobInfo();
        }

        @Override
        public TaskInfo getTaskInfo() {
            return outer.getTaskInfo();
        }
    }
}
