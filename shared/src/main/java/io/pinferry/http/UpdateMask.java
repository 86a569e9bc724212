package io.pinferry.http;

import static io.pinferry.base.Issue.clipped;

import java.util.Arrays;
import java.util.List;
import java.util.function.BiConsumer;

/**
 * The members that a PATCH is to change. A member that is not named stays, whatever the body says;
 * one that is named must have a value.
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
   * Reads {@code updateMask}, whatever it names.
   *
   * @param allowed what may be named, for who has left it out
   */
  public static UpdateMask read(JsonBody body, String allowed) {
    if (body.tree(MEMBER).isEmpty()) {
      body.issue(MEMBER, "is missing; name what to change: " + allowed);
    }
    return new UpdateMask(body.texts(MEMBER, PATHS_MAX));
  }

  /** Reads {@code updateMask}; paths other than the allowed ones are issues. */
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

  /** Takes each path, with its place in the body before it. */
  public void forEach(BiConsumer<String, String> action) {
    for (int i = 0; i < paths.size(); i++) {
      action.accept(MEMBER + "[" + i + "]", paths.get(i));
    }
  }

  public boolean names(String path) {
    return paths.contains(path);
  }

  /**
   * Returns whether a member is to be changed. One that is named without a value is not, and is an
   * issue.
   *
   * @param parent what holds the member
   * @param named the paths by which it may be named
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

  /** The same of a member whose path is its name. */
  public boolean changes(JsonBody parent, String member) {
    return changes(parent, member, member);
  }
}
