package io.salespulse.datagen;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Draws category numbers with Zipf weights in constant time (alias method): number k has weight 1 /
 * (k + 1)^exponent, so an exponent of 0 is uniform.
 */
final class CategorySampler {

    private final double[] threshold;
    private final int[] alias;

    CategorySampler(int categories, double exponent) {
        threshold = new double[categories];
        alias = new int[categories];
        fill(scaledWeights(categories, exponent));
    }

    int sample(EventRandom random) {
        int column = random.nextInt(threshold.length);
        return random.nextDouble() < threshold[column] ? column : alias[column];
    }

    private static double[] scaledWeights(int categories, double exponent) {
        double[] weights = new double[categories];
        double sum = 0;
        for (int k = 0; k < categories; k++) {
            weights[k] = Math.pow(k + 1, -exponent);
            sum += weights[k];
        }
        for (int k = 0; k < categories; k++) {
            weights[k] *= categories / sum;
        }
        return weights;
    }

    private void fill(double[] weights) {
        Deque<Integer> light = new ArrayDeque<>();
        Deque<Integer> heavy = new ArrayDeque<>();
        for (int k = 0; k < weights.length; k++) {
            (weights[k] < 1 ? light : heavy).add(k);
        }
        while (!light.isEmpty() && !heavy.isEmpty()) {
            int low = light.remove();
            int high = heavy.remove();
            threshold[low] = weights[low];
            alias[low] = high;
            weights[high] -= 1 - weights[low];
            (weights[high] < 1 ? light : heavy).add(high);
        }
        // What is left has a weight of 1 but for rounding.
        light.forEach(k -> threshold[k] = 1);
        heavy.forEach(k -> threshold[k] = 1);
    }
}
