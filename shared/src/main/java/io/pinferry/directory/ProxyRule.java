package io.pinferry.directory;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A rule of a project for its proxy: it allows requests with a method and a path. The method {@code
 * *} stands for any. In the path, {@code *} stands for any one segment, and {@code **} at the end
 * for any rest, even an empty one.
 */
public record ProxyRule(String method, List<String> segments, boolean andBelow) {
  /** All paths of Pinterest's API begin with this. */
  public static final String PATH_ROOT = "/v5/";

  private static final Set<String> METHODS =
      Set.of("*", "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS");

  /** The message for an invalid text. */
  public static final String FORM =
      ("must be a method or *, a space and a path below %s, in which * stands for one"
              + " segment and ** at the end for the rest, for example: GET %spins/**")
          .formatted(PATH_ROOT, PATH_ROOT);

  private static final String ANY = "*";
  private static final String BELOW = "/**";

  public ProxyRule {
    segments = List.copyOf(segments);
  }

  /** Reads a rule; empty if the text is invalid. */
  public static Optional<ProxyRule> parse(String text) {
    int space = text.indexOf(' ');
    if (space < 0 || !METHODS.contains(text.substring(0, space))) {
      return Optional.empty();
    }
    String path = text.substring(space + 1);
    boolean andBelow = path.endsWith(BELOW);
    String exact = andBelow ? path.substring(0, path.length() - BELOW.length()) : path;
    List<String> segments = segments(exact);
    boolean sound =
        path.startsWith(PATH_ROOT)
            && segments.stream()
                .allMatch(one -> one.equals(ANY) || one.matches("[A-Za-z0-9_.~:@!$&'()+,;=-]+"));
    return sound
        ? Optional.of(new ProxyRule(text.substring(0, space), segments, andBelow))
        : Optional.empty();
  }

  /**
   * Returns whether the rule allows a request.
   *
   * @param path percent-decoded, without a query
   */
  public boolean allows(String wantedMethod, String path) {
    if (!method.equals(ANY) && !method.equals(wantedMethod)) {
      return false;
    }
    List<String> wanted = segments(path);
    if (andBelow ? wanted.size() < segments.size() : wanted.size() != segments.size()) {
      return false;
    }
    for (int i = 0; i < segments.size(); i++) {
      if (!segments.get(i).equals(ANY) && !segments.get(i).equals(wanted.get(i))) {
        return false;
      }
    }
    return true;
  }

  private static List<String> segments(String path) {
    return List.of(path.substring(path.startsWith("/") ? 1 : 0).split("/", -1));
  }

  @JsonCreator
  static ProxyRule stored(String text) {
    return parse(text).orElseThrow(() -> new IllegalArgumentException("no rule: " + text));
  }

  /** Returns the text for {@link #parse}. */
  @JsonValue
  public String text() {
    return method + " /" + String.join("/", segments) + (andBelow ? BELOW : "");
  }
}
