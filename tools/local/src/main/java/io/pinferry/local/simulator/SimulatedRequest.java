package io.pinferry.local.simulator;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Carries one HTTP request to the core: what stands on the wire, without a socket. */
public final class SimulatedRequest {
  private final String method;
  private final String path;
  private final @Nullable String rawQuery;
  private final Map<String, String> headers;
  private final byte[] body;

  /**
   * Makes a request.
   *
   * @param method in capitals
   * @param path without the query, starting with a slash
   * @param rawQuery what follows the question mark, still percent-encoded; null without one
   * @param headers one value per name; names are compared without case
   * @param body kept, not copied; empty if there is none
   */
  public SimulatedRequest(
      String method,
      String path,
      @Nullable String rawQuery,
      Map<String, String> headers,
      byte[] body) {
    this.method = method;
    this.path = path;
    this.rawQuery = rawQuery;
    var lowered = new TreeMap<String, String>();
    headers.forEach((name, value) -> lowered.put(name.toLowerCase(Locale.ROOT), value));
    this.headers = lowered;
    this.body = body;
  }

  /** Makes a GET of {@code pathAndQuery} with a bearer token. */
  public static SimulatedRequest get(String pathAndQuery, String accessToken) {
    return of("GET", pathAndQuery, Map.of("Authorization", "Bearer " + accessToken), "");
  }

  /** Makes a request of any method; the body is sent as UTF-8. */
  public static SimulatedRequest of(
      String method, String pathAndQuery, Map<String, String> headers, String body) {
    int mark = pathAndQuery.indexOf('?');
    return new SimulatedRequest(
        method,
        mark < 0 ? pathAndQuery : pathAndQuery.substring(0, mark),
        mark < 0 ? null : pathAndQuery.substring(mark + 1),
        headers,
        body.getBytes(StandardCharsets.UTF_8));
  }

  /** Returns the method in capitals. */
  public String method() {
    return method;
  }

  /** Returns the path without the query. */
  public String path() {
    return path;
  }

  /** Returns the query as it was sent, or null. */
  public @Nullable String rawQuery() {
    return rawQuery;
  }

  /** Returns a header by its name in any case. */
  public Optional<String> header(String name) {
    return Optional.ofNullable(headers.get(name.toLowerCase(Locale.ROOT)));
  }

  /** Returns the body read as UTF-8. */
  public String bodyText() {
    return new String(body, StandardCharsets.UTF_8);
  }

  /** Returns the body itself. */
  public byte[] body() {
    return body;
  }

  /** Names method and path only, since query and headers may hold secrets. */
  @Override
  public String toString() {
    return method + " " + path;
  }
}
