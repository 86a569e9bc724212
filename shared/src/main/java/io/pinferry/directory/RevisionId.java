package io.pinferry.directory;

/** The id of a version of an integration. A UUID in text form. */
public record RevisionId(String value) {
  @Override
  public String toString() {
    return value;
  }
}
