package io.salespulse.window;

import io.salespulse.event.WindowRules;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** What a log holds, by a plain loop over it: docs/rules.md section 5. */
final class PlainRecount {

    /** Window and category. */
    record Key(long windowStart, String category) implements Comparable<Key> {
        @Override
        public int compareTo(Key other) {
            int byWindow = Long.compare(windowStart, other.windowStart);
            return byWindow != 0 ? byWindow : category.compareTo(other.category);
        }
    }

    record Sum(long cents, long count) {}

    /** {@code partition/offset} of the records that are late. */
    final Set<String> late = new TreeSet<>();

    final Map<Key, Sum> sums = new TreeMap<>();
    long newestEventTime = Long.MIN_VALUE;

    PlainRecount(List<List<Scenario.Entry>> log, WindowRules rules) {
        for (int partition = 0; partition < log.size(); partition++) {
            recount(partition, log.get(partition), rules);
        }
    }

    private void recount(int partition, List<Scenario.Entry> entries, WindowRules rules) {
        long size = rules.windowSize().toMillis();
        long bound = rules.maxOutOfOrderness().toMillis() + rules.allowedLateness().toMillis();
        long newest = Long.MIN_VALUE;
        for (int offset = 0; offset < entries.size(); offset++) {
            Scenario.Entry entry = entries.get(offset);
            if (entry.rejected()) {
                continue;
            }
            long start = entry.eventTime() / size * size;
            if (newest != Long.MIN_VALUE && start + size + bound <= newest) {
                late.add(partition + "/" + offset);
                continue;
            }
            newest = Math.max(newest, entry.eventTime());
            sums.merge(
                    new Key(start, entry.category()),
                    new Sum(entry.cents(), 1),
                    (a, b) -> new Sum(a.cents() + b.cents(), a.count() + b.count()));
        }
        newestEventTime = Math.max(newestEventTime, newest);
    }
}
