package io.pinferry.pinterest;

import static io.pinferry.net.UriText.encode;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A request that writes a record, or asks for a written record.
 *
 * @param method POST, PATCH or DELETE; GET to ask
 * @param path from the version on; members of the record in braces
 * @param queryKey the member of the record that goes into the query; null for none
 * @param adAccount whether {@code ad_account_id} may be in the query
 * @param scopes what the token needs
 * @param shape the shape of the other members, which are the body; null if there is no body
 */
public record WriteCall(
    String method,
    String path,
    @Nullable String queryKey,
    boolean adAccount,
    Set<String> scopes,
    @Nullable Shape shape)
    implements WritableObject.Part {
  /** The member of a record that names its ad account. */
  public static final String AD_ACCOUNT = "ad_account_id";

  /**
   * POST requests that can be repeated: an unused registration expires, and Pinterest makes the
   * same report only once a day.
   */
  private static final Set<String> HARMLESS = Set.of("/v5/media", "/v5/catalogs/reports");

  private static final Pattern PARAMETER = Pattern.compile("\\{([a-z_]+)}");

  public WriteCall {
    scopes = Set.copyOf(scopes);
  }

  /** Returns the required members that go into path and query. */
  public List<String> parameters() {
    List<String> names = new ArrayList<>();
    Matcher matcher = PARAMETER.matcher(path);
    while (matcher.find()) {
      names.add(matcher.group(1));
    }
    if (queryKey != null) {
      names.add(queryKey);
    }
    return names;
  }

  /** Returns whether Pinterest accepts a member of this name. */
  public boolean takes(String member) {
    boolean any = shape instanceof Shape.Members members && !members.exact();
    return any
        || parameters().contains(member)
        || (adAccount && member.equals(AD_ACCOUNT))
        || (shape instanceof Shape.Members members && members.members().containsKey(member));
  }

  /** Returns whether a repeat has no further effect, or does no harm. */
  public boolean repeatable() {
    return !method.equals("POST") || HARMLESS.contains(path);
  }

  /** Returns the scopes that the token needs besides, where a board or a pin is secret. */
  public Set<String> secretScopes() {
    return scopes.stream()
        .filter(scope -> scope.startsWith("boards:") || scope.startsWith("pins:"))
        .map(scope -> scope + "_secret")
        .collect(Collectors.toUnmodifiableSet());
  }

  /** Returns the verb of this call. Every object is written by these methods. */
  WriteVerb verb() {
    return switch (method) {
      case "POST" -> WriteVerb.CREATE;
      case "PATCH" -> WriteVerb.UPDATE;
      case "DELETE" -> WriteVerb.DELETE;
      default -> throw new IllegalStateException(method + " does not write");
    };
  }

  public RateCategory category() {
    return RateCategory.of(method, path);
  }

  /** Returns path and query of a request. */
  public String pathAndQuery(Map<String, String> parameters) {
    var filled = new StringBuilder();
    Matcher matcher = PARAMETER.matcher(path);
    while (matcher.find()) {
      matcher.appendReplacement(
          filled, Matcher.quoteReplacement(encode(value(parameters, matcher.group(1)))));
    }
    matcher.appendTail(filled);
    char separator = '?';
    if (queryKey != null) {
      filled.append(separator).append(queryKey).append('=');
      filled.append(encode(value(parameters, queryKey)));
      separator = '&';
    }
    String account = parameters.get(AD_ACCOUNT);
    if (account != null && adAccount) {
      filled.append(separator).append(AD_ACCOUNT).append('=').append(encode(account));
    }
    return filled.toString();
  }

  private String value(Map<String, String> parameters, String name) {
    String value = parameters.get(name);
    if (value == null) {
      throw new IllegalArgumentException(path + " needs " + name);
    }
    return value;
  }
}
