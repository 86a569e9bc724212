package io.pinferry.net;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Recognises a web page, which servers show in place of a video that is not there. Any other file
 * may be a video; Pinterest decides.
 */
final class VideoCheck {
  /** The number of first bytes that the check looks at. */
  static final int HEAD_BYTES = 64;

  /** Other types prove nothing: some servers call every file text/plain. */
  private static final Set<String> WEB_PAGES = Set.of("text/html", "application/xhtml+xml");

  private static final String BYTE_ORDER_MARK = "\u00ef\u00bb\u00bf";

  private VideoCheck() {}

  /** Returns what a file is instead of a video; empty if it may be one. */
  static Optional<String> problem(@Nullable String contentType, byte[] head) {
    String type =
        contentType == null
            ? ""
            : contentType.replaceFirst(";.*", "").strip().toLowerCase(Locale.ROOT);
    if (WEB_PAGES.contains(type)) {
      return Optional.of("is no video: its content-type is " + type);
    }
    String text = new String(head, ISO_8859_1);
    String shown = text.startsWith(BYTE_ORDER_MARK) ? text.substring(3) : text;
    return shown.stripLeading().startsWith("<")
        ? Optional.of("is no video: it begins like a web page")
        : Optional.empty();
  }
}
