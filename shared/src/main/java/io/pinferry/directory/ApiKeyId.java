package io.pinferry.directory;

/**
 * What an API key is called after its creation, when its text is no longer shown. No secret: it
 * opens nothing. A UUID in text form.
 */
public record ApiKeyId(String value) {
  @Override
  public String toString() {
    return value;
  }
}
