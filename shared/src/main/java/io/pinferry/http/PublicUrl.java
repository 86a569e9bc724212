package io.pinferry.http;

import java.net.URI;

/**
 * The address that browsers and Pinterest reach the api door by.
 *
 * @param setting an origin without a trailing slash; empty for the one that a request came in by
 */
public record PublicUrl(String setting) {
  /** Returns the origin, without a trailing slash. */
  public URI of(ApiRequest request) {
    if (!setting.isEmpty()) {
      return URI.create(setting);
    }
    // API Gateway's own word for the host; a Host header could be anyone's.
    if (request.domainName().isEmpty()) {
      throw new IllegalStateException("the event names no domain and no public address is set");
    }
    return URI.create("https://" + request.domainName());
  }
}
