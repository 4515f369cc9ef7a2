package io.salespulse.backfill;

import static org.apache.flink.types.PojoTestUtils.assertSerializedAsPojoWithoutKryo;

import org.junit.jupiter.api.Test;

class ReadProgressTest {

    @Test
    void isAFlinkPojoWithoutKryo() {
        assertSerializedAsPojoWithoutKryo(ReadProgress.class);
    }
}
