package io.pinferry.net;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Recognises files that surely are no videos, such as the web page that a server shows in place of
 * one. A file that is not recognised may be a video; Pinterest decides.
 */
final class VideoCheck {
  /** The number of first bytes that the check looks at. */
  static final int HEAD_BYTES = 64;

  private static final List<String> OTHER_TYPES =
      List.of("text/", "image/", "application/json", "application/xml", "application/pdf");

  private static final String BYTE_ORDER_MARK = "\u00ef\u00bb\u00bf";

  private VideoCheck() {}

  /** Returns what a file is instead of a video; empty if it may be one. */
  static Optional<String> problem(@Nullable String contentType, byte[] head) {
    String type =
        contentType == null
            ? ""
            : contentType.replaceFirst(";.*", "").strip().toLowerCase(Locale.ROOT);
    if (OTHER_TYPES.stream().anyMatch(type::startsWith)
        || type.endsWith("+xml")
        || type.endsWith("+json")) {
      return Optional.of("is no video: its content-type is " + type);
    }
    String text = new String(head, ISO_8859_1);
    String shown = text.startsWith(BYTE_ORDER_MARK) ? text.substring(3) : text;
    return shown.stripLeading().startsWith("<")
        ? Optional.of("is no video: it begins like a web page")
        : Optional.empty();
  }
}
