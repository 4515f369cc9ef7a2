package io.salespulse.sink;

import java.io.IOException;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.flink.metrics.Counter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A sink whose {@code close()} never throws.
 *
 * <p>Flink closes the operators of a failed task in its failure handler, and takes an exception
 * there for fatal: the whole TaskManager process exits. The JDBC and Kafka writers flush in {@code
 * close()} and throw when that fails, so without this wrapper each outage of PostgreSQL or Kafka
 * would cost the TaskManagers and every other job on them. Nothing is lost by it: what was not
 * flushed before the last checkpoint is replayed from there.
 *
 * <p>Only for sinks that need neither writer state nor a committer, as at-least-once ones do.
 */
final class CloseSafeSink<T> implements Sink<T> {

    private static final Logger LOG = LoggerFactory.getLogger(CloseSafeSink.class);

    private final Sink<T> delegate;
    private final String counterName;

    /**
     * @param counterName metric that counts the records given to the sink
     */
    CloseSafeSink(Sink<T> delegate, String counterName) {
        this.delegate = delegate;
        this.counterName = counterName;
    }

    @Override
    public SinkWriter<T> createWriter(WriterInitContext context) throws IOException {
        return new CloseSafeWriter<>(
                delegate.createWriter(context),
                context.metricGroup().counter(counterName),
                context.metricGroup().counter("swallowedCloseFailures"));
    }

    private record CloseSafeWriter<T>(SinkWriter<T> delegate, Counter records, Counter swallowed)
            implements SinkWriter<T> {

        @Override
        public void write(T element, Context context) throws IOException, InterruptedException {
            delegate.write(element, context);
            records.inc();
        }

        @Override
        public void flush(boolean endOfInput) throws IOException, InterruptedException {
            delegate.flush(endOfInput);
        }

        @Override
        public void writeWatermark(Watermark watermark) throws IOException, InterruptedException {
            delegate.writeWatermark(watermark);
        }

        /** The JDBC writer leaves its connection open when its last flush fails, the first time. */
        private void closeConnection() {
            try {
                delegate.close();
            } catch (Exception again) {
                LOG.debug("Closed with the same failure as before.", again);
            }
        }

        @Override
        public void close() {
            try {
                delegate.close();
            } catch (Exception failure) {
                swallowed.inc();
                LOG.warn(
                        "A sink could not be closed cleanly. Its open records are replayed from the"
                                + " last checkpoint.",
                        failure);
                closeConnection();
            }
        }
    }
}
