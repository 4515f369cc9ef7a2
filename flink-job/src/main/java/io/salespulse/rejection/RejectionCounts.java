package io.salespulse.rejection;

import java.time.Duration;
import org.apache.flink.streaming.api.datastream.DataStream;

/** The part of the graph that counts rejections. */
public final class RejectionCounts {

    private RejectionCounts() {}

    /**
     * @param interval at most one result per minute and reason in this time
     * @return absolute counts per minute and reason
     */
    public static DataStream<RejectedMinute> count(
            DataStream<Rejection> rejections, Duration interval) {
        return rejections
                .map(RejectedMinute::one)
                .returns(RejectedMinute.class)
                .name("minute of rejection")
                .uid("minute-of-rejection")
                .keyBy(rejection -> rejection.minute)
                .process(new CountPerMinute(interval))
                .name("count rejections")
                .uid("count-rejections");
    }

    /**
     * @param rejections a bounded stream without watermarks before its end
     * @return one count per minute and reason, at the end
     */
    public static DataStream<RejectedMinute> countAtTheEnd(DataStream<Rejection> rejections) {
        return rejections
                .map(RejectedMinute::one)
                .returns(RejectedMinute.class)
                .name("minute of rejection")
                .uid("minute-of-rejection")
                .keyBy(rejection -> rejection.reason.name() + rejection.minute)
                .process(new CountAtTheEnd())
                .name("count rejections")
                .uid("count-rejections");
    }
}
