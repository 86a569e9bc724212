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
 * A list endpoint of Pinterest: GET, paged by bookmark, answering {@code {"items": [...],
 * "bookmark": ...}}.
 *
 * @param name Pinferry's name for it
 * @param path with parameters in braces, from the version on
 * @param query parameters in the order they are sent; a value may hold one parameter in braces, and
 *     is left out if that parameter is absent
 * @param scopes what the token needs
 * @param category whose quota a request takes from
 * @param sandbox whether Pinterest's sandbox offers it
 * @see <a href="https://developers.pinterest.com/docs/api/v5/">Pinterest API v5</a>
 */
public record Endpoint(
    String name,
    String path,
    List<QueryParameter> query,
    Set<String> scopes,
    RateCategory category,
    boolean sandbox) {

  /** The largest page Pinterest gives; every list here allows it. */
  public static final int PAGE_SIZE_MAX = 250;

  private static final Pattern PARAMETER = Pattern.compile("\\{([a-z_]+)}");

  public Endpoint {
    query = List.copyOf(query);
    scopes = Set.copyOf(scopes);
  }

  /**
   * A query parameter: its name as sent, and its value or the parameter in braces to take it of.
   */
  public record QueryParameter(String name, String value) {}

  /** Returns whether a request can carry this parameter. */
  public boolean accepts(String parameter) {
    String inBraces = "{" + parameter + "}";
    return path.contains(inBraces) || query.stream().anyMatch(q -> q.value().equals(inBraces));
  }

  /**
   * Returns path and query of a request for one page.
   *
   * @param parameters values for what stands in braces; others are ignored
   * @param bookmark where to go on; null for the first page
   * @param pageSize records wanted at most, 1 to {@value #PAGE_SIZE_MAX}
   * @throws IllegalArgumentException if a parameter of the path is missing
   */
  public String pathAndQuery(
      Map<String, String> parameters, @Nullable String bookmark, int pageSize) {
    var filled = new StringBuilder();
    Matcher inPath = PARAMETER.matcher(path);
    while (inPath.find()) {
      String value = parameters.get(inPath.group(1));
      if (value == null) {
        throw new IllegalArgumentException(name + " needs the parameter " + inPath.group(1));
      }
      inPath.appendReplacement(filled, Matcher.quoteReplacement(encode(value)));
    }
    inPath.appendTail(filled);

    List<String> pairs = new ArrayList<>();
    for (QueryParameter parameter : query) {
      String value = resolve(parameter.value(), parameters);
      if (value != null) {
        pairs.add(encode(parameter.name()) + "=" + encode(value));
      }
    }
    pairs.add("page_size=" + pageSize);
    if (bookmark != null) {
      pairs.add("bookmark=" + encode(bookmark));
    }
    return filled + "?" + String.join("&", pairs);
  }

  private static @Nullable String resolve(String template, Map<String, String> parameters) {
    Matcher matcher = PARAMETER.matcher(template);
    return matcher.matches() ? parameters.get(matcher.group(1)) : template;
  }
}
