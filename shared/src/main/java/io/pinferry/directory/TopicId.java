package io.pinferry.directory;

/** A topic's id. A UUID in text form. */
public record TopicId(String value) {
  @Override
  public String toString() {
    return value;
  }
}
