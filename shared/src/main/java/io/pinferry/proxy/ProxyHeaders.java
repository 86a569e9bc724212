package io.pinferry.proxy;

import io.pinferry.base.Issue;
import io.pinferry.base.PinferryException.InvalidRequest;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Says which headers are passed on. Headers of a single connection (hop by hop) are not, nor are
 * headers for Pinferry or headers with which a caller could pretend to be someone else.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9110#section-7.6.1">RFC 9110, Connection</a>
 */
final class ProxyHeaders {
  private static final String ACCEPT_ENCODING = "accept-encoding";

  /** An element of Accept-Encoding that accepts gzip: with any weight but zero. */
  private static final Pattern ACCEPTED_GZIP =
      Pattern.compile("(x-)?gzip(\\s*;\\s*q=(1(\\.0{0,3})?|0\\.\\d{0,2}[1-9]\\d{0,2}))?");

  private static final Set<String> HOP_BY_HOP =
      Set.of(
          "connection",
          "http2-settings",
          "keep-alive",
          "proxy-authenticate",
          "proxy-authorization",
          "proxy-connection",
          "te",
          "trailer",
          "transfer-encoding",
          "upgrade");

  private static final Set<String> REQUEST_BLOCKED =
      Set.of(
          // Credentials: the connection's token takes their place.
          "authorization",
          "cookie",
          "x-api-key",
          // Set again for the request to Pinterest; the proxy can decode gzip only.
          ACCEPT_ENCODING,
          "content-length",
          "expect",
          "host",
          // They tell Pinterest about the caller and its way to us.
          "forwarded",
          "true-client-ip",
          "via",
          "x-real-ip",
          // They carry a second method or path that was not checked.
          "x-http-method",
          "x-http-method-override",
          "x-method-override",
          "x-original-method",
          "x-original-uri",
          "x-original-url",
          "x-rewrite-url");

  private static final List<String> REQUEST_PREFIXES = List.of("x-amp-", "x-amzn-", "x-forwarded-");

  private static final Set<String> RESPONSE_BLOCKED =
      Set.of(
          // Lambda's answer has its own length.
          "content-length",
          // They are for clients of Pinterest's host, which the caller does not talk to.
          "alt-svc",
          "clear-site-data",
          "nel",
          "public-key-pins",
          "refresh",
          "report-to",
          "reporting-endpoints",
          "set-cookie",
          "strict-transport-security");

  private static final Pattern NAME = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");

  private ProxyHeaders() {}

  /**
   * Returns the headers of a request that go to Pinterest, without its credential. They contain
   * {@code accept-encoding: gzip} if the caller accepts gzip, and else no {@code accept-encoding}.
   *
   * @param headers names in lower case
   * @throws InvalidRequest if a header cannot be sent unchanged
   */
  static Map<String, String> toPinterest(Map<String, String> headers) {
    Set<String> perHop = perHop(headers.get("connection"));
    Map<String, String> passed = new LinkedHashMap<>();
    headers.forEach(
        (name, value) -> {
          if (HOP_BY_HOP.contains(name)
              || REQUEST_BLOCKED.contains(name)
              || REQUEST_PREFIXES.stream().anyMatch(name::startsWith)
              || perHop.contains(name)) {
            return;
          }
          // The message does not repeat the value, which may be a secret.
          if (!NAME.matcher(name).matches()) {
            throw Issue.header("header", "a name is not valid").malformed();
          }
          if (!value.chars().allMatch(c -> c == '\t' || (c >= ' ' && c < 0x7f))) {
            throw Issue.header(name, "contains a control or non-ASCII character").malformed();
          }
          passed.put(name, value);
        });
    // Without this header the transport asks for gzip itself and decodes the answer.
    if (acceptsGzip(headers.get(ACCEPT_ENCODING))) {
      passed.put(ACCEPT_ENCODING, "gzip");
    }
    return passed;
  }

  /** Returns whether a caller names gzip. Every caller can read a plain answer, so * is no yes. */
  private static boolean acceptsGzip(@Nullable String acceptEncoding) {
    return acceptEncoding != null
        && Arrays.stream(acceptEncoding.toLowerCase(Locale.ROOT).split(","))
            .anyMatch(coding -> ACCEPTED_GZIP.matcher(coding.strip()).matches());
  }

  /**
   * Returns the headers of an answer that go to the caller, several values of one name joined.
   *
   * @param headers names in lower case
   */
  static Map<String, String> toCaller(Map<String, List<String>> headers) {
    List<String> connection = headers.get("connection");
    Set<String> perHop = perHop(connection == null ? null : String.join(",", connection));
    Map<String, String> passed = new TreeMap<>();
    headers.forEach(
        (name, values) -> {
          // Names with a colon belong to HTTP/2; names with x-amp- are Pinferry's own.
          if (!HOP_BY_HOP.contains(name)
              && !RESPONSE_BLOCKED.contains(name)
              && !perHop.contains(name)
              && !name.startsWith("x-amp-")
              && NAME.matcher(name).matches()) {
            passed.put(name, String.join(", ", values));
          }
        });
    return passed;
  }

  private static Set<String> perHop(@Nullable String connection) {
    return connection == null
        ? Set.of()
        : Set.copyOf(
            Arrays.stream(connection.split(","))
                .map(name -> name.strip().toLowerCase(Locale.ROOT))
                .toList());
  }
}
