package io.salespulse;

import static org.assertj.core.api.Assertions.assertThat;

import io.salespulse.config.JobConfig;
import io.salespulse.config.JobOptions;
import io.salespulse.config.JobSettings;
import io.salespulse.source.TopicIdentity;
import io.salespulse.start.JobStart;
import java.io.PrintWriter;
import java.io.Writer;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.runtime.jobgraph.JobGraph;
import org.apache.flink.runtime.jobgraph.JobVertex;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.graph.StreamGraph;
import org.apache.flink.streaming.api.graph.StreamNode;
import org.apache.flink.streaming.runtime.operators.sink.SinkWriterOperatorFactory;
import org.junit.jupiter.api.Test;

/** The whole graph as it is submitted. Building it needs neither Kafka nor PostgreSQL. */
class JobGraphTest {

    @Test
    void namesEveryOperator() {
        assertThat(graph("--print").getStreamNodes())
                .extracting(StreamNode::getOperatorName)
                .containsExactlyInAnyOrder(
                        "Source: transactions",
                        "pre-aggregate",
                        "keep watermark",
                        "sum per window and category",
                        "window to repair",
                        "minute of rejection",
                        "count rejections",
                        "category_sales: Writer",
                        "dead letters: Writer",
                        "rejected_events: Writer",
                        "repairs: Writer",
                        "job_heartbeat: Writer",
                        "print: Writer");
    }

    /** Uids are what state is found by, so a forgotten one would lose it at the next upgrade. */
    @Test
    void givesEveryOperatorAUidOfItsOwn() {
        StreamGraph graph = graph();

        assertThat(graph.getStreamNodes())
                .extracting(StreamNode::getTransformationUID)
                .doesNotContainNull()
                .doesNotHaveDuplicates();
        assertThat(graph.getJobGraph().getNumberOfVertices()).isPositive();
    }

    /** A uid that changes loses its operator's state, or keeps the job from starting. */
    @Test
    void keepsTheUidsThatSavepointsKnow() {
        assertThat(graph().getStreamNodes())
                .extracting(StreamNode::getTransformationUID)
                .containsExactlyInAnyOrder(
                        "transactions",
                        "pre-aggregate",
                        "keep-watermark",
                        "sum-per-window-and-category",
                        "window-to-repair",
                        "minute-of-rejection",
                        "count-rejections",
                        "category-sales",
                        "dead-letters",
                        "rejected-events",
                        "repairs",
                        "job-heartbeat");
    }

    @Test
    void chainsThePreAggregationToTheSource() {
        JobGraph graph = graph().getJobGraph();

        assertThat(graph.getVertices())
                .extracting(JobVertex::getName)
                .anyMatch(
                        name ->
                                name.startsWith("Source: transactions -> (pre-aggregate")
                                        || name.startsWith(
                                                "Source: transactions -> pre-aggregate"));
    }

    @Test
    void keepsTheWatermarkBesideTheWindowsAndWritesEachRowFromOneSubtask() {
        JobGraph graph = graph().getJobGraph();

        assertThat(graph.getVertices())
                .extracting(JobVertex::getName)
                .anyMatch(
                        name ->
                                name.startsWith("keep watermark -> sum per window and category")
                                        && name.contains("category_sales: Writer"));
    }

    /** An exception in the close of any other would end the whole TaskManager. */
    @Test
    void wrapsEverySinkSoThatItsCloseIsSafe() {
        assertThat(graph().getStreamNodes())
                .map(StreamNode::getOperatorFactory)
                .filteredOn(SinkWriterOperatorFactory.class::isInstance)
                .map(writer -> ((SinkWriterOperatorFactory<?, ?>) writer).getSink())
                .hasSize(5)
                .extracting(sink -> sink.getClass().getSimpleName())
                .containsOnly("CloseSafeSink");
    }

    @Test
    void holdsNoPasswordInNamesOrSettings() {
        JobGraph graph = graph().getJobGraph();

        assertThat(graph.getJobConfiguration().toString()).doesNotContain("s3cret");
        assertThat(graph.getVertices())
                .extracting(vertex -> vertex.getName() + vertex.getOperatorPrettyName())
                .noneMatch(text -> text.contains("s3cret"));
    }

    private static StreamGraph graph(String... arguments) {
        JobConfig config =
                JobOptions.parse(
                                arguments,
                                Map.of(JobOptions.PASSWORD_VARIABLE, "s3cret"),
                                new PrintWriter(Writer.nullWriter()))
                        .orElseThrow();
        StreamExecutionEnvironment environment =
                StreamExecutionEnvironment.getExecutionEnvironment();
        environment.setParallelism(2);
        JobSettings.applyTo(environment);
        SalesAnalyticsJob.build(
                environment,
                config,
                new JobStart(
                        new TopicIdentity("transactions", "id"),
                        Map.of(),
                        Instant.EPOCH,
                        2_097_152));
        assertThat(
                        List.of(
                                environment.getConfiguration().get(PipelineOptions.GENERIC_TYPES),
                                environment
                                        .getConfiguration()
                                        .get(PipelineOptions.AUTO_GENERATE_UIDS)))
                .containsExactly(false, false);
        return environment.getStreamGraph();
    }
}
