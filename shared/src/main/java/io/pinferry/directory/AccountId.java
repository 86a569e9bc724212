package io.pinferry.directory;

/**
 * Stands for whose account a connection's tokens are for. Changes whenever the account may be
 * another one: then what was read before (bookmarks above all) must not be continued. Opaque text
 * of our own, not the provider's id.
 */
public record AccountId(String value) {
  @Override
  public String toString() {
    return value;
  }
}
