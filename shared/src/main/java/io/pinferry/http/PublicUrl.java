package io.pinferry.http;

import java.net.URI;

/**
 * The public address of the api door, for browsers and Pinterest.
 *
 * @param setting an origin without a trailing slash; empty for the host of each request
 */
public record PublicUrl(String setting) {
  /** Returns the origin, without a trailing slash. */
  public URI of(ApiRequest request) {
    if (!setting.isEmpty()) {
      return URI.create(setting);
    }
    // The host according to API Gateway. A Host header could be forged.
    if (request.domainName().isEmpty()) {
      throw new IllegalStateException("the event names no domain and no public address is set");
    }
    return URI.create("https://" + request.domainName());
  }
}
