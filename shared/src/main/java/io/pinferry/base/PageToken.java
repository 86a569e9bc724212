package io.pinferry.base;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Base64;

/** A position in a list as a token of a page: a text, in characters that a query can hold. */
public final class PageToken {
  private PageToken() {}

  /** Returns the token of a position. */
  public static String of(String position) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(position.getBytes(UTF_8));
  }

  /**
   * Returns the position of a token.
   *
   * @throws IllegalArgumentException if it is no token
   */
  public static String position(String token) {
    return new String(Base64.getUrlDecoder().decode(token), UTF_8);
  }
}
