package io.salespulse.datagen;

import static io.salespulse.datagen.Fixtures.generator;
import static io.salespulse.datagen.Fixtures.settings;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class MalformationTest {

    private final EventRandom random = new EventRandom(1);

    @ParameterizedTest
    @EnumSource
    void isRejectedForItsReason(Malformation malformation) throws IOException {
        TransactionGenerator generator = generator(settings(5, EventMix.ORDINARY_ONLY));
        for (int i = 0; i < 100; i++) {
            byte[] document = generator.next().value;
            byte[] untouched = document.clone();
            random.seek(i);

            byte[] bad = malformation.apply(document, random);

            assertThat(DocumentJudge.judge(bad).reason()).isEqualTo(malformation.reason());
            assertThat(document).isEqualTo(untouched);
        }
    }

    @Test
    void thereIsOneForEachReasonThatLiesInTheDocument() {
        Set<RejectionReason> reasons =
                Arrays.stream(Malformation.values())
                        .map(Malformation::reason)
                        .collect(Collectors.toSet());

        assertThat(reasons)
                .isEqualTo(
                        EnumSet.complementOf(
                                EnumSet.of(
                                        RejectionReason.FUTURE_TIMESTAMP,
                                        RejectionReason.LATE_EVENT)));
    }

    @Test
    void generatorUsesThemAll() {
        Set<Malformation> picked = EnumSet.noneOf(Malformation.class);
        for (int i = 0; i < 10_000; i++) {
            random.seek(i);
            picked.add(Malformation.pick(random));
        }
        assertThat(picked).containsExactly(Malformation.values());
    }
}
