package io.pinferry.http;

import static io.pinferry.base.Issue.clipped;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The members to change by a PATCH. Other members stay the same, even if they are in the body.
 * Their kinds are checked nevertheless, since the OpenAPI documents describe them; clients send
 * empty texts for them. A named member must have a value.
 *
 * @param paths dotted, in the order given
 */
public record UpdateMask(List<String> paths) {
  private static final String MEMBER = "updateMask";
  private static final int PATHS_MAX = 100;

  public UpdateMask {
    paths = List.copyOf(paths);
  }

  /**
   * Reads {@code updateMask} with any paths.
   *
   * @param allowed the allowed paths, for the message if the mask is missing
   */
  public static UpdateMask read(JsonBody body, String allowed) {
    if (body.tree(MEMBER).isEmpty()) {
      body.issue(MEMBER, "is missing; name what to change: " + allowed);
    }
    return new UpdateMask(body.texts(MEMBER, PATHS_MAX));
  }

  /** Reads {@code updateMask}. Other paths than the allowed ones are issues. */
  public static UpdateMask of(JsonBody body, List<String> allowed) {
    String joined = String.join(", ", allowed);
    UpdateMask mask = read(body, joined);
    mask.forEach(
        (place, path) -> {
          if (!allowed.contains(path)) {
            body.issue(place, clipped(path), "cannot be changed; allowed: " + joined);
          }
        });
    return mask;
  }

  /** Passes each path to an action, after its place in the body. */
  public void forEach(BiConsumer<String, String> action) {
    for (int i = 0; i < paths.size(); i++) {
      action.accept(MEMBER + "[" + i + "]", paths.get(i));
    }
  }

  /** Returns a text that is named and not blank, or else null. A blank one is an issue if named. */
  public @Nullable String text(JsonBody parent, String member, int lengthMax) {
    changes(parent, member);
    Optional<String> text =
        names(member) ? parent.filled(member, lengthMax) : parent.text(member, lengthMax);
    return named(member, text.orElse(null));
  }

  /** Returns a value if its path is named, or else null. */
  public <T extends @Nullable Object> @Nullable T named(String path, T value) {
    return names(path) ? value : null;
  }

  public boolean names(String path) {
    return paths.contains(path);
  }

  /**
   * Returns whether to change a member. A named member without a value is an issue.
   *
   * @param parent the object of the member
   * @param named the possible paths of the member
   */
  public boolean changes(JsonBody parent, String member, String... named) {
    if (Arrays.stream(named).noneMatch(this::names)) {
      return false;
    }
    if (parent.tree(member).isEmpty()) {
      parent.issue(member, "is missing although updateMask names it");
      return false;
    }
    return true;
  }

  /** Returns whether to change a member with its name as its path. */
  public boolean changes(JsonBody parent, String member) {
    return changes(parent, member, member);
  }
}
