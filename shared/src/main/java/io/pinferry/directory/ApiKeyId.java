package io.pinferry.directory;

/**
 * The id of an API key. It identifies the key after its creation, when its text is no longer shown.
 * It is no secret, since it is not accepted as a key. A UUID in text form.
 */
public record ApiKeyId(String value) {
  @Override
  public String toString() {
    return value;
  }
}
