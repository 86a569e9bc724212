package io.pinferry.net;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URI;
import java.net.URLEncoder;

/** Encodes text for URIs. */
public final class UriText {
  private UriText() {}

  /** Returns scheme, host and port. The rest of an address that others chose may be a secret. */
  public static String origin(URI uri) {
    return uri.getScheme() + "://" + uri.getAuthority();
  }

  /** Encodes a segment of a path, or a name or value of a query; a space becomes {@code %20}. */
  public static String encode(String text) {
    return URLEncoder.encode(text, UTF_8).replace("+", "%20");
  }
}
