package io.pinferry.base;

/** Makes ids and secrets; the simulation passes a seeded one. */
public interface IdSource {
  /** Returns a new random UUID in its usual text form. */
  String uuid();

  /** Returns that many bytes from a source fit for secrets. */
  byte[] secret(int byteCount);
}
