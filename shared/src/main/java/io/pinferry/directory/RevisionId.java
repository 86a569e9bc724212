package io.pinferry.directory;

/** The id of one version of an integration. A UUID in text form. */
public record RevisionId(String value) {
  @Override
  public String toString() {
    return value;
  }
}
