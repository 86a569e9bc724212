package io.pinferry.directory;

import io.pinferry.base.LocalMode;
import io.pinferry.net.HostNames;
import io.pinferry.net.PublicAddress;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which addresses records may be posted to. A project's key holder chooses them and our network
 * calls them, so nothing may lead back into that network. A name can lead elsewhere a second later;
 * so what calls it looks again, see {@link io.pinferry.net.OkHttpTransport}.
 *
 * @param loopback whether {@code http} to this computer is allowed, which is so in local mode only
 */
public record DestinationRules(boolean loopback) {
  public static final int URL_LENGTH_MAX = 2048;

  private static final Pattern IPV4 =
      Pattern.compile("(?:(?:0|[1-9][0-9]{0,2})\\.){3}(?:0|[1-9][0-9]{0,2})");

  /**
   * A last label that makes readers take a host for a number. Source: url.spec.whatwg.org, "ends in
   * a number checker".
   */
  private static final Pattern NUMBER = Pattern.compile("[0-9]+|0[xX][0-9a-fA-F]*");

  private static final Pattern LABEL = Pattern.compile("[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?");

  /** Names that only a local network, or the cloud's own, answers for. */
  private static final Set<String> LOCAL_DOMAINS =
      Set.of("localhost", "local", "internal", "localdomain", "lan", "intranet", "home", "corp");

  /** The rules of a deployment, or of local mode. */
  public static DestinationRules of(LocalMode localMode) {
    return new DestinationRules(localMode.on());
  }

  /** Returns what is wrong with a webhook's URL; nothing if records may be posted to it. */
  public Optional<String> refusal(String url) {
    return Optional.ofNullable(problem(url));
  }

  /**
   * Returns what is wrong with a webhook's URL, or with where its host leads now. A host that is
   * not known is no problem: it may come to be known before anything is posted to it.
   */
  public Optional<String> refusal(String url, HostNames hosts) {
    String problem = problem(url);
    if (problem != null) {
      return Optional.of(problem);
    }
    try {
      // Only what has passed has a host that can be asked for.
      boolean allowed =
          hosts.of(host(URI.create(url).getRawAuthority())).stream()
              .allMatch(address -> PublicAddress.testOrLoopback(address, loopback));
      return allowed ? Optional.empty() : Optional.of(PublicAddress.REFUSAL);
    } catch (UnknownHostException e) {
      return Optional.empty();
    }
  }

  private @Nullable String problem(String url) {
    if (url.length() > URL_LENGTH_MAX) {
      return "is longer than " + URL_LENGTH_MAX + " characters";
    }
    URI uri;
    try {
      uri = new URI(url);
    } catch (URISyntaxException e) {
      return "is not a URL";
    }
    String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
    if (!scheme.equals("https") && !(loopback && scheme.equals("http"))) {
      return "must begin with https://";
    }
    String authority = uri.getRawAuthority();
    if (authority == null) {
      return "names no host";
    }
    if (authority.contains("@")) {
      return "must not hold a user name or password; use a header for credentials";
    }
    String host = host(authority);
    String port = port(authority);
    if (port != null && !isPort(port)) {
      return "has the unusable port " + port;
    }
    boolean thisComputer = isThisComputer(host);
    if (loopback && thisComputer) {
      return null;
    }
    if (!scheme.equals("https")) {
      return "must begin with https://, since it does not lead to this computer";
    }
    return hostProblem(host);
  }

  private static @Nullable String hostProblem(String host) {
    if (host.startsWith("[")) {
      return addressProblem(host.substring(1, Math.max(1, host.length() - 1)));
    }
    String name = host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
    String[] labels = name.toLowerCase(Locale.ROOT).split("\\.", -1);
    String last = labels[labels.length - 1];
    if (NUMBER.matcher(last).matches()) {
      return IPV4.matcher(host).matches()
          ? addressProblem(host)
          : "has an oddly written IP address; use a name, or four decimal numbers";
    }
    for (String label : labels) {
      if (!LABEL.matcher(label).matches()) {
        return "has no usable host name; write an international one in its xn-- form";
      }
    }
    if (labels.length == 1 || LOCAL_DOMAINS.contains(last)) {
      return "names a host that only a local network knows";
    }
    return null;
  }

  private static @Nullable String addressProblem(String literal) {
    InetAddress address;
    try {
      // Reads literals only, so nothing is looked up.
      address = InetAddress.ofLiteral(literal);
    } catch (IllegalArgumentException e) {
      return "has no valid IP address";
    }
    // A mapped address becomes an IPv4 address here; it is refused however public it is.
    boolean mapped = literal.contains(":") && address.getAddress().length == 4;
    if (mapped || literal.contains("%")) {
      return "has an oddly written IP address; use a name, or four decimal numbers";
    }
    return PublicAddress.test(address) ? null : PublicAddress.REFUSAL;
  }

  private static boolean isThisComputer(String host) {
    return host.equals("[::1]")
        || host.equalsIgnoreCase("localhost")
        || (IPV4.matcher(host).matches() && host.startsWith("127.") && isAddress(host));
  }

  private static boolean isAddress(String literal) {
    try {
      return InetAddress.ofLiteral(literal).isLoopbackAddress();
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private static String host(String authority) {
    int end = authority.startsWith("[") ? authority.indexOf(']') + 1 : authority.indexOf(':');
    return end <= 0 ? authority : authority.substring(0, end);
  }

  private static @Nullable String port(String authority) {
    String rest = authority.substring(host(authority).length());
    return rest.isEmpty() ? null : rest.substring(1);
  }

  private static boolean isPort(String text) {
    try {
      int port = Integer.parseInt(text);
      return port > 0 && port <= 65_535 && text.length() <= 5 && text.charAt(0) != '+';
    } catch (NumberFormatException e) {
      return false;
    }
  }
}
