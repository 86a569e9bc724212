package io.pinferry.base;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The local mode: everything runs on one computer. It is not a setting. It is on only if the
 * tables, the queues and the secrets themselves are on this computer, so no deployment can turn it
 * on without losing its data.
 */
public record LocalMode(boolean on) {
  /** The AWS SDK's own settings for the addresses of our three services. */
  private static final List<String> ENDPOINTS =
      List.of(
          "AWS_ENDPOINT_URL_DYNAMODB", "AWS_ENDPOINT_URL_SQS", "AWS_ENDPOINT_URL_SECRETS_MANAGER");

  /**
   * A literal address, since a name, even {@code localhost}, could lead elsewhere. The numbers have
   * no leading zeros, which some parsers read as octal.
   */
  private static final Pattern LOOPBACK =
      Pattern.compile("127(?:\\.(?:0|[1-9][0-9]?|1[0-9]{2}|2[0-4][0-9]|25[0-5])){3}|\\[::1]");

  /** Returns whether all three endpoints are literal loopback addresses. */
  public static LocalMode of(Map<String, String> environment) {
    return new LocalMode(ENDPOINTS.stream().allMatch(name -> isLoopback(environment.get(name))));
  }

  /** Returns whether an endpoint has a literal loopback address. */
  public static boolean isLoopback(@Nullable String endpoint) {
    if (endpoint == null) {
      return false;
    }
    try {
      var uri = new URI(endpoint);
      boolean web = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
      String host = uri.getHost();
      return web
          && uri.getRawUserInfo() == null
          && host != null
          && LOOPBACK.matcher(host).matches();
    } catch (URISyntaxException e) {
      return false;
    }
  }
}
