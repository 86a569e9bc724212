package io.pinferry.local.simulator;

/** Turns numbers into numbers that look random, always the same way. */
final class Mix {
  private Mix() {}

  /** Scrambles 64 bits so that neighbours come out unrelated (the finisher of SplitMix64). */
  static long mix(long value) {
    long z = value + 0x9E3779B97F4A7C15L;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }

  static long mix(long seed, long first, long second) {
    return mix(mix(seed + 0x632BE59BD9B4E019L * first) + second);
  }

  /** Returns a number from 0 up to but without {@code bound}, drawn by {@code hash}. */
  static int below(long hash, int bound) {
    return (int) Long.remainderUnsigned(hash, bound);
  }

  /** Returns another independent draw of the same subject. */
  static long draw(long hash, int which) {
    return mix(hash + 0xD1342543DE82EF95L * (which + 1L));
  }
}
