package io.salespulse.datagen;

/**
 * A product and the range of its price.
 *
 * @param minCents lowest price, in cents
 * @param maxCents highest price, in cents, inclusive
 */
record Product(String name, int minCents, int maxCents) {}
