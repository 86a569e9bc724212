package io.pinferry.base;

/** Makes ids and secrets. The simulation has a seeded source. */
public interface IdSource {
  /** Returns a new random UUID in its usual text form. */
  String uuid();

  /** Returns random bytes that are fit for secrets. */
  byte[] secret(int byteCount);
}
