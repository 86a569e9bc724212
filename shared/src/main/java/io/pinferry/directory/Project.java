package io.pinferry.directory;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The owner of everything else. One project never sees anything of another.
 *
 * @param name unique among all projects, lower case
 * @param appName the name that customers see while they connect
 * @param orgId the owner's organisation, in the creator's words
 * @param updateTime when it last changed, null if never
 * @param requireJwt whether pages need a JWT; then keys with the scope {@code frontend} are refused
 * @param proxyAllowed the requests that may pass the proxy; all if empty
 */
public record Project(
    ProjectId id,
    String name,
    String appName,
    String orgId,
    Instant createTime,
    @Nullable Instant updateTime,
    boolean requireJwt,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) List<ProxyRule> proxyAllowed) {

  /** Letters, digits and inner hyphens, 2 to 128. Source: the contract's createProject. */
  private static final Pattern NAME =
      Pattern.compile("[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,126})[a-zA-Z0-9]");

  public static final int APP_NAME_LENGTH_MAX = 128;

  public Project {
    proxyAllowed = List.copyOf(proxyAllowed);
    if (!isName(name) || !name.equals(canonicalName(name))) {
      throw new IllegalArgumentException("not a project name: " + name);
    }
  }

  /**
   * Returns whether the text can be the name of a project. A text that looks like an id cannot,
   * since paths take either.
   */
  public static boolean isName(String text) {
    return NAME.matcher(text).matches() && !Ids.isUuid(text);
  }

  /** Returns the name in lower case, for storing and comparing. */
  public static String canonicalName(String name) {
    return name.toLowerCase(Locale.ROOT);
  }
}
