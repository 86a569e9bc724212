package io.pinferry.read;

final class InMemoryFingerprintStoreTest extends FingerprintStoreContract {
  private final InMemoryFingerprintStore fingerprints = new InMemoryFingerprintStore();

  @Override
  protected FingerprintStore fingerprints() {
    return fingerprints;
  }
}
