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
 * A GET of Pinterest that is paged by bookmark and answers {@code {"items": [...], "bookmark":
 * ...}}.
 *
 * @param name Pinferry's name for it
 * @param path from the version on, with parameters in braces
 * @param scopes what the token needs
 * @param category whose quota a request takes from
 * @param query parameters in the order they are sent; a value may be one parameter in braces, and
 *     is left out if that parameter is absent
 * @see <a href="https://developers.pinterest.com/docs/api/v5/">Pinterest API v5</a>
 */
public record ListCall(
    String name,
    String path,
    Set<String> scopes,
    RateCategory category,
    List<QueryParameter> query) {

  /** The largest page Pinterest gives; every list here allows it. */
  public static final int PAGE_SIZE_MAX = 250;

  private static final Pattern PARAMETER = Pattern.compile("\\{([a-z_]+)}");

  public ListCall {
    scopes = Set.copyOf(scopes);
    query = List.copyOf(query);
  }

  ListCall(String name, String path, Set<String> scopes, QueryParameter... query) {
    this(name, path, scopes, RateCategory.of("GET", path), List.of(query));
  }

  /** A query parameter: its name as sent, and its value or, in braces, the parameter to use. */
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
