package io.salespulse.datagen;

import java.time.Duration;

/**
 * What the generated events look like.
 *
 * @param categorySkew Zipf exponent; 0 is uniform
 * @param maxOutOfOrderness event times are shifted back by a random time from 0 to this
 * @param rules of the pipeline that reads the events; a late event is late by them
 */
record GeneratorSettings(
        long seed,
        Catalog catalog,
        double categorySkew,
        EventMix mix,
        Duration maxOutOfOrderness,
        PipelineRules rules) {}
