package io.pinferry.pinterest;

import static io.pinferry.net.UriText.encode;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A request of Pinterest that writes, or looks at what was written.
 *
 * @param method POST, PATCH or DELETE; GET for a look
 * @param path from the version on; what stands in braces is taken out of the record
 * @param queryKey the member of the record that goes into the query, null for none
 * @param adAccount whether {@code ad_account_id} may be in the query
 * @param scopes what the token needs
 * @param shape what is left of the record must look like; null if there is no body
 */
public record WriteCall(
    String method,
    String path,
    @Nullable String queryKey,
    boolean adAccount,
    Set<String> scopes,
    @Nullable Shape shape) {
  /** The member of a record that says for which ad account it is written. */
  public static final String AD_ACCOUNT = "ad_account_id";

  /**
   * What may be posted again: a registration that nobody uses expires, and the same report on the
   * same day is one.
   */
  private static final Set<String> HARMLESS = Set.of("/v5/media", "/v5/catalogs/reports");

  private static final Pattern PARAMETER = Pattern.compile("\\{([a-z_]+)}");

  public WriteCall {
    scopes = Set.copyOf(scopes);
  }

  /** Returns the members of a record that go into path and query and must be there. */
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

  /** Returns whether Pinterest knows of such a member of a record, or takes any. */
  public boolean takes(String member) {
    boolean any = shape instanceof Shape.Members members && !members.exact();
    return any
        || parameters().contains(member)
        || (adAccount && member.equals(AD_ACCOUNT))
        || (shape instanceof Shape.Members members && members.members().containsKey(member));
  }

  /** Returns whether doing it twice is the same as doing it once, or does no harm. */
  public boolean repeatable() {
    return !method.equals("POST") || HARMLESS.contains(path);
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
