package io.salespulse.window;

import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.base.TypeSerializerSingleton;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.apache.flink.streaming.runtime.tasks.TestProcessingTimeService;

/**
 * Makes each result take its time, by the clock of a test harness, which copies all output with the
 * serializer that it was given: at once, or as a sink does that waits for more before it writes.
 */
final class SlowResults extends TypeSerializerSingleton<CategorySales> {

    private final transient TestProcessingTimeService clock;
    private final long delayMillis;
    private final long millis;

    private SlowResults(TestProcessingTimeService clock, long delayMillis, long millis) {
        this.clock = clock;
        this.delayMillis = delayMillis;
        this.millis = millis;
    }

    static SlowResults during(TestProcessingTimeService clock, long millis) {
        return new SlowResults(clock, 0, millis);
    }

    static SlowResults after(TestProcessingTimeService clock, long delayMillis, long millis) {
        return new SlowResults(clock, delayMillis, millis);
    }

    @Override
    public CategorySales copy(CategorySales from) {
        if (delayMillis == 0) {
            advance();
        } else {
            clock.registerTimer(clock.getCurrentProcessingTime() + delayMillis, time -> advance());
        }
        return from;
    }

    private void advance() {
        try {
            clock.advance(millis);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public boolean isImmutableType() {
        return false;
    }

    @Override
    public CategorySales createInstance() {
        return new CategorySales();
    }

    @Override
    public CategorySales copy(CategorySales from, CategorySales reuse) {
        return copy(from);
    }

    @Override
    public int getLength() {
        return -1;
    }

    @Override
    public void serialize(CategorySales record, DataOutputView target) {
        throw new UnsupportedOperationException();
    }

    @Override
    public CategorySales deserialize(DataInputView source) {
        throw new UnsupportedOperationException();
    }

    @Override
    public CategorySales deserialize(CategorySales reuse, DataInputView source) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void copy(DataInputView source, DataOutputView target) {
        throw new UnsupportedOperationException();
    }

    @Override
    public TypeSerializerSnapshot<CategorySales> snapshotConfiguration() {
        throw new UnsupportedOperationException();
    }
}
