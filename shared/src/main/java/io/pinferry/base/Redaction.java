package io.pinferry.base;

import java.util.regex.Pattern;

/**
 * The last net against secrets in logs and error texts: it masks texts that look like credentials.
 * Types with secrets mask them in {@code toString} already. This class catches secrets inside
 * foreign messages.
 */
public final class Redaction {
  /**
   * Pinterest's tokens (pina_, pinr_), webhook signing keys (whsec_), our API keys (pfk_), HTTP
   * credentials, JWTs.
   */
  private static final Pattern SECRET =
      Pattern.compile(
          "pin[arc]_[A-Za-z0-9._~+/=-]{8,}"
              + "|whsec_[A-Za-z0-9+/=_-]{8,}"
              + "|pfk_[A-Za-z0-9_-]{8,}"
              + "|(?i:bearer|basic)\\s+[A-Za-z0-9._~+/=-]{8,}"
              + "|eyJ[A-Za-z0-9_-]{8,}\\.[A-Za-z0-9_-]{8,}\\.[A-Za-z0-9_-]*");

  private Redaction() {}

  /** Returns the text with {@code [redacted]} in place of credentials. */
  public static String apply(String text) {
    return SECRET.matcher(text).replaceAll("[redacted]");
  }
}
