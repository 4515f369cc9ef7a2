package io.salespulse.faults;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** What the broker has acknowledged, and so must be in the topic for ever, as it was sent. */
final class Acknowledged {

    /** Hashes of values by partition and offset. */
    private final Map<String, Integer> records = new ConcurrentHashMap<>();

    /**
     * @param value null for a record without one
     */
    void add(int partition, long offset, byte[] value) {
        records.put(position(partition, offset), Arrays.hashCode(value));
    }

    int count() {
        return records.size();
    }

    /** Where a record was acknowledged and the topic has none, or one with another value. */
    List<String> missingFrom(List<ConsumerRecord<byte[], byte[]>> topic) {
        Map<String, Integer> missing = new TreeMap<>(records);
        for (ConsumerRecord<byte[], byte[]> record : topic) {
            missing.remove(
                    position(record.partition(), record.offset()), Arrays.hashCode(record.value()));
        }
        return List.copyOf(missing.keySet());
    }

    private static String position(int partition, long offset) {
        return partition + "/" + offset;
    }
}
