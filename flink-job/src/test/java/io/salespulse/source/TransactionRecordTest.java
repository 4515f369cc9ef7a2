package io.salespulse.source;

import static org.apache.flink.types.PojoTestUtils.assertSerializedAsPojoWithoutKryo;

import org.junit.jupiter.api.Test;

class TransactionRecordTest {

    @Test
    void travelsAsAPojoWithoutKryo() {
        assertSerializedAsPojoWithoutKryo(TransactionRecord.class);
    }
}
