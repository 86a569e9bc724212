package io.pinbridge.management;

import io.pinbridge.http.JsonBody;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The members that a PATCH is to change. A member that is not named stays, whatever the body says;
 * one that is named must have a value.
 *
 * @param paths dotted, in the order given
 */
record UpdateMask(Set<String> paths) {
  private static final int PATHS_MAX = 100;

  /** Reads {@code updateMask}; paths other than the allowed ones are issues. */
  static UpdateMask of(JsonBody body, List<String> allowed) {
    if (body.tree("updateMask").isEmpty()) {
      body.issue("updateMask", null, "is missing; name what to change: " + joined(allowed));
    }
    List<String> paths = body.texts("updateMask", PATHS_MAX);
    for (int i = 0; i < paths.size(); i++) {
      if (!allowed.contains(paths.get(i))) {
        body.issue(
            "updateMask[" + i + "]",
            paths.get(i),
            "cannot be changed; allowed: " + joined(allowed));
      }
    }
    return new UpdateMask(new LinkedHashSet<>(paths));
  }

  boolean names(String path) {
    return paths.contains(path);
  }

  /** Adds an issue if a member is named but has no value. */
  void requireValue(JsonBody parent, String path, String member) {
    if (names(path) && parent.tree(member).isEmpty()) {
      parent.issue(member, null, "is missing although updateMask names it");
    }
  }

  private static String joined(List<String> allowed) {
    return String.join(", ", allowed);
  }
}
