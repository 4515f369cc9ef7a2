package io.salespulse.datagen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CategorySamplerTest {

    private static final int DRAWS = 1_000_000;

    @ParameterizedTest
    @CsvSource({"1, 0", "6, 0", "6, 1", "100, 0.5", "100, 1.2", "3, 10"})
    void sharesFollowZipfsLaw(int categories, double exponent) {
        double[] shares = shares(categories, exponent);

        double sum = 0;
        for (int k = 1; k <= categories; k++) {
            sum += Math.pow(k, -exponent);
        }
        for (int k = 1; k <= categories; k++) {
            assertThat(shares[k - 1]).isCloseTo(Math.pow(k, -exponent) / sum, within(0.002));
        }
    }

    @Test
    void everyOneOfManyIsDrawn() {
        assertThat(shares(10_000, 0)).doesNotContain(0.0);
    }

    private static double[] shares(int categories, double exponent) {
        CategorySampler sampler = new CategorySampler(categories, exponent);
        EventRandom random = new EventRandom(9);
        double[] shares = new double[categories];
        for (int i = 0; i < DRAWS; i++) {
            random.seek(i);
            shares[sampler.sample(random)] += 1.0 / DRAWS;
        }
        return shares;
    }
}
