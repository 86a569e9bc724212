package io.pinbridge.http;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Who makes a request.
 *
 * @param kind what the caller is
 * @param projectId the project that the key belongs to; null for callers without one
 * @param projectName the same project's name, by which paths may call it too; null for callers
 *     without one
 * @param keyId the key's id, no secret; null for callers without a key
 */
public record Caller(
    Kind kind, @Nullable String projectId, @Nullable String projectName, @Nullable String keyId) {
  /** Kinds of callers, each with its own column in the permission table. */
  public enum Kind {
    /** The operator, with the key that was set when Pinbridge was deployed. */
    ADMIN,
    /** A builder's back end, with a key of the scope {@code full}. */
    FULL,
    /** A builder's page, with a key of the scope {@code frontend}, which its visitors can see. */
    FRONTEND,
    /** Anyone. */
    ANONYMOUS
  }

  public Caller {
    boolean keyed = kind == Kind.FULL || kind == Kind.FRONTEND;
    if (keyed && (projectId == null || projectName == null || keyId == null)) {
      throw new IllegalArgumentException("a key belongs to a project and has an id");
    }
    if (!keyed && projectId != null) {
      throw new IllegalArgumentException("only a project's key belongs to a project");
    }
  }

  /** The operator. */
  public static Caller admin() {
    return new Caller(Kind.ADMIN, null, null, "admin");
  }

  /** Anyone. */
  public static Caller anonymous() {
    return new Caller(Kind.ANONYMOUS, null, null, null);
  }

  /** A key of a project with the scope {@code full}. */
  public static Caller full(String projectId, String projectName, String keyId) {
    return new Caller(Kind.FULL, projectId, projectName, keyId);
  }

  /** A key of a project with the scope {@code frontend}. */
  public static Caller frontend(String projectId, String projectName, String keyId) {
    return new Caller(Kind.FRONTEND, projectId, projectName, keyId);
  }

  /** Tells whether the caller may act on the project with this id or name at all. */
  boolean reaches(String projectIdOrName) {
    if (projectId == null || projectName == null) {
      return kind == Kind.ADMIN;
    }
    // Names are stored in lower case.
    return projectId.equals(projectIdOrName)
        || projectName.equals(projectIdOrName.toLowerCase(Locale.ROOT));
  }
}
