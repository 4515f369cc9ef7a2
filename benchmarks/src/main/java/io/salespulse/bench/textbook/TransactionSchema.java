package io.salespulse.bench.textbook;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import org.apache.flink.api.common.serialization.AbstractDeserializationSchema;

/** Databind, with one mapper for all records. */
final class TransactionSchema extends AbstractDeserializationSchema<Transaction> {

    private transient ObjectMapper mapper;

    TransactionSchema() {
        super(Transaction.class);
    }

    @Override
    public void open(InitializationContext context) {
        mapper = new ObjectMapper();
    }

    @Override
    public Transaction deserialize(byte[] message) throws IOException {
        return mapper.readValue(message, Transaction.class);
    }
}
