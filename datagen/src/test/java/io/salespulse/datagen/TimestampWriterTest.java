package io.salespulse.datagen;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class TimestampWriterTest {

    private static final DateTimeFormatter FORMAT =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
                    .withZone(ZoneOffset.UTC);

    @Test
    void writesWhatTheJdkWrites() {
        TimestampWriter writer = new TimestampWriter();
        byte[] target = new byte[TimestampWriter.LENGTH + 2];
        SplittableRandom random = new SplittableRandom(1);
        long end = Instant.parse("9999-12-31T23:59:59.999Z").toEpochMilli();
        for (int i = 0; i < 50_000; i++) {
            long millis = i == 0 ? end : random.nextLong(end);
            writer.write(millis, target, 1);
            assertThat(new String(target, 1, TimestampWriter.LENGTH, US_ASCII))
                    .isEqualTo(FORMAT.format(Instant.ofEpochMilli(millis)));
        }
        assertThat(target[0]).isZero();
        assertThat(target[target.length - 1]).isZero();
    }
}
