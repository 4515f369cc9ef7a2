package io.salespulse.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.salespulse.event.WindowRules;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.apache.flink.runtime.metrics.groups.UnregisteredMetricGroups;
import org.apache.flink.streaming.api.operators.source.CollectingDataOutput;
import org.apache.flink.streaming.api.operators.source.TimestampsAndWatermarks;
import org.apache.flink.streaming.runtime.tasks.TestProcessingTimeService;
import org.apache.flink.streaming.runtime.watermarkstatus.WatermarkStatus;
import org.junit.jupiter.api.Test;

class OneSilentPartitionTest {

    @Test
    void aSubtaskWithABusyAndASilentPartitionIsNeverIdle() throws Exception {
        TestProcessingTimeService time = new TestProcessingTimeService();
        time.setCurrentTime(1);
        var logic =
                TimestampsAndWatermarks.createProgressiveEventTimeLogic(
                        new EventTimeWatermarks(
                                new WindowRules(
                                        Duration.ofMinutes(1),
                                        Duration.ofMinutes(1),
                                        Duration.ofHours(1),
                                        Duration.ofMinutes(1)),
                                Duration.ofSeconds(60)),
                        new UnregisteredMetricsGroup(),
                        time,
                        200,
                        time.getClock(),
                        time.getClock(),
                        UnregisteredMetricGroups.createUnregisteredTaskMetricGroup()
                                .getIOMetricGroup());
        CollectingDataOutput<TransactionBatch> output = new CollectingDataOutput<>();
        ReaderOutput<TransactionBatch> main = logic.createMainOutput(output, new Listener());
        logic.startPeriodicWatermarkEmits();
        // The enumerator asks Kafka and assigns partitions a second after the operator started.
        time.setCurrentTime(1_001);
        var busy = main.createOutputForSplit("transactions-0");
        main.createOutputForSplit("transactions-1");

        List<String> seen = new ArrayList<>();
        for (long now = 1_201; now < 70_000; now += 200) {
            TransactionRecord record = new TransactionRecord();
            record.category = "Home";
            record.eventTime = 1_768_471_200_000L + now;
            busy.collect(record.toBatch(), 0);
            time.setCurrentTime(now);
            for (Object event : output.getEvents()) {
                if (event instanceof WatermarkStatus status) {
                    seen.add(now + " " + status);
                }
            }
            output.getEvents().clear();
        }
        assertThat(seen).isEmpty();
    }

    private static final class Listener implements TimestampsAndWatermarks.WatermarkUpdateListener {
        @Override
        public void updateIdle(boolean isIdle) {}

        @Override
        public void updateCurrentEffectiveWatermark(long watermark) {}

        @Override
        public void updateCurrentSplitWatermark(String splitId, long watermark) {}

        @Override
        public void updateCurrentSplitIdle(String splitId, boolean idle) {}

        @Override
        public void splitFinished(String splitId) {}
    }
}
