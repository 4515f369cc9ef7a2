package io.salespulse.window;

import io.salespulse.event.WindowRules;
import io.salespulse.source.TransactionBatch;
import java.time.Instant;
import org.apache.flink.streaming.api.operators.AbstractStreamOperatorFactory;
import org.apache.flink.streaming.api.operators.OneInputStreamOperatorFactory;
import org.apache.flink.streaming.api.operators.StreamOperator;
import org.apache.flink.streaming.api.operators.StreamOperatorParameters;

/** Makes {@link PreAggregateOperator}s on the task managers. */
final class PreAggregateOperatorFactory extends AbstractStreamOperatorFactory<PartialSum>
        implements OneInputStreamOperatorFactory<TransactionBatch, PartialSum> {

    private final WindowRules rules;
    private final Instant countedFrom;

    PreAggregateOperatorFactory(WindowRules rules, Instant countedFrom) {
        this.rules = rules;
        this.countedFrom = countedFrom;
    }

    @Override
    @SuppressWarnings("unchecked") // the operator's output type is this factory's
    public <T extends StreamOperator<PartialSum>> T createStreamOperator(
            StreamOperatorParameters<PartialSum> parameters) {
        return (T) new PreAggregateOperator(parameters, rules, countedFrom);
    }

    @Override
    @SuppressWarnings("rawtypes") // as the interface has it
    public Class<? extends StreamOperator> getStreamOperatorClass(ClassLoader classLoader) {
        return PreAggregateOperator.class;
    }
}
