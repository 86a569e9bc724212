package io.pinferry.http;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The caller of a request.
 *
 * @param projectId the project of the credential; null for callers without a project
 * @param projectName the name of this project, which paths may also use; null for callers without a
 *     project
 * @param keyId the id of the API key, or of the key of the JWT; no secret; null without a key
 * @param customer the only customer that the caller may see; null for all customers
 */
public record Caller(
    Kind kind,
    @Nullable String projectId,
    @Nullable String projectName,
    @Nullable String keyId,
    @Nullable Customer customer) {
  /** The kinds of callers, the columns of the permission table. */
  public enum Kind {
    /** The operator, with the key from the deployment. */
    ADMIN,
    /** A builder's back end, with a key of the scope {@code full}. */
    FULL,
    /** A builder's page, with a key of the scope {@code frontend}. Its visitors can see the key. */
    FRONTEND,
    /** A builder's page with such a key, in a project that requires JWT. */
    SHUT_FRONTEND,
    /** A visitor of a builder's page, with a JWT from the builder's back end. */
    CONSUMER,
    /** Anyone. */
    ANONYMOUS
  }

  /** The customer of a JWT. Its holder sees and changes only the things of this customer. */
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
      throw new IllegalArgumentException("a JWT has a customer, and no other credential has one");
    }
  }

  public static Caller admin() {
    return new Caller(Kind.ADMIN, null, null, "admin", null);
  }

  public static Caller anonymous() {
    return new Caller(Kind.ANONYMOUS, null, null, null, null);
  }

  public static Caller full(String projectId, String projectName, String keyId) {
    return new Caller(Kind.FULL, projectId, projectName, keyId, null);
  }

  public static Caller frontend(String projectId, String projectName, String keyId) {
    return new Caller(Kind.FRONTEND, projectId, projectName, keyId, null);
  }

  public static Caller shutFrontend(String projectId, String projectName, String keyId) {
    return new Caller(Kind.SHUT_FRONTEND, projectId, projectName, keyId, null);
  }

  public static Caller consumer(JwtSigner signer, Customer customer) {
    return new Caller(
        Kind.CONSUMER, signer.projectId(), signer.projectName(), signer.kid(), customer);
  }

  /** Returns whether the caller is a page, not a back end. */
  public boolean page() {
    return switch (kind) {
      case FRONTEND, SHUT_FRONTEND, CONSUMER -> true;
      case ADMIN, FULL, ANONYMOUS -> false;
    };
  }

  /**
   * Returns whether the caller may see the things of a consumer of a group. Only the holder of a
   * JWT of another customer may not. Then the answer must be the same as for a missing thing.
   */
  public boolean sees(String groupRef, String consumerRef) {
    return customer == null || customer.equals(new Customer(groupRef, consumerRef));
  }

  /** Returns whether the caller may act on the project with this id or name. */
  boolean reaches(String projectIdOrName) {
    if (projectId == null || projectName == null) {
      return kind == Kind.ADMIN;
    }
    // Names are stored in lower case.
    return projectId.equals(projectIdOrName)
        || projectName.equals(projectIdOrName.toLowerCase(Locale.ROOT));
  }
}
