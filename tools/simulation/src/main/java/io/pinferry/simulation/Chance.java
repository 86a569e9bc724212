package io.pinferry.simulation;

import io.pinferry.base.IdSource;
import io.pinferry.base.SeededIds;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/**
 * All chance in a world. It follows from the seed. Some features draw from generators of their own,
 * so that a change of one feature leaves worlds without it as they were.
 *
 * @param main for everything else
 * @param changes for changes of configs
 * @param writes for what products write, and for faults of writes
 * @param redrives for people who send dead letters again
 * @param edges for answers of an edge, refused apps, and a secret store that refuses
 * @param moves for moves of tokens between two stores
 * @param removals for customers who are removed
 * @param comparisons for objects of which only changes are delivered, and edits of their records
 * @param deletions for objects of which deletions are told too
 * @param requests for what reads on demand ask for
 * @param keys for API keys
 */
record Chance(
    RandomGenerator main,
    RandomGenerator changes,
    RandomGenerator writes,
    RandomGenerator redrives,
    RandomGenerator edges,
    RandomGenerator moves,
    RandomGenerator removals,
    RandomGenerator comparisons,
    RandomGenerator deletions,
    RandomGenerator requests,
    IdSource ids,
    IdSource keys) {
  static Chance of(long seed) {
    return new Chance(
        new SplittableRandom(seed),
        new SplittableRandom(~seed),
        new SplittableRandom(seed ^ 0x5752495445L),
        new SplittableRandom(seed ^ 0x4D454E4453L),
        new SplittableRandom(seed ^ 0x4544474553L),
        new SplittableRandom(seed ^ 0x4D4F564553L),
        new SplittableRandom(seed ^ 0x474F4E45L),
        new SplittableRandom(seed ^ 0x53414D45L),
        new SplittableRandom(seed ^ 0x44454C45L),
        new SplittableRandom(seed ^ 0x41534BL),
        new SeededIds(seed),
        new SeededIds(~seed));
  }
}
