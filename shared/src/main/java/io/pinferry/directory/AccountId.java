package io.pinferry.directory;

/**
 * An id for the account of a connection's tokens. It changes whenever the account may be another
 * one: then a read must not go on at an old bookmark. Opaque text of our own, not the provider's
 * id.
 */
public record AccountId(String value) {
  @Override
  public String toString() {
    return value;
  }
}
