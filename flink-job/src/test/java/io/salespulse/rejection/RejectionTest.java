package io.salespulse.rejection;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.apache.flink.types.PojoTestUtils.assertSerializedAsPojoWithoutKryo;
import static org.assertj.core.api.Assertions.assertThat;

import io.salespulse.event.RejectionReason;
import io.salespulse.source.TransactionRecord;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.junit.jupiter.api.Test;

class RejectionTest {

    @Test
    void holdsWhatTheDeadLetterNeeds() {
        assertRejectionOfRecord(
                Rejection.of(record().origin(), RejectionReason.LATE_EVENT, "too late"));
    }

    @Test
    void travelsAsAPojoWithoutKryo() {
        assertSerializedAsPojoWithoutKryo(Rejection.class);
    }

    @Test
    void travelsWithAllItsBytes() throws Exception {
        Rejection rejection =
                Rejection.of(record().origin(), RejectionReason.LATE_EVENT, "too late");

        assertRejectionOfRecord(copyThroughBytes(rejection));
    }

    @Test
    void travelsWithoutKeyValueAndHeaders() throws Exception {
        Rejection rejection =
                Rejection.of(
                        new TransactionRecord().origin(), RejectionReason.NULL_VALUE, "no value");

        Rejection arrived = copyThroughBytes(rejection);

        assertThat(arrived.key).isNull();
        assertThat(arrived.value).isNull();
        assertThat(arrived.headerKeys).isEmpty();
        assertThat(arrived.headerValues).isEmpty();
    }

    private static TransactionRecord record() {
        TransactionRecord record = new TransactionRecord();
        record.partition = 3;
        record.offset = 4_711;
        record.recordTimestamp = 1_768_471_200_000L;
        record.key = "key".getBytes(UTF_8);
        record.value = "value".getBytes(UTF_8);
        record.headers
                .add("trace", "1".getBytes(UTF_8))
                .add("none", null)
                .add("trace", new byte[0]);
        return record;
    }

    private static void assertRejectionOfRecord(Rejection rejection) {
        assertThat(rejection.reason).isEqualTo(RejectionReason.LATE_EVENT);
        assertThat(rejection.detail).isEqualTo("too late");
        assertThat(rejection.partition).isEqualTo(3);
        assertThat(rejection.offset).isEqualTo(4_711);
        assertThat(rejection.recordTimestamp).isEqualTo(1_768_471_200_000L);
        assertThat(rejection.key).isEqualTo("key".getBytes(UTF_8));
        assertThat(rejection.value).isEqualTo("value".getBytes(UTF_8));
        assertThat(rejection.headerKeys).containsExactly("trace", "none", "trace");
        assertThat(rejection.headerValues)
                .isDeepEqualTo(new byte[][] {"1".getBytes(UTF_8), null, {}});
    }

    private static Rejection copyThroughBytes(Rejection rejection) throws Exception {
        var serializer =
                TypeInformation.of(Rejection.class).createSerializer(new SerializerConfigImpl());
        var bytes = new DataOutputSerializer(64);
        serializer.serialize(rejection, bytes);
        return serializer.deserialize(new DataInputDeserializer(bytes.getCopyOfBuffer()));
    }
}
