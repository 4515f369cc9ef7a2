package io.salespulse.endtoend;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;

/** The producer of the Spark and Streamlit pipeline feeds this one unchanged, without keys. */
class PredecessorFormatIT {

    /** As Python's json.dumps writes it: a space after each colon and comma. */
    private static String event(String category, String amount, String timestamp) {
        return "{\"transaction_id\": \"0b0e4c6e-5cf5-4a4c-9a53-6f7d1c1f2e3a\", \"user_id\": \"user_7\","
                + " \"product_category\": \"%s\", \"product_name\": \"word\", \"amount\": %s,"
                        .formatted(category, amount)
                + " \"timestamp\": \"%s\", \"payment_method\": \"PayPal\"}".formatted(timestamp);
    }

    @Test
    void isCountedAsItIs() throws Exception {
        try (Pipeline pipeline = Pipeline.create(1)) {
            pipeline.startJob(1, Optional.empty());
            send(pipeline, event("Home", "512.4", "2025-11-22 10:15:30"));
            send(pipeline, event("Home", "10.0", "2025-11-22 10:15:59"));
            send(pipeline, event("Electronics", "999.99", "2025-11-22 10:15:00"));
            send(pipeline, event("Sports", "10.01", "2025-11-22 10:17:00"));

            pipeline.awaitRows(
                    "10:15 Electronics 999.99/1 final",
                    "10:15 Home 522.40/2 final",
                    "10:17 Sports 10.01/1 open");
            assertThat(pipeline.deadLetters()).isEmpty();
            pipeline.assertEqualToTopic();
        }
    }

    private static void send(Pipeline pipeline, String event) {
        pipeline.send(new ProducerRecord<>(pipeline.topic(), null, event.getBytes(UTF_8)));
    }
}
