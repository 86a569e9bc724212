package io.pinferry.directory;

/** What a JWT names its key by, in the header {@code kid}. No secret. A UUID in text form. */
public record JwtKeyId(String value) {
  @Override
  public String toString() {
    return value;
  }
}
