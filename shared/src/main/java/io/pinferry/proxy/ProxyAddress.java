package io.pinferry.proxy;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.pinferry.base.Issue;
import io.pinferry.base.PinferryException.InvalidRequest;
import io.pinferry.directory.ProxyRule;
import java.net.URI;
import java.text.Normalizer;
import java.util.regex.Pattern;

/**
 * Makes the address at Pinterest for a request. Scheme and host are always those of Pinterest's
 * API. A path that another reader could take for a different one is refused, not corrected.
 */
final class ProxyAddress {
  /** The longest request line of an HTTP API. Source: API Gateway's quotas for HTTP APIs. */
  static final int LENGTH_MAX = 10_240;

  /** Characters that need no escape in a segment (RFC 3986); some servers cut at a semicolon. */
  private static final String LITERAL_IN_SEGMENT =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~!$&'()*+,=:@";

  /** Printable characters that a query must not contain. */
  private static final String NOT_IN_QUERY = " \"<>\\^`{|}";

  private static final Pattern ESCAPE = Pattern.compile("%[0-9A-Fa-f]{2}");
  private static final String HEX = "0123456789ABCDEF";

  private ProxyAddress() {}

  /**
   * Returns the address.
   *
   * @param api only its scheme, host and port are used
   * @param path percent-decoded by API Gateway
   * @param rawQuery as sent by the caller
   * @throws InvalidRequest if the path or the query cannot be passed on safely
   */
  static URI of(URI api, String path, String rawQuery) {
    String origin = api.getScheme() + "://" + api.getRawAuthority();
    String query = rawQuery.isEmpty() ? "" : "?" + query(rawQuery);
    var address = URI.create(origin + path(path) + query);
    if (!origin.equals(address.getScheme() + "://" + address.getRawAuthority())) {
      throw new IllegalStateException("an address left Pinterest's host");
    }
    return address;
  }

  private static String path(String path) {
    if (path.length() > LENGTH_MAX) {
      throw badPath("is longer than " + LENGTH_MAX + " characters");
    }
    checkCharacters(path);
    if (!path.startsWith(ProxyRule.PATH_ROOT) || path.length() == ProxyRule.PATH_ROOT.length()) {
      throw badPath("must begin with " + ProxyRule.PATH_ROOT + " and continue after it");
    }
    var encoded = new StringBuilder(path.length() + 16);
    String[] segments = path.substring(1).split("/", -1);
    for (int i = 0; i < segments.length; i++) {
      if (segments[i].isEmpty() && i < segments.length - 1) {
        throw badPath("has two slashes side by side");
      }
      checkSegment(segments[i]);
      encoded.append('/');
      appendEncoded(encoded, segments[i]);
    }
    return encoded.toString();
  }

  private static void checkCharacters(String path) {
    path.codePoints()
        .forEach(
            c -> {
              int type = Character.getType(c);
              if (type == Character.CONTROL
                  || type == Character.FORMAT
                  || type == Character.LINE_SEPARATOR
                  || type == Character.PARAGRAPH_SEPARATOR) {
                throw badPath("contains a control or invisible character");
              }
              // These replace bytes that were not UTF-8, so the real path is not known.
              if (type == Character.SURROGATE || c == 0xFFFD) {
                throw badPath("contains bytes that are not UTF-8");
              }
              if (c == '\\' || c == '?') {
                throw badPath("contains a backslash or a question mark");
              }
            });
    // API Gateway has decoded it once. A server that decodes again would see a path we did not
    // check.
    if (ESCAPE.matcher(path).find()) {
      throw badPath("is percent-encoded twice");
    }
  }

  private static void checkSegment(String segment) {
    String plain = Normalizer.normalize(segment, Normalizer.Form.NFKC);
    int semicolon = plain.indexOf(';');
    String name = (semicolon < 0 ? plain : plain.substring(0, semicolon)).strip();
    if (name.equals(".") || name.equals("..")) {
      throw badPath("contains the segment . or ..");
    }
    if (plain.indexOf('/') >= 0 || plain.indexOf('\\') >= 0) {
      throw badPath("contains a character that can be read as a slash");
    }
  }

  private static void appendEncoded(StringBuilder target, String segment) {
    for (byte b : segment.getBytes(UTF_8)) {
      if (b > 0 && LITERAL_IN_SEGMENT.indexOf(b) >= 0) {
        target.append((char) b);
      } else {
        appendEscape(target, b);
      }
    }
  }

  private static void appendEscape(StringBuilder target, byte b) {
    target.append('%').append(HEX.charAt((b >> 4) & 0xf)).append(HEX.charAt(b & 0xf));
  }

  /** Escapes only the characters that no address may contain. */
  private static String query(String raw) {
    if (raw.length() > LENGTH_MAX) {
      throw badQuery("is longer than " + LENGTH_MAX + " characters");
    }
    var query = new StringBuilder(raw.length() + 16);
    for (int i = 0; i < raw.length(); ) {
      int c = raw.codePointAt(i);
      if (Character.isISOControl(c)) {
        throw badQuery("contains a control character");
      }
      if (c == '#') {
        throw badQuery("contains a number sign; write it as %23");
      }
      if (Character.getType(c) == Character.SURROGATE) {
        throw badQuery("contains bytes that are not UTF-8");
      }
      boolean strayPercent = c == '%' && !ESCAPE.matcher(raw).region(i, raw.length()).lookingAt();
      if (c >= 0x7f || strayPercent || NOT_IN_QUERY.indexOf(c) >= 0) {
        for (byte b : Character.toString(c).getBytes(UTF_8)) {
          appendEscape(query, b);
        }
      } else {
        query.append((char) c);
      }
      i += Character.charCount(c);
    }
    return query.toString();
  }

  private static InvalidRequest badPath(String detail) {
    return Issue.path("path", detail).malformed();
  }

  private static InvalidRequest badQuery(String detail) {
    return Issue.query("query", detail).malformed();
  }
}
