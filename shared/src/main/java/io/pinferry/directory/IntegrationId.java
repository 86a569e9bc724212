package io.pinferry.directory;

/** An integration's id. A UUID in text form. */
public record IntegrationId(String value) {
  @Override
  public String toString() {
    return value;
  }
}
