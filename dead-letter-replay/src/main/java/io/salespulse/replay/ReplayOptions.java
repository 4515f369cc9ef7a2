package io.salespulse.replay;

import java.util.Map;

/**
 * What a run is asked to do.
 *
 * @param kafkaProperties of every client, with the bootstrap servers. They may hold secrets: not to
 *     be printed
 * @param dryRun only looks, and leaves everything as it is
 */
record ReplayOptions(
        Map<String, Object> kafkaProperties,
        String deadLetterTopic,
        Selection selection,
        boolean dryRun) {}
