package io.pinferry.directory;

/** A project's id. A UUID in text form. */
public record ProjectId(String value) {
  @Override
  public String toString() {
    return value;
  }
}
