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
 * Says which headers travel from end to end. What belongs to one connection between two machines
 * ends here, and so does what is addressed to Pinferry or would let a caller be someone else.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9110#section-7.6.1">RFC 9110, Connection</a>
 */
final class ProxyHeaders {
  private static final String ACCEPT_ENCODING = "accept-encoding";

  /** One element of Accept-Encoding that names gzip, with any weight but none. */
  private static final Pattern GZIP_TAKEN =
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

  private static final Set<String> REQUEST_ONLY_OURS =
      Set.of(
          // Credentials: the connection's token takes their place.
          "authorization",
          "cookie",
          "x-api-key",
          // Set anew for the way to Pinterest; gzip is the only encoding we can read, too.
          ACCEPT_ENCODING,
          "content-length",
          "expect",
          "host",
          // Who the caller is, and how it came to us, is not Pinterest's concern.
          "forwarded",
          "true-client-ip",
          "via",
          "x-real-ip",
          // A second method or path behind the one that was checked.
          "x-http-method",
          "x-http-method-override",
          "x-method-override",
          "x-original-method",
          "x-original-uri",
          "x-original-url",
          "x-rewrite-url");

  private static final List<String> REQUEST_PREFIXES = List.of("x-amp-", "x-amzn-", "x-forwarded-");

  private static final Set<String> RESPONSE_ONLY_THEIRS =
      Set.of(
          // Lambda's answer has its own length.
          "content-length",
          // Both are about Pinterest's host, and the caller talks to another one.
          "alt-svc",
          "set-cookie");

  private static final Pattern NAME = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");

  private ProxyHeaders() {}

  /**
   * Returns the headers of a request that Pinterest gets, without its credential. They hold {@code
   * accept-encoding: gzip} if the caller takes gzip, and else no {@code accept-encoding}.
   *
   * @param headers names in lower case
   * @throws InvalidRequest if a header cannot be sent as it is
   */
  static Map<String, String> toPinterest(Map<String, String> headers) {
    Set<String> perHop = perHop(headers.get("connection"));
    Map<String, String> passed = new LinkedHashMap<>();
    headers.forEach(
        (name, value) -> {
          if (HOP_BY_HOP.contains(name)
              || REQUEST_ONLY_OURS.contains(name)
              || REQUEST_PREFIXES.stream().anyMatch(name::startsWith)
              || perHop.contains(name)) {
            return;
          }
          // The value stays out of the message: it may be a secret.
          if (!NAME.matcher(name).matches()) {
            throw Issue.header("header", "a name is not valid").malformed();
          }
          if (!value.chars().allMatch(c -> c == '\t' || (c >= ' ' && c < 0x7f))) {
            throw Issue.header(name, "contains a control or non-ASCII character").malformed();
          }
          passed.put(name, value);
        });
    // Without it the transport asks for gzip and decodes it.
    if (takesGzip(headers.get(ACCEPT_ENCODING))) {
      passed.put(ACCEPT_ENCODING, "gzip");
    }
    return passed;
  }

  /** Only who names gzip gets it: a plain answer can be read by all, however they ask. */
  private static boolean takesGzip(@Nullable String acceptEncoding) {
    return acceptEncoding != null
        && Arrays.stream(acceptEncoding.toLowerCase(Locale.ROOT).split(","))
            .anyMatch(coding -> GZIP_TAKEN.matcher(coding.strip()).matches());
  }

  /**
   * Returns the headers of an answer that the caller gets, several values of one joined.
   *
   * @param headers names in lower case
   */
  static Map<String, String> toCaller(Map<String, List<String>> headers) {
    List<String> connection = headers.get("connection");
    Set<String> perHop = perHop(connection == null ? null : String.join(",", connection));
    Map<String, String> passed = new TreeMap<>();
    headers.forEach(
        (name, values) -> {
          // Names that begin with a colon belong to HTTP/2; what begins with x-amp- is ours to say.
          if (!HOP_BY_HOP.contains(name)
              && !RESPONSE_ONLY_THEIRS.contains(name)
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
