package io.salespulse;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;

/** Keeps what it is given as lines of text, for tests in the same JVM. */
public final class CollectingSink<T> implements Sink<T> {

    private static final Map<String, List<String>> LINES = new ConcurrentHashMap<>();

    public interface Line<T> extends Function<T, String>, java.io.Serializable {}

    private final String name;
    private final Line<T> line;

    public CollectingSink(String name, Line<T> line) {
        this.name = name;
        this.line = line;
    }

    public static List<String> lines(String name) {
        return LINES.computeIfAbsent(name, key -> new CopyOnWriteArrayList<>());
    }

    @Override
    public SinkWriter<T> createWriter(WriterInitContext context) {
        List<String> lines = lines(name);
        return new SinkWriter<>() {
            @Override
            public void write(T element, Context writeContext) {
                lines.add(line.apply(element));
            }

            @Override
            public void flush(boolean endOfInput) {}

            @Override
            public void close() {}
        };
    }
}
