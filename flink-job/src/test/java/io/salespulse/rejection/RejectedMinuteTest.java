package io.salespulse.rejection;

import static org.apache.flink.types.PojoTestUtils.assertSerializedAsPojoWithoutKryo;
import static org.assertj.core.api.Assertions.assertThat;

import io.salespulse.event.RejectionReason;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RejectedMinuteTest {

    @ParameterizedTest
    @CsvSource({
        "1768471200000, 1768471200000",
        "1768471200001, 1768471200000",
        "1768471259999, 1768471200000",
        "1768471260000, 1768471260000",
        "59999, 0",
        "0, 0",
        "-1, 0",
        "-9223372036854775808, 0",
        "253402300799999, 253402300740000",
        "253402300800000, 253402300740000",
        "9223372036854775807, 253402300740000"
    })
    void belongsToTheMinuteThatTheRecordTimestampLiesIn(long recordTimestamp, long minute) {
        Rejection rejection = new Rejection();
        rejection.recordTimestamp = recordTimestamp;
        rejection.reason = RejectionReason.LATE_EVENT;

        RejectedMinute one = RejectedMinute.one(rejection);

        assertThat(one.minute).isEqualTo(minute);
        assertThat(one.reason).isEqualTo(RejectionReason.LATE_EVENT);
        assertThat(one.count).isEqualTo(1);
    }

    @Test
    void travelsAsAPojoWithoutKryo() {
        assertSerializedAsPojoWithoutKryo(RejectedMinute.class);
    }
}
