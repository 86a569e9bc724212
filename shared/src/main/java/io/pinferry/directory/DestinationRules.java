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
 * The rules for webhook addresses. A project's key holder chooses them and our network calls them,
 * so none may lead back into that network. A name can resolve to another address a second later, so
 * the transport checks the address again: see {@link io.pinferry.net.OkHttpTransport}.
 *
 * @param loopback whether {@code http} to this computer is allowed, in local mode only
 */
public record DestinationRules(boolean loopback) {
  /** Signed addresses of stores are long; servers take some 8 KB. */
  public static final int URL_LENGTH_MAX = 8_192;

  private static final Pattern IPV4 =
      Pattern.compile("(?:(?:0|[1-9][0-9]{0,2})\\.){3}(?:0|[1-9][0-9]{0,2})");

  /**
   * A last label that makes some parsers read a host as a number. Source: url.spec.whatwg.org,
   * "ends in a number checker".
   */
  private static final Pattern NUMBER = Pattern.compile("[0-9]+|0[xX][0-9a-fA-F]*");

  private static final Pattern LABEL = Pattern.compile("[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?");

  /** Names that only a local network, or the network of the cloud, knows. */
  private static final Set<String> LOCAL_DOMAINS =
      Set.of("localhost", "local", "internal", "localdomain", "lan", "intranet", "home", "corp");

  public static DestinationRules of(LocalMode localMode) {
    return new DestinationRules(localMode.on());
  }

  /** Returns the problem of a webhook's URL; empty if records may be posted to it. */
  public Optional<String> refusal(String url) {
    return Optional.ofNullable(problem(url));
  }

  /**
   * Returns the problem of a webhook's URL, or of the present addresses of its host. An unknown
   * host is no problem: it may become known before the first message.
   */
  public Optional<String> refusal(String url, HostNames hosts) {
    String problem = problem(url);
    if (problem != null) {
      return Optional.of(problem);
    }
    try {
      // A URL without a problem has a host that can be resolved.
      boolean allowed =
          hosts.of(host(URI.create(url).getRawAuthority())).stream()
              .allMatch(address -> PublicAddress.testOrLoopback(address, loopback));
      return allowed ? Optional.empty() : Optional.of(PublicAddress.REFUSAL);
    } catch (UnknownHostException e) {
      return Optional.empty();
    }
  }

  /** Returns whether the host of a URL without a problem has an address at present. */
  public boolean knowsHost(String url, HostNames hosts) {
    String host = host(URI.create(url).getRawAuthority());
    try {
      return isThisComputer(host) || !hosts.of(host).isEmpty();
    } catch (UnknownHostException e) {
      return false;
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
    InetAddress address = address(literal).orElse(null);
    if (address == null) {
      return "has no valid IP address";
    }

    // A mapped address becomes an IPv4 address here. It is refused even if it is public.
    boolean mapped = literal.contains(":") && address.getAddress().length == 4;
    if (mapped || literal.contains("%")) {
      return "has an oddly written IP address; use a name, or four decimal numbers";
    }
    return PublicAddress.test(address) ? null : PublicAddress.REFUSAL;
  }

  private static boolean isThisComputer(String host) {
    return host.equals("[::1]")
        || host.equalsIgnoreCase("localhost")
        || (IPV4.matcher(host).matches()
            && address(host).filter(InetAddress::isLoopbackAddress).isPresent());
  }

  private static Optional<InetAddress> address(String literal) {
    try {
      // This reads literals only, so nothing is resolved.
      return Optional.of(InetAddress.ofLiteral(literal));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
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
    if (!text.matches("[0-9]{1,5}")) {
      return false;
    }
    int port = Integer.parseInt(text);
    return port > 0 && port <= 65_535;
  }
}
