package io.salespulse.window;

import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.base.TypeSerializerSingleton;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.apache.flink.streaming.runtime.tasks.TestProcessingTimeService;

/**
 * Makes each result take its time, by the clock of a test harness, which copies all output with the
 * serializer that it was given.
 */
final class SlowResults extends TypeSerializerSingleton<CategorySales> {

    private final transient TestProcessingTimeService clock;
    private final long millis;

    SlowResults(TestProcessingTimeService clock, long millis) {
        this.clock = clock;
        this.millis = millis;
    }

    @Override
    public CategorySales copy(CategorySales from) {
        try {
            clock.advance(millis);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
        return from;
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
