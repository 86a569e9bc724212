package io.pinferry.base;

import java.util.regex.Pattern;

/**
 * The last net against secrets in logs and error texts: whatever looks like a credential is masked.
 * Types that hold secrets mask them in {@code toString} already; this catches what slips through
 * inside a foreign message.
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

  /** Returns the text with every credential replaced by {@code [redacted]}. */
  public static String apply(String text) {
    return SECRET.matcher(text).replaceAll("[redacted]");
  }
}
