package io.pinferry.http;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Who makes a request.
 *
 * @param kind what the caller is
 * @param projectId the project that the credential belongs to; null for callers without one
 * @param projectName the same project's name, by which paths may call it too; null for callers
 *     without one
 * @param keyId the id of the API key, or of the key that signed the JWT, no secret; null for
 *     callers without a key
 * @param customer to whom the caller is confined; null for callers who are not
 */
public record Caller(
    Kind kind,
    @Nullable String projectId,
    @Nullable String projectName,
    @Nullable String keyId,
    @Nullable Customer customer) {
  /** Kinds of callers, each with its own column in the permission table. */
  public enum Kind {
    /** The operator, with the key that was set when Pinferry was deployed. */
    ADMIN,
    /** A builder's back end, with a key of the scope {@code full}. */
    FULL,
    /** A builder's page, with a key of the scope {@code frontend}, which its visitors can see. */
    FRONTEND,
    /** The same in a project that requires JWT. */
    SHUT_FRONTEND,
    /** A visitor of a builder's page, with a JWT that the builder's back end signed. */
    CONSUMER,
    /** Anyone. */
    ANONYMOUS
  }

  /** Whom a JWT was made for: its holder sees and changes what is theirs and nothing else. */
  public record Customer(String groupRef, String consumerRef) {}

  public Caller {
    boolean keyed = kind != Kind.ADMIN && kind != Kind.ANONYMOUS;
    if (keyed && (projectId == null || projectName == null || keyId == null)) {
      throw new IllegalArgumentException("a key belongs to a project and has an id");
    }
    if (!keyed && projectId != null) {
      throw new IllegalArgumentException("only a project's key belongs to a project");
    }
    if ((kind == Kind.CONSUMER) != (customer != null)) {
      throw new IllegalArgumentException("a JWT, and nothing else, is made for a customer");
    }
  }

  /** The operator. */
  public static Caller admin() {
    return new Caller(Kind.ADMIN, null, null, "admin", null);
  }

  /** Anyone. */
  public static Caller anonymous() {
    return new Caller(Kind.ANONYMOUS, null, null, null, null);
  }

  /** A key of a project with the scope {@code full}. */
  public static Caller full(String projectId, String projectName, String keyId) {
    return new Caller(Kind.FULL, projectId, projectName, keyId, null);
  }

  /** A key of a project with the scope {@code frontend}. */
  public static Caller frontend(String projectId, String projectName, String keyId) {
    return new Caller(Kind.FRONTEND, projectId, projectName, keyId, null);
  }

  /** A key with the scope {@code frontend} of a project that requires JWT. */
  public static Caller shutFrontend(String projectId, String projectName, String keyId) {
    return new Caller(Kind.SHUT_FRONTEND, projectId, projectName, keyId, null);
  }

  /** The holder of a JWT of a project. */
  public static Caller consumer(JwtSigner signer, Customer customer) {
    return new Caller(
        Kind.CONSUMER, signer.projectId(), signer.projectName(), signer.kid(), customer);
  }

  /** Tells whether a page asks, and not a back end. */
  public boolean page() {
    return switch (kind) {
      case FRONTEND, SHUT_FRONTEND, CONSUMER -> true;
      case ADMIN, FULL, ANONYMOUS -> false;
    };
  }

  /**
   * Tells whether what belongs to a group and one of its consumers is there for the caller: always,
   * unless the caller holds a JWT that was made for others. What is not there is to be answered as
   * if it did not exist.
   */
  public boolean sees(String groupRef, String consumerRef) {
    return customer == null || customer.equals(new Customer(groupRef, consumerRef));
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
