package io.pinferry.base;

import java.util.Random;

/** Ids and secrets that are the same in each run with the same seed. */
public class SeededIds implements IdSource {
  private final Random random;
  private int count;

  public SeededIds(long seed) {
    random = new Random(seed);
  }

  @Override
  public synchronized String uuid() {
    count++;
    return Digest.of("id", Long.toString(random.nextLong()), Integer.toString(count)).uuid();
  }

  @Override
  public synchronized byte[] secret(int byteCount) {
    var bytes = new byte[byteCount];
    random.nextBytes(bytes);
    return bytes;
  }
}
