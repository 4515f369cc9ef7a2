package io.salespulse.datagen;

import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.apache.kafka.common.utils.Utils;

/**
 * Makes events. What an event is, and all of its fields, follow from the seed and its index, with
 * three exceptions: its time where {@link EventTimes} is a live clock; the time of a late event,
 * which lies behind the newest event of its partition; and a duplicate, which is one of the 256
 * events before it. So the same settings give the same sequence, but for live times. Not
 * thread-safe.
 */
final class TransactionGenerator {

    /**
     * The first time of events from the future: so far away that no clock and no setting makes them
     * acceptable.
     */
    static final Instant FUTURE = Instant.parse("2999-01-01T00:00:00Z");

    private static final long FUTURE_SPREAD_MILLIS = 24 * 60 * 60 * 1000L;
    private static final int LATE_SPREAD_WINDOWS = 10;

    private final EventMix mix;
    private final PipelineRules rules;
    private final EventTimes times;
    private final long maxShiftMillis;
    private final EventRandom random;
    private final CategorySampler categories;
    private final List<Category> catalog;
    private final DocumentWriter documents;
    private final RecentEvents recent = new RecentEvents();
    private final long[] highestEventTimes;
    private final Event event = new Event();
    private long nextIndex;

    TransactionGenerator(GeneratorSettings settings, EventTimes times, int partitions) {
        this.mix = settings.mix();
        this.rules = settings.rules();
        this.times = times;
        this.maxShiftMillis = settings.maxOutOfOrderness().toMillis();
        this.random = new EventRandom(settings.seed());
        this.categories =
                new CategorySampler(
                        settings.catalog().categories().size(), settings.categorySkew());
        this.catalog = settings.catalog().categories();
        this.documents = new DocumentWriter(settings.catalog());
        this.highestEventTimes = new long[partitions];
        Arrays.fill(highestEventTimes, PipelineRules.NO_EVENT);
    }

    /** The next event, valid until the next call. */
    Event next() {
        long index = nextIndex++;
        random.seek(index);
        event.kind = mix.pick(random.nextDouble());
        if (event.kind == EventKind.DUPLICATE && !recent.isEmpty()) {
            recent.copyOne(random, event);
        } else {
            makeNew(index);
        }
        if (mix.duplicate() > 0) {
            recent.add(event);
        }
        return event;
    }

    private void makeNew(long index) {
        DocumentWriter.writeId(random.nextLong(), random.nextLong(), event.key);
        // The partition that Kafka's own partitioner gives this key, as other producers of the
        // topic would.
        event.partition = Utils.toPositive(Utils.murmur2(event.key)) % highestEventTimes.length;
        event.eventTime = eventTime(index);
        event.category = categories.sample(random);
        List<Product> products = catalog.get(event.category).products();
        int productNumber = random.nextInt(products.size());
        Product product = products.get(productNumber);
        int cents =
                product.minCents() + random.nextInt(product.maxCents() - product.minCents() + 1);
        event.cents = cents;
        int user = 1 + random.nextInt(Catalog.USERS);
        int paymentMethod = random.nextInt(Catalog.PAYMENT_METHODS.size());
        event.value =
                documents.write(
                        event.key,
                        event.eventTime,
                        event.category,
                        productNumber,
                        cents,
                        user,
                        paymentMethod);
        event.documentFault = null;
        if (event.kind == EventKind.MALFORMED) {
            Malformation malformation = Malformation.pick(random);
            event.value = malformation.apply(event.value, random);
            event.documentFault = malformation.reason();
        }
    }

    /** Falls back to an ordinary event where a late or a duplicate one cannot be made yet. */
    private long eventTime(long index) {
        long shift = random.nextLong(maxShiftMillis + 1);
        long spread = random.nextLong();
        if (event.kind == EventKind.FUTURE) {
            return FUTURE.toEpochMilli() + Long.remainderUnsigned(spread, FUTURE_SPREAD_MILLIS);
        }
        if (event.kind == EventKind.LATE && canBeLate(highestEventTimes[event.partition])) {
            return lateTime(highestEventTimes[event.partition], spread);
        }
        if (event.kind != EventKind.MALFORMED) {
            event.kind = EventKind.ORDINARY;
        }
        long time = Math.max(1, times.millis(index) - shift);
        remember(time);
        return time;
    }

    private void remember(long time) {
        long highest = highestEventTimes[event.partition];
        if (event.kind == EventKind.ORDINARY && time > highest) {
            highestEventTimes[event.partition] = time;
        }
    }

    private boolean canBeLate(long highestEventTime) {
        return rules.isLate(1, highestEventTime);
    }

    private long lateTime(long highestEventTime, long spread) {
        long latest = rules.latestLateTime(highestEventTime);
        long choices = Math.min(latest, LATE_SPREAD_WINDOWS * rules.windowSize().toMillis());
        return latest - Long.remainderUnsigned(spread, choices);
    }
}
