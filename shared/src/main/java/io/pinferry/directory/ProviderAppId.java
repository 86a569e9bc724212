package io.pinferry.directory;

/** A provider app's id. A UUID in text form. */
public record ProviderAppId(String value) {
  @Override
  public String toString() {
    return value;
  }
}
