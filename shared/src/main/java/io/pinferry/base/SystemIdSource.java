package io.pinferry.base;

import java.security.SecureRandom;
import java.util.UUID;

/** Takes ids and secrets from the platform's secure source. */
public final class SystemIdSource implements IdSource {
  private final SecureRandom random = new SecureRandom();

  @Override
  public String uuid() {
    return UUID.randomUUID().toString();
  }

  @Override
  public byte[] secret(int byteCount) {
    byte[] bytes = new byte[byteCount];
    random.nextBytes(bytes);
    return bytes;
  }
}
