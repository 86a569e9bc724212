package io.pinferry.net;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URLEncoder;

/** Encodes text for URIs. */
public final class UriText {
  private UriText() {}

  /** Encodes a segment of a path, or a name or value of a query; a space becomes {@code %20}. */
  public static String encode(String text) {
    return URLEncoder.encode(text, UTF_8).replace("+", "%20");
  }
}
