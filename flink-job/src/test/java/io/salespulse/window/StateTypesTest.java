package io.salespulse.window;

import static org.apache.flink.types.PojoTestUtils.assertSerializedAsPojoWithoutKryo;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is in a checkpoint or crosses the network must be readable by later versions of the job. */
class StateTypesTest {

    @ParameterizedTest
    @ValueSource(
            classes = {
                PartialSum.class,
                CategorySales.class,
                Heartbeat.class,
                PartitionProgress.Newest.class,
                SumPartials.Total.class
            })
    void areFlinkPojosWithoutKryo(Class<?> type) {
        assertSerializedAsPojoWithoutKryo(type);
    }
}
