package io.pinferry.directory;

/** An installation's id. A UUID in text form. */
public record InstallationId(String value) {
  @Override
  public String toString() {
    return value;
  }
}
