package io.salespulse;

import io.salespulse.source.TransactionRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A topic in memory, for jobs in the same JVM: partitions that only grow, can be read again from
 * any offset, and fail their reader on demand.
 */
public final class InMemoryLog {

    private static final Map<String, InMemoryLog> LOGS = new ConcurrentHashMap<>();

    private final List<List<TransactionRecord>> partitions = new ArrayList<>();
    private final AtomicBoolean failNextRead = new AtomicBoolean();
    private final AtomicInteger completedCheckpoints = new AtomicInteger();
    private CompletableFuture<Void> appended = new CompletableFuture<>();

    private InMemoryLog(int partitionCount) {
        for (int partition = 0; partition < partitionCount; partition++) {
            partitions.add(new ArrayList<>());
        }
    }

    public static InMemoryLog create(String name, int partitionCount) {
        InMemoryLog log = new InMemoryLog(partitionCount);
        LOGS.put(name, log);
        return log;
    }

    static InMemoryLog named(String name) {
        return LOGS.get(name);
    }

    public static void delete(String name) {
        LOGS.remove(name);
    }

    public synchronized void append(TransactionRecord... records) {
        for (TransactionRecord record : records) {
            List<TransactionRecord> partition = partitions.get(record.partition);
            record.offset = partition.size();
            partition.add(record);
        }
        wakeReaders();
    }

    /** The next read of any partition throws, once. */
    public synchronized void failNextRead() {
        failNextRead.set(true);
        wakeReaders();
    }

    public boolean failsNow() {
        return failNextRead.compareAndSet(true, false);
    }

    int completedCheckpoints() {
        return completedCheckpoints.get();
    }

    void checkpointCompleted() {
        completedCheckpoints.incrementAndGet();
    }

    int partitionCount() {
        return partitions.size();
    }

    /**
     * @return null at the end
     */
    synchronized TransactionRecord read(int partition, int offset) {
        List<TransactionRecord> records = partitions.get(partition);
        return offset < records.size() ? records.get(offset) : null;
    }

    /** Completes with the next change. */
    synchronized CompletableFuture<Void> nextChange() {
        return appended;
    }

    private void wakeReaders() {
        CompletableFuture<Void> waiting = appended;
        appended = new CompletableFuture<>();
        waiting.complete(null);
    }
}
