package io.pinferry.directory;

import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The rules for the extra headers of a destination. */
public final class WebhookHeaders {
  public static final int COUNT_MAX = 32;
  public static final int VALUE_LENGTH_MAX = 4096;

  /**
   * The bytes of all names and values together. Most servers refuse more, and the secret store has
   * 64 KiB.
   */
  public static final int SUM_LENGTH_MAX = 16_384;

  /** A token of RFC 9110. */
  private static final Pattern NAME = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]{1,128}");

  /** Visible ASCII with inner spaces: other characters could start another header. */
  private static final Pattern VALUE =
      Pattern.compile("[\\x21-\\x7e](?:[\\x20-\\x7e]*[\\x21-\\x7e])?");

  /** Headers of the HTTP connection and of the body. */
  private static final Set<String> RESERVED =
      Set.of(
          "connection",
          "content-encoding",
          "content-length",
          "content-type",
          "expect",
          "host",
          "keep-alive",
          "te",
          "trailer",
          "transfer-encoding",
          "upgrade");

  private WebhookHeaders() {}

  /** Returns the problem of a header, without its value; empty if the header is allowed. */
  public static Optional<String> refusal(String name, String value) {
    return Optional.ofNullable(problem(name, value));
  }

  private static @Nullable String problem(String name, String value) {
    if (!NAME.matcher(name).matches()) {
      return "is no header name";
    }
    String lower = name.toLowerCase(Locale.ROOT);
    if (RESERVED.contains(lower) || lower.startsWith("proxy-")) {
      return "is set by the connection itself";
    }
    if (lower.startsWith("webhook-") || lower.startsWith("svix-")) {
      return "is set by the signature";
    }
    if (value.length() > VALUE_LENGTH_MAX) {
      return "has a value of more than " + VALUE_LENGTH_MAX + " characters";
    }
    return VALUE.matcher(value).matches()
        ? null
        : "has a value that is empty, or has characters that a header cannot have";
  }
}
