package io.pinferry.directory;

/**
 * The id of a JWT key, the value of the header {@code kid}. It is no secret. A UUID in text form.
 */
public record JwtKeyId(String value) {
  @Override
  public String toString() {
    return value;
  }
}
