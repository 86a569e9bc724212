package io.pinferry.local.cloud;

import java.util.UUID;
import java.util.random.RandomGenerator;

/** Ids of the form that AWS gives. */
final class Ids {

  private static final long VERSION_BITS = 0xF000L;
  private static final long VERSION_4 = 0x4000L;
  private static final long VARIANT = 0x8000_0000_0000_0000L;

  private Ids() {}

  static String uuid(RandomGenerator random) {
    long high = (random.nextLong() & ~VERSION_BITS) | VERSION_4;
    long low = (random.nextLong() >>> 2) | VARIANT;
    return new UUID(high, low).toString();
  }
}
